//! Entity tags and the preconditions that name them (RFC 9110 §8.8.3 and §13.1).
//!
//! A task's tag is `"<representation>.<revision>"`, the list's `"<representation>.<epoch>.<revision>"`.

use uuid::Uuid;

use super::request::Request;
use crate::error::{Error, Result};

/// The number of the JSON that tasks are shown as. It is raised whenever that changes: otherwise a client that has the old
/// shape would be told that nothing is new.
const REPRESENTATION: u32 = 2;

/// So many tags of a list are looked at: a client has one.
const TAGS: usize = 16;

/// The tag of a task at a revision.
pub(crate) fn task_tag(revision: i64) -> String {
    format!("\"{REPRESENTATION}.{revision}\"")
}

/// The tag of every list of an owner, whichever part of it a URL shows.
pub(crate) fn list_tag(epoch: Uuid, revision: i64) -> String {
    format!("\"{REPRESENTATION}.{epoch}.{revision}\"")
}

/// The revisions that `If-Match` allows, in whichever representation the client has read them; none given, or `*`, allows
/// every one. A weak tag matches nothing here.
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
        if strong == rest {
            revisions.extend(revision(tag));
        }
        rest = match after.trim_start() {
            "" if revisions.is_empty() => return Err(Error::UnmatchableTag),
            "" => return Ok(Some(revisions)),
            after => after.strip_prefix(',').ok_or_else(wrong)?.trim_start(),
        };
    }
}

/// Tags are compared byte by byte: what does not read as we would write it is not one of ours, and matches nothing.
fn revision(tag: &str) -> Option<i64> {
    let (representation, revision) = tag.split_once('.')?;
    let (representation, revision): (u32, i64) = (representation.parse().ok()?, revision.parse().ok()?);
    (format!("{representation}.{revision}") == tag).then_some(revision)
}

/// Whether none of the tags of `If-None-Match` is this one.
#[must_use]
pub fn none_matches(request: &Request, tag: &str) -> bool {
    !if_none_match(request).any(|sent| sent == "*" || sent == tag)
}

/// The states of the list, `<epoch>.<revision>`, that the client has; `*` for any.
pub(crate) fn known_lists(request: &Request) -> Vec<String> {
    let prefix = format!("\"{REPRESENTATION}.");
    let state = |tag: &str| match tag {
        "*" => Some("*".to_owned()),
        tag => tag.strip_prefix(&prefix)?.strip_suffix('"').map(ToOwned::to_owned),
    };
    // Postgres keeps no NUL.
    if_none_match(request).filter_map(state).filter(|state| !state.contains('\0')).take(TAGS).collect()
}

/// The tags of `If-None-Match`, which compares weakly.
fn if_none_match(request: &Request) -> impl Iterator<Item = &str> {
    let header = request.header("if-none-match").unwrap_or_default();
    header.split(',').map(str::trim).map(|tag| tag.strip_prefix("W/").unwrap_or(tag))
}
