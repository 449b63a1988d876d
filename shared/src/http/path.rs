//! The path: whose tasks it names, and which task.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use uuid::Uuid;

use super::{event::wrong_integration, request::Request};
use crate::{
    auth::UserId,
    error::{Error, Result},
};

/// Characters to encode in a path segment: all but RFC 3986's unreserved characters.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The name with which each user can address their own tasks.
const ME: &str = "me";

/// Whether the path's `{user_id}` names this user: `me`, or the user's id, decoded or percent-encoded. (API Gateway
/// decodes the path, `cargo lambda watch` does not.) It is only compared: the token decides whose tasks are served.
pub fn addresses(request: &Request, user: &UserId) -> Result<bool> {
    let id = parameter(request, "user_id")?;
    Ok(id == ME || id == user.as_str() || percent_decode_str(id).decode_utf8().is_ok_and(|id| id == user.as_str()))
}

/// The id of the task in the path.
pub fn task_id(request: &Request) -> Result<Uuid> {
    uuid(parameter(request, "task_id")?).map_err(|message| Error::invalid("task_id", message))
}

/// Reads a UUID from a path or a body. The error says what is wrong.
pub(crate) fn uuid(text: &str) -> Result<Uuid, &'static str> {
    // Only the hyphenated form: `parse_str` also accepts URNs and braces.
    let uuid = Some(text).filter(|text| text.len() == 36).and_then(|text| Uuid::parse_str(text).ok());
    uuid.ok_or("must be a UUID such as 01890a5d-ac96-774b-bcce-b302099a8057")
}

/// A path parameter. Every request that came by a route has it.
fn parameter<'a>(request: &'a Request, name: &str) -> Result<&'a str> {
    request.path_parameter(name).ok_or_else(|| wrong_integration(format!("the event has no path parameter {name}")))
}

/// The path of the caller's account, in the form that the request used: `/api/me` or with the id.
pub(crate) fn account_path(request: &Request, user: &UserId) -> String {
    match request.path_parameter("user_id") {
        Some(ME) => format!("/api/{ME}"),
        _ => format!("/api/{}", utf8_percent_encode(user.as_str(), SEGMENT)),
    }
}
