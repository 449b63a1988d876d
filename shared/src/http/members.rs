//! The members of a JSON body.

use serde_json::Value;

use super::{
    body::{object, optional_object},
    request::Request,
    unknown::Unknown,
};
use crate::{
    error::{Detail, MAX_DETAILS, Result},
    json::Object,
};

/// The members of an object, which are taken one by one. All errors are collected, so that the client gets them at
/// once.
pub struct Members<'r> {
    unknown: &'r Unknown,
    left: Object,
    details: Vec<Detail>,
}

impl<'r> Members<'r> {
    /// The members of a request's body.
    pub fn of(request: &'r Request) -> Result<Self> {
        Ok(Self::inside(request, object(request)?))
    }

    /// The members of a request's body, which may be empty.
    pub fn of_optional(request: &'r Request) -> Result<Self> {
        Ok(Self::inside(request, optional_object(request)?.unwrap_or_default()))
    }

    /// The members of an object within the body.
    #[must_use]
    pub fn inside(request: &'r Request, members: Object) -> Self {
        Self { unknown: &request.unknown, left: members, details: Vec::new() }
    }

    /// Whether this member was sent and has not been taken yet.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.left.contains_key(name)
    }

    /// Takes a member, if it was sent.
    pub fn optional<T>(&mut self, name: &str, parse: impl FnOnce(Value) -> Result<T, String>) -> Option<T> {
        let parsed = parse(self.left.remove(name)?);
        parsed.map_err(|message| self.refuse(name, message)).ok()
    }

    /// Takes a member that must be sent.
    pub fn required<T>(&mut self, name: &str, parse: impl FnOnce(Value) -> Result<T, String>) -> Option<T> {
        if !self.has(name) {
            self.refuse(name, "is required");
        }
        self.optional(name, parse)
    }

    /// Notes that a member is wrong.
    pub fn refuse(&mut self, name: &str, message: impl Into<String>) {
        self.details.push(Detail::new(name, message));
    }

    /// Notes what is wrong within a member.
    pub fn refuse_within(&mut self, name: &str, details: impl IntoIterator<Item = Detail>) {
        self.details.extend(details.into_iter().map(|it| Detail::new(&format!("{name}.{}", it.field), it.message)));
    }

    /// Ends the reading. A member that was not taken is an error, unless it is read-only, is null (which would store
    /// nothing), or unknown names are ignored.
    pub fn finish(mut self, read_only: &[&str]) -> Result<(), Vec<Detail>> {
        for (name, value) in std::mem::take(&mut self.left) {
            let passes = value.is_null() || read_only.contains(&&*name) || self.unknown.ignores(&name);
            if !passes && self.details.len() < MAX_DETAILS {
                self.refuse(&name, "is not a field that can be written here");
            }
        }
        if self.details.is_empty() { Ok(()) } else { Err(self.details) }
    }

    /// Ends the reading, and returns `made` if no member was wrong.
    pub fn finish_with<T>(self, made: Option<T>, read_only: &[&str]) -> Result<T, Vec<Detail>> {
        self.finish(read_only)?;
        made.ok_or_else(Vec::new)
    }
}
