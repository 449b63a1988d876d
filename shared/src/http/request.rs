//! The request as API Gateway hands it to a function and the response as it takes it back: HTTP API, payload 2.0
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>).
//!
//! These types are ours because nothing that a client sends may fail before our code can answer it.
//!
//! - `lambda_http` builds an `http::Request` first, and panics on a query string or a host that is no valid URI
//!   (<https://github.com/aws/aws-lambda-rust-runtime/issues/515>, `Url::parse(…).unwrap()`): a 500 that any client can
//!   cause, and an alarm that it can ring.
//! - `aws_lambda_events`, on which that is built, has no such panic, but it reads all headers into `http`'s `HeaderMap`.
//!   That takes values outside ASCII; for a control character in a value, or for a name that is no token, it refuses the
//!   whole event, though nobody reads that header. Nothing is left of the event then, not even the request's id, and the
//!   error is of the kind that another event than an HTTP API's gives: nobody could tell the client's fault from the
//!   operator's.

use std::{collections::HashMap, sync::Arc, time::SystemTime};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize, Serializer};

use super::unknown::Unknown;
use crate::telemetry::Record;

/// One HTTP request. What is absent or null is empty.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Request {
    /// Of the payload's format.
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
    /// What its line in the log will say of it.
    #[serde(skip)]
    pub(crate) record: Arc<Record>,
    /// What nobody knows of it.
    #[serde(skip)]
    pub(crate) unknown: Arc<Unknown>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Context {
    request_id: Option<String>,
}

impl Request {
    /// A header by its lower-case name (payload 2.0 lower-cases them and joins several of a name by commas).
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.as_ref()?.get(name)?.as_deref()
    }

    /// A parameter of the route: decoded by API Gateway, as it stands in the path by `cargo lambda watch`.
    #[must_use]
    pub fn path_parameter(&self, name: &str) -> Option<&str> {
        self.path_parameters.as_ref()?.get(name).map(String::as_str)
    }

    /// The path: decoded by API Gateway, as it was sent by `cargo lambda watch`.
    #[must_use]
    pub fn path(&self) -> &str {
        self.raw_path.as_deref().unwrap_or_default()
    }

    /// The query as it was sent, without the question mark.
    #[must_use]
    pub fn query(&self) -> &str {
        self.raw_query_string.as_deref().unwrap_or_default()
    }

    /// Method and path pattern, as in `GET /api/{user_id}/tasks`: a label for the log, without anybody's id.
    /// `cargo lambda watch` does not tell them.
    #[must_use]
    pub fn route(&self) -> Option<&str> {
        self.route_key.as_deref().filter(|route| *route != "$default")
    }

    /// Whether the body stands there in base64, because the gateway took it for binary.
    #[must_use]
    pub fn is_base64(&self) -> bool {
        self.is_base64_encoded.unwrap_or_default()
    }

    /// The gateway's id of the request, which its access log has too.
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
    /// Always empty, and not to be left out: `cargo lambda watch` would answer 500.
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

    /// With one more header. `value` must not come from a client unencoded.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With this header, unless it has one of the name.
    #[must_use]
    pub(super) fn or_header(self, name: &'static str, value: &str) -> Self {
        if self.headers.iter().any(|(other, _)| *other == name) { self } else { self.header(name, value) }
    }
}

fn as_map<S: Serializer>(headers: &[(&'static str, String)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(headers.iter().map(|(name, value)| (name, value)))
}
