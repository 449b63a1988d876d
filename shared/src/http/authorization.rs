//! The header `Authorization`.

use super::request::Request;
use crate::{
    auth::Unauthorized,
    error::{Error, Result},
};

/// The token of a request (RFC 6750 §2.1; the scheme's case does not matter, RFC 9110 §11.1). Several headers arrive
/// joined by commas, which a token cannot have: who sends two gets neither looked at (RFC 6750 §3.1).
pub(crate) fn bearer(request: &Request) -> Result<&str> {
    let header = request.header("authorization").ok_or(Error::Unauthorized(Unauthorized::Missing))?;
    // What RFC 9110 §5.6.3 takes for white space around a value, and no more.
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
