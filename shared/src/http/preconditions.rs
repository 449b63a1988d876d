//! Entity tags and the preconditions that name them (RFC 9110 §8.8.3 and §13.1).
//!
//! A task's tag is `"<representation>.<revision>"`. The list's tag is `"<representation>.<epoch>.<revision>"`.

use uuid::Uuid;

use super::request::Request;
use crate::error::{Error, Result};

/// The version of a task's JSON. Raise it when that JSON changes. Otherwise clients that have a task in the old form
/// get a 304.
const REPRESENTATION: u32 = 2;

/// The most tags of `If-None-Match` that are read for a list. A client has one.
const MAX_TAGS: usize = 16;

/// The tag of a task with this revision.
pub(crate) fn task_tag(revision: i64) -> String {
    format!("\"{REPRESENTATION}.{revision}\"")
}

/// The tag of an owner's list. It is the same for all filters, orders and pages.
pub(crate) fn list_tag(epoch: Uuid, revision: i64) -> String {
    format!("\"{REPRESENTATION}.{epoch}.{revision}\"")
}

/// The revisions that `If-Match` allows, in any representation. `None` if the header is absent or `*`, which allow all.
/// A weak tag matches nothing.
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

/// The revision in a tag. Tags are compared byte by byte, so a tag that we would write in another way is not ours and
/// matches nothing. Example: `"2.007"` is not `"2.7"`.
fn revision(tag: &str) -> Option<i64> {
    let (representation, revision) = tag.split_once('.')?;
    let (representation, revision): (u32, i64) = (representation.parse().ok()?, revision.parse().ok()?);
    (format!("{representation}.{revision}") == tag).then_some(revision)
}

/// Whether no tag of `If-None-Match` is this one.
#[must_use]
pub fn none_matches(request: &Request, tag: &str) -> bool {
    !if_none_match(request).any(|sent| sent == "*" || sent == tag)
}

/// The states of the list that the client has, as `<epoch>.<revision>`; `*` for any.
pub(crate) fn known_lists(request: &Request) -> Vec<String> {
    let prefix = format!("\"{REPRESENTATION}.");
    let state = |tag: &str| match tag {
        "*" => Some("*".to_owned()),
        tag => tag.strip_prefix(&prefix)?.strip_suffix('"').map(ToOwned::to_owned),
    };
    // Postgres cannot store NUL.
    if_none_match(request).filter_map(state).filter(|state| !state.contains('\0')).take(MAX_TAGS).collect()
}

/// The tags of `If-None-Match`. The comparison is weak, so `W/` is removed.
fn if_none_match(request: &Request) -> impl Iterator<Item = &str> {
    let header = request.header("if-none-match").unwrap_or_default();
    header.split(',').map(str::trim).map(|tag| tag.strip_prefix("W/").unwrap_or(tag))
}
