//! What stands between a client and a function: it routes an HTTP request and makes an event of it, payload 2.0 of an
//! [HTTP API](https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html).
//!
//! The two that this API meets do not make the same event of a request, and what differs is what breaks: which of them
//! decodes the path, which body is base64, where a cookie goes. Each has a file here that says what it does.

mod aws;
mod cargo_lambda;

use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;

use crate::routes::Route;

/// Which gateway stands in front of the functions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gateway {
    /// API Gateway, HTTP API: what is deployed.
    #[default]
    Aws,
    /// `cargo lambda watch`: what runs on a developer's machine.
    CargoLambda,
}

/// A request as a client puts it on the wire.
#[derive(Clone, Debug, Default)]
pub struct HttpRequest {
    /// `GET`, in capitals.
    pub method: String,
    /// Path and query, percent-encoded.
    pub target: String,
    /// In the order sent, duplicates included.
    pub headers: Vec<(String, String)>,
    /// Bytes, because nothing keeps a client from sending what is no text.
    pub body: Vec<u8>,
}

/// A request that has found its function.
#[derive(Debug)]
pub struct Routed {
    /// Where it came in.
    pub route: &'static Route,
    /// What the function is handed.
    pub event: Value,
}

impl Gateway {
    /// Where the request goes and as what, or `None`: then the gateway answers 404 itself.
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

    /// Names in lower case, several of a name joined by commas.
    fn joined_headers(&self) -> BTreeMap<String, String> {
        joined(self.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())))
    }

    /// Decoded, several of a name joined by commas.
    fn joined_query(&self) -> BTreeMap<String, String> {
        let query = self.query().unwrap_or_default();
        joined(url::form_urlencoded::parse(query.as_bytes()).into_owned())
    }

    /// The body as an event carries it, and whether that is base64: what is no text must be.
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
