//! The answers that show tasks.

use serde::Serialize;

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
    let mut array = Array::default();
    for (status, task) in results {
        let whole = task.as_ref().map(|task| text(task).map(|task| format!(r#"{{"status":{status},"task":{task}}}"#)));
        if !whole.transpose()?.is_some_and(|whole| array.takes(&whole)) {
            array.push(&format!(r#"{{"status":{status}}}"#));
        }
    }
    Ok(replayed(raw_json(200, format!(r#"{{"results":{}}}"#, array.finish())), *is_replayed))
}

/// 200 with a page of the changes.
pub fn changes_page(query: &ChangesQuery, Changes { owner, changes }: &Changes) -> Result<Response> {
    let (mut tasks, mut deleted, mut taken) = (Array::default(), Vec::new(), 0);
    for change in changes.iter().take(usize::try_from(query.limit).unwrap_or_default()) {
        match change {
            Change::Written(task) if !tasks.takes(&text(task)?) => break,
            Change::Written(_) => {}
            Change::Deleted { id, .. } => deleted.push(id),
        }
        taken += 1;
    }
    let more = taken < changes.len();
    // The owner's revision was read at once with the changes: up to there nothing is missing.
    let end = if more { changes.get(..taken).and_then(<[_]>::last) } else { None };
    let next = Seen { revision: end.map_or(owner.revision, Change::revision), ..*owner }.encode();
    let (tasks, deleted) = (tasks.finish(), text(&deleted)?);
    let body = format!(r#"{{"tasks":{tasks},"deleted":{deleted},"next":"{next}","more":{more}}}"#);
    Ok(raw_json(200, body))
}

/// 200 with a page of the list, or 304 where the client has it. `Link` leads to the next page if there are more tasks than
/// this one takes: over the limit asked for, or over what an answer may weigh.
pub fn page(request: &Request, user: &UserId, query: &ListQuery, list: &Listed) -> Result<Response> {
    let etag = list_tag(list.epoch, list.revision);
    let Some(tasks) = &list.tasks else { return Ok(Response::new(304, String::new()).header("ETag", etag)) };
    let (mut array, mut taken) = (Array::default(), 0);
    for task in tasks.iter().take(usize::try_from(query.limit).unwrap_or_default()) {
        if !array.takes(&text(task)?) {
            break;
        }
        taken += 1;
    }
    let mut response = raw_json(200, array.finish()).header("ETag", etag);
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

/// A JSON array of no more than one answer may hold, though of one element at least.
#[derive(Default)]
struct Array {
    elements: String,
    weight: usize,
}

impl Array {
    /// Adds an element, if there is room for it.
    fn takes(&mut self, element: &str) -> bool {
        self.weight += element.len() + element.bytes().filter(|byte| matches!(byte, b'"' | b'\\')).count();
        let is_taken = self.weight <= PAGE_BYTES || self.elements.is_empty();
        if is_taken {
            self.push(element);
        }
        is_taken
    }

    fn push(&mut self, element: &str) {
        if !self.elements.is_empty() {
            self.elements.push(',');
        }
        self.elements.push_str(element);
    }

    fn finish(self) -> String {
        format!("[{}]", self.elements)
    }
}

fn text(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::Internal(error.to_string()))
}
