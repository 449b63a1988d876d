//! The answers that show tasks.

use super::{list::ListQuery, operations::Listed, task::Task};
use crate::{
    auth::UserId,
    error::{Error, Result},
    http::{Request, Response, json, list_tag, none_matches, raw_json, task_tag, tasks_path},
};

/// The largest page, in bytes as Lambda counts it: the body travels to the gateway as a JSON string, in which every
/// quote and backslash takes two. Lambda's limit for the whole is 6 MB
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>).
const PAGE_BYTES: usize = 4_000_000;

/// 200 with the task.
#[must_use]
pub fn ok(task: &Task) -> Response {
    json(200, task).header("ETag", task_tag(task.revision))
}

/// 200 with the task, or 304 where `If-None-Match` says that the client has it.
#[must_use]
pub fn fresh(request: &Request, task: &Task) -> Response {
    let etag = task_tag(task.revision);
    if none_matches(request, &etag) { ok(task) } else { Response::new(304, String::new()).header("ETag", etag) }
}

/// 201 with the task and where it is.
#[must_use]
pub fn created(request: &Request, user: &UserId, task: &Task) -> Response {
    let location = format!("{}/{}", tasks_path(request, user), task.id);
    json(201, task).header("ETag", task_tag(task.revision)).header("Location", location)
}

/// 200 with a page of the list, or 304 where the client has it. `Link` leads to the next page if there are more tasks than
/// this one takes: over the limit asked for, or over what an answer may weigh.
pub fn page(request: &Request, user: &UserId, query: &ListQuery, list: &Listed) -> Result<Response> {
    let etag = list_tag(list.epoch, list.revision);
    let Some(tasks) = &list.tasks else { return Ok(Response::new(304, String::new()).header("ETag", etag)) };
    let (body, taken) = array(tasks.iter().take(usize::try_from(query.limit).unwrap_or_default()))?;
    let mut response = raw_json(200, body).header("ETag", etag);
    if let Some(total) = list.total {
        response = response.header("X-Total-Count", total.to_string());
    }
    match tasks.get(..taken).and_then(<[_]>::last) {
        Some(end) if taken < tasks.len() => {
            let next = query.after(end, list.epoch);
            Ok(response.header("Link", format!("<{}?{next}>; rel=\"next\"", tasks_path(request, user))))
        }
        _ => Ok(response),
    }
}

/// As many tasks as one answer may hold, at least one, as JSON; and how many these are.
fn array<'a>(tasks: impl Iterator<Item = &'a Task>) -> Result<(String, usize)> {
    let (mut body, mut weight, mut taken) = (String::from("["), 0, 0);
    for task in tasks {
        let text = serde_json::to_string(task).map_err(|error| Error::Internal(error.to_string()))?;
        weight += text.len() + text.bytes().filter(|byte| matches!(byte, b'"' | b'\\')).count();
        if weight > PAGE_BYTES && taken > 0 {
            break;
        }
        if taken > 0 {
            body.push(',');
        }
        body.push_str(&text);
        taken += 1;
    }
    body.push(']');
    Ok((body, taken))
}
