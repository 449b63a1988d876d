//! The answers that show tasks.

use serde::Serialize;

use super::{
    changes::{Change, Changes, ChangesQuery, FeedPosition},
    list::ListQuery,
    operations::{BatchResults, CreatedTask, ListPage},
    task::Task,
};
use crate::{
    auth::UserId,
    error::{Error, Result},
    http::{Request, Response, account_path, json, list_tag, none_matches, raw_json, task_tag},
};

/// The largest page, in bytes as Lambda counts them. Lambda sends the body as a JSON string, in which each quote and
/// backslash takes two bytes. Lambda's limit for the whole response is 6 MB
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>).
const PAGE_BYTES: usize = 4_000_000;

/// 200 with the task.
#[must_use]
pub fn ok(task: &Task) -> Response {
    json(200, task).header("ETag", task_tag(task.revision))
}

/// 200 with the task, or 304 if `If-None-Match` says that the client has it.
#[must_use]
pub fn ok_or_not_modified(request: &Request, task: &Task) -> Response {
    let etag = task_tag(task.revision);
    if none_matches(request, &etag) { ok(task) } else { Response::new(304, String::new()).header("ETag", etag) }
}

/// 201 with the task, and its path in `Location`.
#[must_use]
pub fn created(request: &Request, user: &UserId, CreatedTask { task, is_replayed }: &CreatedTask) -> Response {
    let location = format!("{}/tasks/{}", account_path(request, user), task.id);
    let response = json(201, task).header("ETag", task_tag(task.revision)).header("Location", location);
    replayed(response, *is_replayed)
}

/// Adds a header if the request was done before, under the same idempotency key.
fn replayed(response: Response, is_replayed: bool) -> Response {
    if is_replayed { response.header("Idempotency-Replayed", "true") } else { response }
}

/// 200 with the result of each operation of a batch. If the tasks would make the answer too large, some are left out of
/// it. It cannot be refused, because the batch has been done.
pub fn results(BatchResults { results, is_replayed }: &BatchResults) -> Result<Response> {
    let mut array = Array::default();
    for (status, task) in results {
        let whole = task.as_ref().map(|task| text(task).map(|task| format!(r#"{{"status":{status},"task":{task}}}"#)));
        if !whole.transpose()?.is_some_and(|whole| array.try_push(&whole)) {
            array.push(&format!(r#"{{"status":{status}}}"#));
        }
    }
    Ok(replayed(raw_json(200, format!(r#"{{"results":{}}}"#, array.finish())), *is_replayed))
}

/// 200 with a page of the change feed.
pub fn changes_page(query: &ChangesQuery, Changes { owner, changes }: &Changes) -> Result<Response> {
    let (mut tasks, mut deleted, mut shown) = (Array::default(), Vec::new(), 0);
    for change in changes.iter().take(usize::try_from(query.limit).unwrap_or_default()) {
        match change {
            Change::Written(task) if !tasks.try_push(&text(task)?) => break,
            Change::Written(_) => {}
            Change::Deleted { id, .. } => deleted.push(id),
        }
        shown += 1;
    }
    let more = shown < changes.len();
    // The owner's revision was read together with the changes, so nothing up to it is missing.
    let end = if more { changes.get(..shown).and_then(<[_]>::last) } else { None };
    let next = FeedPosition { revision: end.map_or(owner.revision, Change::revision), ..*owner }.encode();
    let (tasks, deleted) = (tasks.finish(), text(&deleted)?);
    let body = format!(r#"{{"tasks":{tasks},"deleted":{deleted},"next":"{next}","more":{more}}}"#);
    Ok(raw_json(200, body))
}

/// 200 with a page of the list, or 304 if the client has it. `Link` names the next page, if there are more tasks than
/// `limit` or than an answer can hold.
pub fn page(request: &Request, user: &UserId, query: &ListQuery, list: &ListPage) -> Result<Response> {
    let etag = list_tag(list.epoch, list.revision);
    let Some(tasks) = &list.tasks else { return Ok(Response::new(304, String::new()).header("ETag", etag)) };
    let (mut array, mut shown) = (Array::default(), 0);
    for task in tasks.iter().take(usize::try_from(query.limit).unwrap_or_default()) {
        if !array.try_push(&text(task)?) {
            break;
        }
        shown += 1;
    }
    let mut response = raw_json(200, array.finish()).header("ETag", etag);
    if let Some(total) = list.total {
        response = response.header("X-Total-Count", total.to_string());
    }
    match tasks.get(..shown).and_then(<[_]>::last) {
        Some(end) if shown < tasks.len() => {
            let next = query.after(end, list.epoch);
            Ok(response
                .header("Link", format!("<{}/{}?{next}>; rel=\"next\"", account_path(request, user), query.collection)))
        }
        _ => Ok(response),
    }
}

/// A JSON array that is limited to [`PAGE_BYTES`]. Its first element is added even if it is larger.
#[derive(Default)]
struct Array {
    elements: String,
    bytes: usize,
}

impl Array {
    /// Adds an element, if there is room for it.
    fn try_push(&mut self, element: &str) -> bool {
        self.bytes += element.len() + element.bytes().filter(|byte| matches!(byte, b'"' | b'\\')).count();
        let has_room = self.bytes <= PAGE_BYTES || self.elements.is_empty();
        if has_room {
            self.push(element);
        }
        has_room
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
