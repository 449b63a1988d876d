//! The request that API Gateway sends to a function, and the response that it receives: HTTP API, payload format 2.0
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>).
//!
//! These types are our own, because nothing that a client sends may fail before our code can answer it:
//!
//! - `lambda_http` first builds an `http::Request`, and panics if the query string or the host is not a valid URI
//!   (<https://github.com/aws/aws-lambda-rust-runtime/issues/515>, `Url::parse(…).unwrap()`). Any client could cause
//!   that 500 and trigger the alarm.
//! - `aws_lambda_events`, which `lambda_http` uses, does not panic, but it reads all headers into the `HeaderMap` of
//!   `http`. That accepts values outside ASCII. But a control character in a value, or a name that is not a token,
//!   makes it refuse the whole event, even if nothing reads that header. Then nothing of the event is left, not even
//!   the request's id. The error also looks the same as for an event that is not an HTTP API's, so the client's fault
//!   could not be told from the operator's.

use std::{collections::HashMap, sync::Arc, time::SystemTime};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize, Serializer};

use super::unknown::Unknown;
use crate::telemetry::Record;

/// One HTTP request. What is absent or null is empty.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Request {
    /// The version of the payload format.
    pub(super) version: Option<String>,
    route_key: Option<String>,
    raw_path: Option<String>,
    raw_query_string: Option<String>,
    headers: Option<HashMap<String, Option<String>>>,
    path_parameters: Option<HashMap<String, String>>,
    #[serde(rename = "requestContext")]
    context: Option<Context>,
    pub(crate) body: Option<String>,
    is_base64_encoded: Option<bool>,
    /// When Lambda ends the invocation.
    #[serde(skip)]
    pub(crate) ends: Option<SystemTime>,
    /// What is recorded for the log, the metrics and the trace.
    #[serde(skip)]
    pub(crate) record: Arc<Record>,
    /// The unknown parameters and members.
    #[serde(skip)]
    pub(crate) unknown: Arc<Unknown>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Context {
    request_id: Option<String>,
}

impl Request {
    /// A header by its lower-case name. (Payload format 2.0 lower-cases names, and joins several headers of one name
    /// with commas.)
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.as_ref()?.get(name)?.as_deref()
    }

    /// A path parameter. API Gateway decodes it, `cargo lambda watch` does not.
    #[must_use]
    pub fn path_parameter(&self, name: &str) -> Option<&str> {
        self.path_parameters.as_ref()?.get(name).map(String::as_str)
    }

    /// The path. API Gateway decodes it, `cargo lambda watch` does not.
    #[must_use]
    pub fn path(&self) -> &str {
        self.raw_path.as_deref().unwrap_or_default()
    }

    /// The query as it was sent, without the question mark.
    #[must_use]
    pub fn query(&self) -> &str {
        self.raw_query_string.as_deref().unwrap_or_default()
    }

    /// Method and path pattern, such as `GET /api/{user_id}/tasks`: a label for the log, without a user's id. It is
    /// `None` with `cargo lambda watch`.
    #[must_use]
    pub fn route(&self) -> Option<&str> {
        self.route_key.as_deref().filter(|route| *route != "$default")
    }

    /// Whether the body is in base64, because the gateway took it for binary data.
    #[must_use]
    pub fn is_base64(&self) -> bool {
        self.is_base64_encoded.unwrap_or_default()
    }

    /// The gateway's id of the request. The gateway's access log has it, too.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.context.as_ref()?.request_id.as_deref().filter(|id| !id.is_empty())
    }
}

/// One HTTP response.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    pub(crate) status_code: u16,
    #[serde(serialize_with = "as_map")]
    headers: Vec<(&'static str, String)>,
    body: String,
    is_base64_encoded: bool,
    /// Always empty. It must be there, because `cargo lambda watch` answers 500 without it.
    cookies: [(); 0],
}

impl Response {
    /// A response with a body (empty for none) and no headers yet.
    #[must_use]
    pub fn new(status: u16, body: String) -> Self {
        Self { status_code: status, headers: Vec::new(), body, is_base64_encoded: false, cookies: [] }
    }

    /// A response of bytes that need not be text.
    #[must_use]
    pub fn bytes(status: u16, body: &[u8]) -> Self {
        Self { is_base64_encoded: true, ..Self::new(status, BASE64_STANDARD.encode(body)) }
    }

    /// Adds a header. `value` must not contain unencoded input from a client.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Adds a header, unless there is one with this name.
    #[must_use]
    pub(super) fn or_header(self, name: &'static str, value: &str) -> Self {
        if self.headers.iter().any(|(other, _)| *other == name) { self } else { self.header(name, value) }
    }
}

fn as_map<S: Serializer>(headers: &[(&'static str, String)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(headers.iter().map(|(name, value)| (name, value)))
}
