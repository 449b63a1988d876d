//! The header `Idempotency-Key` (<https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>).

use ring::digest;
use serde_json::Value;

use super::{body::batch_object, request::Request};
use crate::error::{Error, Result};

/// The longest key, in characters.
const LENGTH: usize = 255;

/// The client's name for a request, under which it may be sent again.
pub struct IdempotencyKey<'r> {
    /// 1 to 255 visible characters of ASCII. (The draft has them in double quotes. Here these are part of the key.)
    pub key: &'r str,
    /// SHA-256 of what is asked for: the operation, and the body as JSON, however its members are ordered and spaced.
    pub request_hash: Vec<u8>,
}

/// The key of a request, if it has one. `operation` stands for method and path, of which the path can be written in two
/// ways.
pub fn idempotency_key<'r>(request: &'r Request, operation: &str) -> Result<Option<IdempotencyKey<'r>>> {
    let Some(key) = request.header("idempotency-key") else { return Ok(None) };
    if key.is_empty() || key.len() > LENGTH || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        let message = format!("must be 1 to {LENGTH} visible characters of ASCII");
        return Err(Error::invalid("Idempotency-Key", message));
    }
    let body = Value::Object(batch_object(request)?);
    let hash = digest::digest(&digest::SHA256, format!("{operation} {body}").as_bytes());
    Ok(Some(IdempotencyKey { key, request_hash: hash.as_ref().to_vec() }))
}
