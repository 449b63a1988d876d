//! The event that Lambda passes to a function. It should be a request of an HTTP API, but another integration sends
//! another event.

use std::fmt::Display;

use serde::{Deserialize, Deserializer};
use serde_json::{error::Category, value::RawValue};

use super::request::Request;
use crate::error::{Error, Result};

/// An event. Reading must not fail. The runtime would report a failure to Lambda, and the client would get the
/// gateway's 500. So this code answers every event.
#[derive(Debug)]
pub(crate) struct Event {
    /// What could be read. A refusal needs the request's id and route, too.
    pub(crate) request: Request,
    /// `Ok` if the request can be handled, or else the error to answer.
    pub(crate) verdict: Result<()>,
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let event = <&RawValue>::deserialize(deserializer)?;
        Ok(match serde_json::from_str(event.get()) {
            Ok(request) => Self { verdict: check(&request), request },
            Err(error) => Self { request: Request::default(), verdict: Err(unreadable(&error)) },
        })
    }
}

/// Checks the payload format. A request of format 1.0 looks similar, but has its query in another member, so a filter
/// would be lost.
fn check(request: &Request) -> Result<()> {
    match request.version.as_deref() {
        Some("2.0") => Ok(()),
        Some(version) => Err(wrong_integration(format!("the event has version {version:?}"))),
        None => Err(wrong_integration("the event has no version")),
    }
}

/// The error for an event that cannot be read. Lambda always sends complete JSON. So a syntax error can only
/// be text that is not valid Unicode (a lone surrogate), and texts come from the client. The error of `serde_json` may quote a token, so it
/// is not logged.
fn unreadable(error: &serde_json::Error) -> Error {
    match error.classify() {
        Category::Data => wrong_integration("the event has another shape"),
        _ => Error::invalid("request", "contains text that is not valid Unicode"),
    }
}

/// The error of a function behind a wrong integration. A client cannot correct that, so it is a 500, which triggers the
/// alarm. The log tells the operator what is needed.
pub(super) fn wrong_integration(what: impl Display) -> Error {
    Error::Internal(format!(
        "{what}; needed is an HTTP API with payload format 2.0 and the path parameters of the route (user_id, task_id)"
    ))
}
