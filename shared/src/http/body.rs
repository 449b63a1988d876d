//! The body of a request.

use std::borrow::Cow;

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::request::Request;
use crate::{
    error::{Error, Result},
    json::{self, Object},
};

/// The largest body, in bytes. A description of 8,192 characters always fits. At worst one character takes 12 bytes
/// (two escapes of 6 bytes), so 8,192 of them take 96 KiB.
const BODY_LIMIT: usize = 128 * 1024;

/// The largest body of a batch, in bytes.
const BATCH_LIMIT: usize = 1024 * 1024;

/// The body as a JSON object. An empty body is an error.
pub(super) fn object(request: &Request) -> Result<Object> {
    required(read(request, BODY_LIMIT)?)
}

/// The body as a JSON object. An empty body is `None`.
pub(super) fn optional_object(request: &Request) -> Result<Option<Object>> {
    read(request, BODY_LIMIT)
}

/// The body of a batch, which may be larger.
pub fn batch_object(request: &Request) -> Result<Object> {
    required(read(request, BATCH_LIMIT)?)
}

fn required(object: Option<Object>) -> Result<Object> {
    object.ok_or_else(|| Error::invalid("body", "is empty: send a JSON object"))
}

fn read(request: &Request, limit: usize) -> Result<Option<Object>> {
    let body = body(request, limit)?;
    if body.is_empty() {
        return Ok(None);
    }
    if !request.header("content-type").is_some_and(is_json) {
        return Err(Error::UnsupportedMediaType);
    }
    // Some clients begin with a byte-order mark, which RFC 8259 §8.1 allows to be ignored.
    let text = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&body);
    json::object(text).map(Some).map_err(|error| Error::invalid("body", error.to_string()))
}

fn body(request: &Request, limit: usize) -> Result<Cow<'_, [u8]>> {
    let text = request.body.as_deref().unwrap_or_default();
    let body: Cow<'_, [u8]> = if request.is_base64() {
        let decoded = BASE64_STANDARD.decode(text);
        decoded.map_err(|_| Error::invalid("body", "cannot be decoded"))?.into()
    } else {
        text.as_bytes().into()
    };
    if body.len() > limit { Err(Error::PayloadTooLarge(limit)) } else { Ok(body) }
}

/// Whether a type is `application/json`, or JSON by its suffix (RFC 6839 §3.1), such as `application/merge-patch+json`.
fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence.strip_prefix("application/").is_some_and(|subtype| subtype == "json" || subtype.ends_with("+json"))
}
