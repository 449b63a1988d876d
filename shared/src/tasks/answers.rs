//! The answers that show tasks.

use super::{list::ListQuery, task::Task};
use crate::{
    auth::UserId,
    error::{Error, Result},
    http::{Request, Response, etag, json, none_matches, raw_json, tasks_path},
};

/// The largest page, in bytes as Lambda counts it: the body travels to the gateway as a JSON string, in which every
/// quote and backslash takes two. Lambda's limit for the whole is 6 MB
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>).
const PAGE_BYTES: usize = 4_000_000;

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
