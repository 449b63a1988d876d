//! The header `Idempotency-Key` (<https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>).

use super::request::Request;
use crate::error::{Error, Result};

/// The longest key, in characters.
const LENGTH: usize = 255;

/// The client's name for this request, under which it may be sent again: 1 to 255 visible characters of ASCII. (The draft
/// has them in double quotes. They are part of the key here, with or without.)
pub fn idempotency_key(request: &Request) -> Result<Option<&str>> {
    match request.header("idempotency-key") {
        Some(key) if key.is_empty() || key.len() > LENGTH || !key.bytes().all(|byte| byte.is_ascii_graphic()) => {
            Err(Error::invalid("Idempotency-Key", format!("must be 1 to {LENGTH} visible characters of ASCII")))
        }
        key => Ok(key),
    }
}
