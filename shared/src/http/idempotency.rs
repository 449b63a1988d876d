//! The header `Idempotency-Key` (<https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>).

use ring::digest;
use serde_json::Value;

use super::{body::batch_object, request::Request};
use crate::error::{Error, Result};

/// The longest key, in characters.
const MAX_LENGTH: usize = 255;

/// A value that a client chooses, so that a request that is sent twice is done once.
pub struct IdempotencyKey<'r> {
    /// 1 to 255 visible ASCII characters. Double quotes are part of the key: they are not
    /// removed, although the draft encloses the key in them.
    pub key: &'r str,
    /// SHA-256 of the request: the operation, and the body as JSON. The order of its members and its white space do not
    /// matter.
    pub request_hash: Vec<u8>,
}

/// The key of a request, if it has one. `operation` is a name for the method and the path, because a path can be
/// written in two ways.
pub fn idempotency_key<'r>(request: &'r Request, operation: &str) -> Result<Option<IdempotencyKey<'r>>> {
    let Some(key) = request.header("idempotency-key") else { return Ok(None) };
    if key.is_empty() || key.len() > MAX_LENGTH || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        let message = format!("must be 1 to {MAX_LENGTH} visible characters of ASCII");
        return Err(Error::invalid("Idempotency-Key", message));
    }
    let body = Value::Object(batch_object(request)?);
    let hash = digest::digest(&digest::SHA256, format!("{operation} {body}").as_bytes());
    Ok(Some(IdempotencyKey { key, request_hash: hash.as_ref().to_vec() }))
}
