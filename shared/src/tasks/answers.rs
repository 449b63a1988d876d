//! The answers that show tasks.

use serde::Serialize;
use uuid::Uuid;

use super::{
    changes::{Change, Changes, ChangesQuery, Seen},
    list::ListQuery,
    operations::{BatchResults, Listed, Made},
    task::Task,
};
use crate::{
    auth::UserId,
    error::{Error, Result},
    http::{Request, Response, account_path, json, list_tag, none_matches, raw_json, task_tag},
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
pub fn created(request: &Request, user: &UserId, Made { task, is_replayed }: &Made) -> Response {
    let location = format!("{}/tasks/{}", account_path(request, user), task.id);
    let response = json(201, task).header("ETag", task_tag(task.revision)).header("Location", location);
    replayed(response, *is_replayed)
}

/// Says whether a request was done before, under the same idempotency key.
fn replayed(response: Response, is_replayed: bool) -> Response {
    if is_replayed { response.header("Idempotency-Replayed", "true") } else { response }
}

/// 200 with what each operation of a batch has come to. Tasks that would make the answer weigh too much are left out of it:
/// all of the batch is done, so there is nothing to be refused.
pub fn results(BatchResults { results, is_replayed }: &BatchResults) -> Result<Response> {
    #[derive(Serialize)]
    struct Body<'a> {
        results: Vec<Outcome<'a>>,
    }
    #[derive(Serialize)]
    struct Outcome<'a> {
        status: u16,
        #[serde(skip_serializing_if = "Option::is_none")]
        task: Option<&'a Task>,
    }
    let (mut outcomes, mut weight) = (Vec::with_capacity(results.len()), 0);
    for (status, task) in results {
        weight += task.as_ref().map(text_of).transpose()?.as_deref().map_or(0, weight_of);
        outcomes.push(Outcome { status: *status, task: task.as_ref().filter(|_| weight <= PAGE_BYTES) });
    }
    Ok(replayed(json(200, &Body { results: outcomes }), *is_replayed))
}

/// 200 with a page of the changes.
pub fn changes_page(query: &ChangesQuery, Changes { owner, changes }: &Changes) -> Result<Response> {
    #[derive(Serialize)]
    struct Body<'a> {
        tasks: Vec<&'a Task>,
        deleted: Vec<Uuid>,
        next: String,
        more: bool,
    }
    let (mut tasks, mut deleted, mut weight, mut taken) = (Vec::new(), Vec::new(), 0, 0);
    for change in changes.iter().take(usize::try_from(query.limit).unwrap_or_default()) {
        match change {
            Change::Written(task) => {
                weight += weight_of(&text_of(task)?);
                if weight > PAGE_BYTES && taken > 0 {
                    break;
                }
                tasks.push(&**task);
            }
            Change::Deleted { id, .. } => deleted.push(*id),
        }
        taken += 1;
    }
    let more = taken < changes.len();
    // The owner's revision was read at once with the changes: up to there nothing is missing.
    let end = if more { changes.get(..taken).and_then(<[_]>::last) } else { None };
    let next = Seen { revision: end.map_or(owner.revision, Change::revision), ..*owner };
    Ok(json(200, &Body { tasks, deleted, next: next.encode(), more }))
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
            Ok(response
                .header("Link", format!("<{}/{}?{next}>; rel=\"next\"", account_path(request, user), query.collection)))
        }
        _ => Ok(response),
    }
}

/// As many tasks as one answer may hold, at least one, as JSON; and how many these are.
fn array<'a>(tasks: impl Iterator<Item = &'a Task>) -> Result<(String, usize)> {
    let (mut body, mut weight, mut taken) = (String::from("["), 0, 0);
    for task in tasks {
        let text = text_of(task)?;
        weight += weight_of(&text);
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

fn text_of(task: &Task) -> Result<String> {
    serde_json::to_string(task).map_err(|error| Error::Internal(error.to_string()))
}

fn weight_of(text: &str) -> usize {
    text.len() + text.bytes().filter(|byte| matches!(byte, b'"' | b'\\')).count()
}
