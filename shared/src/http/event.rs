//! What Lambda hands over: a request, or what another integration than ours makes of one.

use std::fmt::Display;

use serde::{Deserialize, Deserializer};
use serde_json::{error::Category, value::RawValue};

use super::request::Request;
use crate::error::{Error, Result};

/// An event. Reading it never fails, because the runtime would report a failure to Lambda and the client would get the
/// gateway's 500: whatever comes is answered by us.
#[derive(Debug)]
pub(crate) struct Event {
    /// What could be read of it: its id and route serve a refusal, too.
    pub(crate) request: Request,
    /// Whether the request is to be handled.
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

/// A request in the other format looks much like ours, but has its query elsewhere: a filter would be lost.
fn check(request: &Request) -> Result<()> {
    match request.version.as_deref() {
        Some("2.0") => Ok(()),
        Some(version) => Err(miswired(format!("the event has version {version:?}"))),
        None => Err(miswired("the event has no version")),
    }
}

/// The JSON is whole: that has been looked at. If its syntax is wrong all the same, a text is no Unicode (a lone surrogate),
/// and texts are what a client sends. The error itself may quote a token, and stays here.
fn unreadable(error: &serde_json::Error) -> Error {
    match error.classify() {
        Category::Data => miswired("the event has another shape"),
        _ => Error::invalid("request", "has a text that is no Unicode"),
    }
}

/// A function that was put behind another integration than ours. The client can do nothing about it: so it is a 500, which
/// rings the alarm, and the log says to the operator what is needed.
pub(super) fn miswired(what: impl Display) -> Error {
    Error::Internal(format!(
        "{what}; needed is an HTTP API with payload format 2.0 and the path parameters of the route (user_id, task_id)"
    ))
}
