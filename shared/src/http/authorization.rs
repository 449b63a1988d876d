//! The header `Authorization`.

use super::request::Request;
use crate::{
    auth::Unauthorized,
    error::{Error, Result},
};

/// The token of a request (RFC 6750 §2.1). The scheme may be in upper or lower case (RFC 9110 §11.1). API Gateway joins
/// several headers with commas, which a token cannot contain. A request with two tokens is refused, and neither is
/// verified (RFC 6750 §3.1).
pub(crate) fn bearer(request: &Request) -> Result<&str> {
    let header = request.header("authorization").ok_or(Error::Unauthorized(Unauthorized::Missing))?;
    // The white space that RFC 9110 §5.6.3 allows around a value.
    let credentials = header.trim_matches([' ', '\t']);
    if credentials.contains(',') {
        return Err(Error::TwoTokens);
    }
    match credentials.split_once(' ') {
        // One space or more (RFC 9110 §11.4).
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(token.trim_start_matches(' ')),
        _ => Err(Error::Unauthorized(Unauthorized::Missing)),
    }
}
