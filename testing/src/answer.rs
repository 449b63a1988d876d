use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::contract;

/// An HTTP response, as the gateway passes it on.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    headers: BTreeMap<String, String>,
    text: String,
    json: Value,
}

impl Answer {
    /// Reads what a function returns (payload 2.0), and ends the test if it is not what every answer of this API is:
    /// JSON or empty, with the headers that all have, and an error in the shape of all errors.
    pub fn of_function(response: &Value) -> Self {
        let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
        let header = |(name, value): (&String, &Value)| Some((name.to_ascii_lowercase(), text(value)?));
        let headers = response["headers"].as_object().into_iter().flatten().filter_map(header).collect();
        let status = response["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok());
        let Some(status) = status else { panic!("no answer to API Gateway: {response}") };
        assert_ne!(response["isBase64Encoded"], true, "JSON needs no base64: {response}");
        let answer = Self::new(status, headers, text(&response["body"]).unwrap_or_default());
        answer.check();
        answer
    }

    /// What API Gateway says by itself to a request that no route takes.
    pub fn no_route() -> Self {
        let headers = BTreeMap::from([("content-type".to_owned(), "application/json".to_owned())]);
        Self::new(404, headers, json!({ "message": "Not Found" }).to_string())
    }

    fn new(status: u16, headers: BTreeMap<String, String>, text: String) -> Self {
        let json = match &*text {
            "" => Value::Null,
            text => serde_json::from_str(text).unwrap_or_else(|error| panic!("no JSON, {error}: {text}")),
        };
        Self { status, headers, text, json }
    }

    /// The body; null where there is none.
    pub fn json(&self) -> &Value {
        &self.json
    }

    /// The body as it was sent.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A header by its name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(&name.to_ascii_lowercase()).map(String::as_str)
    }

    /// The `code` of an error.
    pub fn error_code(&self) -> Option<&str> {
        self.json["code"].as_str()
    }

    /// Ends the test if the answer is not as openapi.yaml says of this operation.
    pub(crate) fn hold_to_contract(&self, method: &str, path: &str) {
        let body = (!self.text.is_empty()).then_some(&self.json);
        let wrong = contract::violations((method, path), self.status, &self.headers, body);
        assert!(wrong.is_empty(), "{method} {path}: {wrong:#?}\n{self:#?}");
    }

    /// What holds for every answer, whatever was asked.
    fn check(&self) {
        assert!(self.header("x-request-id").is_some_and(|id| !id.is_empty()), "no request id: {self:#?}");
        assert_eq!(self.header("cache-control"), Some("private, no-cache"), "{self:#?}");
        assert_eq!(self.header("vary"), Some("Authorization"), "{self:#?}");
        if self.text.is_empty() {
            assert!([204, 304].contains(&self.status), "a body is missing: {self:#?}");
        } else {
            assert_eq!(self.header("content-type"), Some("application/json"), "{self:#?}");
        }
        if self.status >= 400 {
            self.check_error();
        }
    }

    /// An error is `{ "code", "message", "detail", "details": [{ "field", "message" }] }` and nothing else.
    fn check_error(&self) {
        let body = &self.json;
        let texts = |value: &Value, names: &[&str]| names.iter().all(|name| value[*name].is_string());
        let members = |value: &Value| value.as_object().map_or(0, serde_json::Map::len);
        let details = body["details"].as_array().unwrap_or_else(|| panic!("no details: {self:#?}"));
        assert!(texts(body, &["code", "message", "detail"]) && members(body) == 4, "no error of ours: {self:#?}");
        for detail in details {
            assert!(texts(detail, &["field", "message"]) && members(detail) == 2, "no detail of ours: {self:#?}");
        }
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
        let answer = Answer::of_function(&response(200, &json!({ "title": "tea" })));
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
        assert_eq!(Answer::of_function(&response(400, &body)).error_code(), Some("validation_failed"));
    }

    #[test]
    #[should_panic(expected = "no request id")]
    fn an_answer_without_a_request_id_is_none_of_ours() {
        let mut response = response(200, &json!([]));
        response["headers"].as_object_mut().unwrap().remove("X-Request-Id");
        let _ = Answer::of_function(&response);
    }

    #[test]
    #[should_panic(expected = "no error of ours")]
    fn an_error_that_says_more_than_it_should_is_none_of_ours() {
        let body =
            json!({ "code": "internal", "message": "Sorry.", "detail": "Sorry.", "details": [], "cause": "a secret" });
        let _ = Answer::of_function(&response(500, &body));
    }
}
