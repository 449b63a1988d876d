//! The gateway between a client and a function. It routes an HTTP request and turns it into an event, payload 2.0 of an
//! [HTTP API](https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html).
//!
//! API Gateway and cargo-lambda make different events from the same request, and such differences break functions:
//! whether the path is decoded, which bodies are base64, where cookies go. Each gateway has its own file here.

mod aws;
mod cargo_lambda;

use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;

use crate::routes::Route;

/// The gateway in front of the functions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gateway {
    /// API Gateway, HTTP API: what is deployed.
    #[default]
    Aws,
    /// `cargo lambda watch`: what runs on a developer's machine.
    CargoLambda,
}

/// A request as a client sends it.
#[derive(Clone, Debug, Default)]
pub struct HttpRequest {
    /// `GET`, in capitals.
    pub method: String,
    /// Path and query, percent-encoded.
    pub target: String,
    /// In the order sent, duplicates included.
    pub headers: Vec<(String, String)>,
    /// Bytes, because a client can send a body that is not text.
    pub body: Vec<u8>,
}

/// A request with its route and its event.
#[derive(Debug)]
pub struct Routed {
    /// The route that it matches.
    pub route: &'static Route,
    /// The event for the function.
    pub event: Value,
}

impl Gateway {
    /// Routes the request. `None` means that the gateway answers 404 itself.
    pub fn route(self, request: &HttpRequest) -> Option<Routed> {
        match self {
            Self::Aws => aws::route(request),
            Self::CargoLambda => cargo_lambda::route(request),
        }
    }
}

impl HttpRequest {
    fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }

    /// The first header of this name.
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Names are in lower case. Several values of a name are joined by commas.
    fn joined_headers(&self) -> BTreeMap<String, String> {
        joined(self.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())))
    }

    /// Names and values are decoded. Several values of a name are joined by commas.
    fn joined_query(&self) -> BTreeMap<String, String> {
        let query = self.query().unwrap_or_default();
        joined(url::form_urlencoded::parse(query.as_bytes()).into_owned())
    }

    /// The body as the event contains it, and whether it is base64, which it must be if it is not text.
    fn encoded_body(&self, is_text: bool) -> Option<(String, bool)> {
        let as_text = || str::from_utf8(&self.body).ok().filter(|_| is_text);
        (!self.body.is_empty()).then(|| match as_text() {
            Some(text) => (text.to_owned(), false),
            None => (BASE64_STANDARD.encode(&self.body), true),
        })
    }

    fn cookies(&self) -> Vec<&str> {
        let of_client = self.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("cookie"));
        of_client.flat_map(|(_, value)| value.split("; ")).collect()
    }
}

fn joined(pairs: impl Iterator<Item = (String, String)>) -> BTreeMap<String, String> {
    pairs.fold(BTreeMap::new(), |mut joined, (name, value)| {
        joined
            .entry(name)
            .and_modify(|values: &mut String| {
                values.push(',');
                values.push_str(&value);
            })
            .or_insert(value);
        joined
    })
}
