use std::collections::BTreeMap;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

/// An HTTP response, as the gateway passes it on.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    headers: BTreeMap<String, String>,
    bytes: Vec<u8>,
    text: String,
    json: Value,
}

impl Answer {
    /// Reads what a function returns (payload 2.0). [`openapi::answer`](crate::openapi::answer) checks it, too.
    pub(crate) fn read(response: &Value) -> Self {
        let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
        let header = |(name, value): (&String, &Value)| Some((name.to_ascii_lowercase(), text(value)?));
        let headers = response["headers"].as_object().into_iter().flatten().filter_map(header).collect();
        let status = response["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok());
        let Some(status) = status else { panic!("not an answer to API Gateway: {response}") };
        let body = text(&response["body"]).unwrap_or_default();
        let bytes = match response["isBase64Encoded"].as_bool() {
            Some(true) => {
                BASE64_STANDARD.decode(&body).unwrap_or_else(|error| panic!("the body is not base64, {error}: {body}"))
            }
            _ => body.into_bytes(),
        };
        Self::new(status, headers, bytes)
    }

    /// API Gateway's own answer to a request without a route.
    pub fn no_route() -> Self {
        let headers = BTreeMap::from([("content-type".to_owned(), "application/json".to_owned())]);
        Self::new(404, headers, json!({ "message": "Not Found" }).to_string().into_bytes())
    }

    /// Every body is parsed as JSON, unless it has another type or is compressed.
    fn new(status: u16, headers: BTreeMap<String, String>, bytes: Vec<u8>) -> Self {
        let text = String::from_utf8(bytes.clone()).unwrap_or_default();
        let other = headers.get("content-type").is_some_and(|media| media != "application/json");
        let json = if bytes.is_empty() || other || headers.contains_key("content-encoding") {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("the body is not JSON, {error}: {text}"))
        };
        Self { status, headers, bytes, text, json }
    }

    /// The body, or null if there is none.
    pub fn json(&self) -> &Value {
        &self.json
    }

    /// The body's bytes as they were sent.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The body as text, or an empty text if it is not UTF-8.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A header by its name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(&name.to_ascii_lowercase()).map(String::as_str)
    }

    /// All headers; the names are in lower case.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The `code` of an error.
    pub fn error_code(&self) -> Option<&str> {
        self.json["code"].as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, body: &Value) -> Value {
        json!({
            "statusCode": status,
            "headers": {
                "Content-Type": "application/json",
                "X-Request-Id": "JKJaXmPLvHcESHA=",
                "Cache-Control": "private, no-cache",
                "Vary": "Authorization",
                "ETag": "\"7\"",
            },
            "body": body.to_string(),
            "isBase64Encoded": false,
        })
    }

    #[test]
    fn an_answer_is_read() {
        let answer = Answer::read(&response(200, &json!({ "title": "tea" })));
        assert_eq!((answer.status, answer.header("etag")), (200, Some("\"7\"")));
        assert_eq!(answer.json()["title"], "tea");
    }

    #[test]
    fn an_error_is_read() {
        let details = json!([{ "field": "title", "message": "must be 1 to 200 characters, got 0" }]);
        let body = json!({
            "code": "validation_failed", "message": "The task is not valid.",
            "detail": "title: must be 1 to 200 characters, got 0", "details": details,
        });
        assert_eq!(Answer::read(&response(400, &body)).error_code(), Some("validation_failed"));
    }
}
