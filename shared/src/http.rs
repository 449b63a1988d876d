//! What a handler needs of HTTP: the caller's path, the query, preconditions and the body; and the answers' shapes.

use std::borrow::Cow;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    Request, Response, UserId,
    error::{DETAILS, Detail, Error, Result},
    json::{self, Object},
    page::ListQuery,
    task::Task,
};

/// The largest body of a request, in bytes: a description of 8,192 characters at its widest (each sent as `\u1234`,
/// astral ones as two of those) with room to spare.
const BODY_LIMIT: usize = 128 * 1024;

/// The largest page, in bytes as Lambda counts it: the body travels to the gateway as a JSON string, in which every
/// quote and backslash takes two. Lambda's limit for the whole is 6 MB
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>).
const PAGE_BYTES: usize = 4_000_000;

/// What stands unencoded in a path segment: RFC 3986's unreserved characters.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The name by which every user can address their own tasks.
const ME: &str = "me";

// --- the path ---

/// Whether the path's `{user_id}` is the caller: `me`, or their id as it stands or percent-decoded (API Gateway
/// decodes the path, `cargo lambda watch` does not). It is only compared: whose tasks are served, the token says.
#[must_use]
pub fn addresses(request: &Request, user: &UserId) -> bool {
    let id = request.path_parameter("user_id").unwrap_or_default();
    id == ME || id == user.as_str() || percent_decode_str(id).decode_utf8().is_ok_and(|id| id == user.as_str())
}

/// The id of the task in the path.
pub fn task_id(request: &Request) -> Result<Uuid> {
    let id = request.path_parameter("task_id").unwrap_or_default();
    // The hyphenated form alone: `parse` would take a URN and braces, too.
    Some(id)
        .filter(|id| id.len() == 36)
        .and_then(|id| Uuid::parse_str(id).ok())
        .ok_or_else(|| Error::invalid("task_id", "must be a UUID such as 01890a5d-ac96-774b-bcce-b302099a8057"))
}

/// The path of the caller's tasks, addressed as they addressed it: `/api/me/tasks` or by their id.
fn tasks_path(request: &Request, user: &UserId) -> String {
    match request.path_parameter("user_id") {
        Some(ME) => format!("/api/{ME}/tasks"),
        _ => format!("/api/{}/tasks", utf8_percent_encode(user.as_str(), SEGMENT)),
    }
}

// --- the query ---

/// The values of the parameters `names`, in that order. Any other parameter, or one that is given twice, is refused:
/// a filter with a typo would otherwise answer with all tasks.
pub fn parameters<const N: usize>(query: &str, names: [&str; N]) -> Result<[Option<String>; N]> {
    let mut values = [const { None }; N];
    let mut details = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (form_decoded(name), form_decoded(value));
        match names.iter().position(|known| *known == name) {
            None => details.push(Detail::new(&name, format!("is not a parameter here: {}", names.join(", ")))),
            Some(at) if values[at].is_some() => details.push(Detail::new(&name, "is given more than once")),
            Some(at) => values[at] = Some(value.into_owned()),
        }
    }
    details.truncate(DETAILS);
    if details.is_empty() { Ok(values) } else { Err(Error::InvalidRequest(details)) }
}

/// Decodes a name or value of `application/x-www-form-urlencoded`. Bytes that are no UTF-8 become U+FFFD, which no
/// parameter takes for anything.
fn form_decoded(text: &str) -> Cow<'_, str> {
    let spaced = text.replace('+', " ");
    Cow::Owned(percent_decode_str(&spaced).decode_utf8_lossy().into_owned())
}

// --- preconditions (RFC 9110 §13.1) ---

/// The entity tag of a revision.
fn etag(revision: i64) -> String {
    format!("\"{revision}\"")
}

/// The revisions that `If-Match` allows; none given, or `*`, allows every one. A weak tag matches nothing here.
pub fn if_match(request: &Request) -> Result<Option<Vec<i64>>> {
    let Some(header) = request.header("if-match").map(str::trim).filter(|header| *header != "*") else {
        return Ok(None);
    };
    let wrong = || Error::invalid("If-Match", "must be `*` or entity tags in double quotes");
    let mut revisions = Vec::new();
    let mut rest = header;
    loop {
        let strong = rest.strip_prefix("W/").unwrap_or(rest);
        let (tag, after) = strong.strip_prefix('"').and_then(|tag| tag.split_once('"')).ok_or_else(wrong)?;
        // Compared byte by byte: what does not read as we would write it is not one of ours, and matches nothing.
        let revision = tag.parse().ok().filter(|revision: &i64| strong == rest && revision.to_string() == tag);
        revisions.extend(revision);
        rest = match after.trim_start() {
            "" => return Ok(Some(revisions)),
            after => after.strip_prefix(',').ok_or_else(wrong)?.trim_start(),
        };
    }
}

fn none_matches(request: &Request, etag: &str) -> bool {
    let Some(header) = request.header("if-none-match") else { return true };
    let same = |tag: &str| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag;
    !header.split(',').map(str::trim).any(same)
}

// --- the body ---

/// The body as a JSON object.
pub fn object(request: &Request) -> Result<Object> {
    optional_object(request)?.ok_or_else(|| Error::invalid("body", "is empty: send a JSON object"))
}

/// The body as a JSON object, where one need not be sent.
pub fn optional_object(request: &Request) -> Result<Option<Object>> {
    let body = body(request)?;
    if body.is_empty() {
        return Ok(None);
    }
    if !request.header("content-type").is_some_and(is_json) {
        return Err(Error::UnsupportedMediaType);
    }
    json::object(&body).map(Some).map_err(|error| Error::invalid("body", error.to_string()))
}

fn body(request: &Request) -> Result<Cow<'_, [u8]>> {
    let text = request.body.as_deref().unwrap_or_default();
    let body: Cow<'_, [u8]> = if request.is_base64() {
        let decoded = BASE64_STANDARD.decode(text);
        decoded.map_err(|_| Error::invalid("body", "cannot be decoded"))?.into()
    } else {
        text.as_bytes().into()
    };
    if body.len() > BODY_LIMIT { Err(Error::PayloadTooLarge(BODY_LIMIT)) } else { Ok(body) }
}

/// `application/json`, or a type that is JSON by its suffix (RFC 6839 §3.1), such as `application/merge-patch+json`.
fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence.strip_prefix("application/").is_some_and(|subtype| subtype == "json" || subtype.ends_with("+json"))
}

// --- answers ---

/// A body as JSON.
#[must_use]
pub fn json(status: u16, body: &impl Serialize) -> Response {
    match serde_json::to_string(body) {
        Ok(text) => raw_json(status, text),
        // None of our bodies can fail to serialise: no map keys but strings, no fallible `Serialize`.
        Err(error) => Error::Internal(error.to_string()).response(),
    }
}

fn raw_json(status: u16, text: String) -> Response {
    Response::new(status, text).header("Content-Type", "application/json")
}

/// 200 with the task.
#[must_use]
pub fn ok(task: &Task) -> Response {
    json(200, task).header("ETag", etag(task.revision))
}

/// 200 with the task, or 304 where `If-None-Match` says that the client has it.
#[must_use]
pub fn fresh(request: &Request, task: &Task) -> Response {
    let etag = etag(task.revision);
    if none_matches(request, &etag) { ok(task) } else { Response::new(304, String::new()).header("ETag", etag) }
}

/// 201 with the task and where it is.
#[must_use]
pub fn created(request: &Request, user: &UserId, task: &Task) -> Response {
    let location = format!("{}/{}", tasks_path(request, user), task.id);
    json(201, task).header("ETag", etag(task.revision)).header("Location", location)
}

/// 204.
#[must_use]
pub fn no_content() -> Response {
    Response::new(204, String::new())
}

/// 200 with a page of the list, and `Link` to the next one if `tasks` holds more than this page takes: over the limit
/// asked for, or over what an answer may weigh.
pub fn page(request: &Request, user: &UserId, query: &ListQuery, tasks: &[Task]) -> Result<Response> {
    let mut body = String::from("[");
    let mut weight = 0;
    let mut last = None;
    for task in tasks.iter().take(query.limit) {
        let text = serde_json::to_string(task).map_err(|error| Error::Internal(error.to_string()))?;
        weight += text.len() + text.bytes().filter(|byte| matches!(byte, b'"' | b'\\')).count();
        if weight > PAGE_BYTES && last.is_some() {
            break;
        }
        if last.is_some() {
            body.push(',');
        }
        body.push_str(&text);
        last = Some(task);
    }
    body.push(']');
    let response = raw_json(200, body);
    match (last, tasks.last()) {
        (Some(last), Some(end)) if last.id != end.id => {
            let next = query.after(last).to_query_string();
            Ok(response.header("Link", format!("<{}?{next}>; rel=\"next\"", tasks_path(request, user))))
        }
        _ => Ok(response),
    }
}

/// The headers of every answer. Nothing is kept by a cache without asking again, and nothing by one that is shared.
/// `Access-Control-Expose-Headers` is for browsers where no gateway stands in front; API Gateway puts its own.
#[must_use]
pub fn finish(response: Response, request_id: &str) -> Response {
    response
        .header("X-Request-Id", request_id)
        .header("Cache-Control", "private, no-cache")
        .header("Vary", "Authorization")
        .header("Access-Control-Expose-Headers", "ETag, Link, Location, Retry-After, WWW-Authenticate, X-Request-Id")
}
