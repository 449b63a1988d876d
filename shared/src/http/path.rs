//! The path: whose tasks are addressed, and which one.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use uuid::Uuid;

use super::{event::miswired, request::Request};
use crate::{
    auth::UserId,
    error::{Error, Result},
};

/// What stands unencoded in a path segment: RFC 3986's unreserved characters.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The name by which every user can address their own tasks.
const ME: &str = "me";

/// Whether the path's `{user_id}` is the caller: `me`, or their id as it stands or percent-decoded (API Gateway
/// decodes the path, `cargo lambda watch` does not). It is only compared: whose tasks are served, the token says.
pub fn addresses(request: &Request, user: &UserId) -> Result<bool> {
    let id = parameter(request, "user_id")?;
    Ok(id == ME || id == user.as_str() || percent_decode_str(id).decode_utf8().is_ok_and(|id| id == user.as_str()))
}

/// The id of the task in the path.
pub fn task_id(request: &Request) -> Result<Uuid> {
    uuid(parameter(request, "task_id")?).map_err(|message| Error::invalid("task_id", message))
}

/// A UUID as clients write it, here and in bodies; else what is wrong with it.
pub(crate) fn uuid(text: &str) -> Result<Uuid, &'static str> {
    // The hyphenated form alone: `parse_str` would take a URN and braces, too.
    let uuid = Some(text).filter(|text| text.len() == 36).and_then(|text| Uuid::parse_str(text).ok());
    uuid.ok_or("must be a UUID such as 01890a5d-ac96-774b-bcce-b302099a8057")
}

/// A parameter that every request has that came by a route.
fn parameter<'a>(request: &'a Request, name: &str) -> Result<&'a str> {
    request.path_parameter(name).ok_or_else(|| miswired(format!("the event has no path parameter {name}")))
}

/// The path of the caller, addressed as they addressed it: `/api/me` or by their id.
pub(crate) fn account_path(request: &Request, user: &UserId) -> String {
    match request.path_parameter("user_id") {
        Some(ME) => format!("/api/{ME}"),
        _ => format!("/api/{}", utf8_percent_encode(user.as_str(), SEGMENT)),
    }
}
