//! Preconditions (RFC 9110 §13.1).

use super::request::Request;
use crate::error::{Error, Result};

/// The entity tag of a revision.
pub(crate) fn etag(revision: i64) -> String {
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
            "" if revisions.is_empty() => return Err(Error::UnmatchableTag),
            "" => return Ok(Some(revisions)),
            after => after.strip_prefix(',').ok_or_else(wrong)?.trim_start(),
        };
    }
}

pub(crate) fn none_matches(request: &Request, etag: &str) -> bool {
    let Some(header) = request.header("if-none-match") else { return true };
    let same = |tag: &str| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag;
    !header.split(',').map(str::trim).any(same)
}
