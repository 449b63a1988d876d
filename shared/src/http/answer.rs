//! What every answer has, and the body of every error.

use std::borrow::Cow;

use serde::Serialize;

use super::{preconditions::task_tag, request::Response, unknown::Unknown};
use crate::{
    auth::Unauthorized,
    error::{Detail, Error},
};

/// An answer with a JSON body.
#[must_use]
pub fn json(status: u16, body: &impl Serialize) -> Response {
    match serde_json::to_string(body) {
        Ok(text) => raw_json(status, text),
        // None of our bodies can fail to serialise: all map keys are strings, and no `Serialize` of ours fails.
        Err(error) => error_answer(&Error::Internal(error.to_string())),
    }
}

pub(crate) fn raw_json(status: u16, text: String) -> Response {
    Response::new(status, text).header("Content-Type", "application/json")
}

/// 204, without a body.
#[must_use]
pub fn no_content() -> Response {
    Response::new(204, String::new())
}

/// The headers that scripts of another origin may read. template.yaml gives the gateway the same list, and a test
/// compares them.
const EXPOSED: &str =
    "ETag, Idempotency-Replayed, Link, Location, Retry-After, WWW-Authenticate, X-Ignored, X-Request-Id, X-Total-Count";

/// Adds the headers of every answer. By default, a client's cache must revalidate each use, and a shared cache must not
/// store anything. `Access-Control-Expose-Headers` is for browsers that reach the function without a gateway. API
/// Gateway sets its own.
#[must_use]
pub(crate) fn finish(response: Response, request_id: &str, unknown: &Unknown) -> Response {
    let response = match unknown.header() {
        Some(names) => response.header("X-Ignored", names),
        None => response,
    };
    response
        .header("X-Request-Id", request_id)
        .or_header("Cache-Control", "private, no-cache")
        .or_header("Vary", "Authorization")
        .header("Access-Control-Expose-Headers", EXPOSED)
}

/// The body of every error.
#[derive(Serialize)]
struct Body<'a> {
    code: &'static str,
    message: &'a str,
    /// One sentence that can be shown to a person. RFC 9457 has a member of this name, and clients of `FastAPI` read
    /// it.
    detail: Cow<'a, str>,
    details: &'a [Detail],
}

/// The answer to a request that failed.
#[must_use]
pub fn error_answer(error: &Error) -> Response {
    let (status, code, message) = error.parts();
    let details = error.details();
    let detail = match details.first() {
        Some(first) => Cow::Owned(first.sentence()),
        None => Cow::Borrowed(&*message),
    };
    let response = json(status, &Body { code, message: &message, detail, details: &details });
    match error {
        Error::Unauthorized(reason) => response.header("WWW-Authenticate", challenge(*reason)),
        Error::PreconditionFailed { revision } => response.header("ETag", task_tag(*revision)),
        Error::TwoTokens => response.header("WWW-Authenticate", r#"Bearer realm="tasks", error="invalid_request""#),
        Error::DatabaseUnavailable(_) => response.header("Retry-After", "1"),
        // This passes only when somebody corrects the settings.
        Error::DatabaseRefused(_) => response.header("Retry-After", "60"),
        // Before this, the keys are not fetched again.
        Error::KeysUnavailable => response.header("Retry-After", "5"),
        _ => response,
    }
}

/// The challenge (RFC 6750 §3). It helps a developer with an honest token. A request without a token gets no `error`. A
/// forger learns nothing from it that docs/auth.md does not say.
fn challenge(reason: Unauthorized) -> String {
    let description = match reason {
        Unauthorized::Missing => return r#"Bearer realm="tasks""#.to_owned(),
        Unauthorized::Malformed(_) | Unauthorized::Signature => "the token is not valid",
        Unauthorized::UnknownKey(_) => "the token is signed with a key or an algorithm that this API does not know",
        Unauthorized::Expired => "the token has expired",
        Unauthorized::NotYet(_) => "the token is not valid yet",
        Unauthorized::Issuer => "the token is from another issuer",
        Unauthorized::Audience => "the token is for another audience",
    };
    format!(r#"Bearer realm="tasks", error="invalid_token", error_description="{description}""#)
}
