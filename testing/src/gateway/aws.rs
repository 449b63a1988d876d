//! API Gateway. Details that its manual leaves open come from published events of live HTTP APIs:
//! <https://github.com/hotsock/voker/tree/main/vokerhttp/testdata>,
//! <https://github.com/middleapi/standard-server/pull/93>, <https://github.com/ministackorg/ministack/pull/766>.

use base64::{Engine, prelude::BASE64_URL_SAFE};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};
use uuid::Uuid;

use super::{HttpRequest, Routed};
use crate::routes::{self, Parameters, Route};

const DOMAIN: &str = "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com";
const SOURCE_IP: &str = "203.0.113.7";
pub(super) const TIME: &[BorrowedFormatItem<'_>] =
    format_description!("[day]/[month repr:short]/[year]:[hour]:[minute]:[second] +0000");

/// The path is decoded *before* it is routed. So `%2F` splits it, and everything after `%3F` is lost.
pub(super) fn route(request: &HttpRequest) -> Option<Routed> {
    let decoded = percent_decode_str(request.path()).decode_utf8_lossy();
    let path = decoded.split('?').next().unwrap_or_default();
    let (route, parameters) = routes::find(&request.method, path)?;
    Some(Routed { route, event: event(request, path, route, &parameters) })
}

/// Members without a value are absent, not null.
fn event(request: &HttpRequest, path: &str, route: &Route, parameters: &Parameters) -> Value {
    let (query, cookies) = (request.joined_query(), request.cookies());
    let (body, base64) = request.encoded_body(is_text(request.header("content-type").unwrap_or_default())).unzip();
    let mut event = json!({
        "version": "2.0",
        "routeKey": route.key(),
        "rawPath": path,
        "rawQueryString": request.query().unwrap_or_default(),
        "cookies": (!cookies.is_empty()).then_some(&cookies),
        "headers": headers(request),
        "queryStringParameters": (!query.is_empty()).then_some(&query),
        "pathParameters": (!parameters.is_empty()).then_some(parameters),
        "requestContext": context(request, path, route),
        "body": body,
        "isBase64Encoded": base64.unwrap_or_default(),
    });
    event.as_object_mut().expect("an object").retain(|_, value| !value.is_null());
    event
}

fn context(request: &HttpRequest, path: &str, route: &Route) -> Value {
    let now = OffsetDateTime::now_utc();
    let id = Uuid::new_v4();
    json!({
        "accountId": "123456789012",
        "apiId": "a1b2c3d4e5",
        "domainName": DOMAIN,
        "domainPrefix": "a1b2c3d4e5",
        "http": {
            "method": request.method,
            "path": path,
            "protocol": "HTTP/1.1",
            "sourceIp": SOURCE_IP,
            "userAgent": request.header("user-agent").unwrap_or_default(),
        },
        "requestId": BASE64_URL_SAFE.encode(&id.as_bytes()[..11]), // as in JKJaXmPLvHcESHA=
        "routeKey": route.key(),
        "stage": "$default",
        "time": now.format(TIME).expect("a time has all of these parts"),
        "timeEpoch": now.unix_timestamp_nanos() / 1_000_000,
    })
}

/// The client's headers and those that API Gateway adds. Cookies have their own place in the event.
fn headers(request: &HttpRequest) -> Value {
    let mut headers = request.joined_headers();
    headers.remove("cookie");
    let added = [
        ("content-length", request.body.len().to_string()),
        ("host", DOMAIN.to_owned()),
        ("x-amzn-trace-id", "Root=1-5e9f0c65-1de4d666d4dd26aced652b6c".to_owned()),
        ("x-forwarded-for", SOURCE_IP.to_owned()),
        ("x-forwarded-port", "443".to_owned()),
        ("x-forwarded-proto", "https".to_owned()),
    ];
    for (name, value) in added {
        headers.entry(name.to_owned()).or_insert(value);
    }
    json!(headers)
}

/// Only these types count as text. A form does not, and a body without a type does not.
fn is_text(content_type: &str) -> bool {
    let media = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media.starts_with("text/") || ["application/json", "application/javascript", "application/xml"].contains(&&*media)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> HttpRequest {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        HttpRequest {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: headers.iter().map(owned).collect(),
            body: body.as_bytes().to_vec(),
        }
    }

    fn event(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Value {
        route(&request(method, target, headers, body)).unwrap().event
    }

    #[test]
    fn an_event_has_the_members_that_aws_sends() {
        let event = event("GET", "/api/me/tasks/7", &[("User-Agent", "curl/8.7.1")], "");
        assert_eq!(event["version"], "2.0");
        assert_eq!(event["routeKey"], "GET /api/{user_id}/tasks/{task_id}");
        assert_eq!(event["rawQueryString"], "");
        assert_eq!(event["pathParameters"], json!({ "user_id": "me", "task_id": "7" }));
        assert_eq!(event["headers"]["content-length"], "0");
        assert_eq!(event["requestContext"]["http"]["userAgent"], "curl/8.7.1");
        assert_eq!(event["requestContext"]["requestId"].as_str().map(str::len), Some(16));
        for absent in ["cookies", "queryStringParameters", "body", "stageVariables"] {
            assert!(event.get(absent).is_none(), "{absent}");
        }
    }

    #[test]
    fn the_path_is_decoded() {
        let event = event("GET", "/api/auth0%7C%C3%A9%2525/tasks", &[], "");
        assert_eq!(event["rawPath"], "/api/auth0|é%25/tasks");
        assert_eq!(event["pathParameters"]["user_id"], "auth0|é%25");
        assert_eq!(event["requestContext"]["http"]["path"], "/api/auth0|é%25/tasks");
    }

    #[test]
    fn an_encoded_slash_or_question_mark_loses_the_route() {
        assert!(route(&request("GET", "/api/a%2Fb/tasks", &[], "")).is_none());
        assert!(route(&request("GET", "/api/a%3Fb/tasks", &[], "")).is_none());
    }

    #[test]
    fn the_query_is_passed_both_as_sent_and_decoded() {
        let event = event("GET", "/api/me/tasks?tag=a&tag=b+c&q=1%2B1&empty=", &[], "");
        assert_eq!(event["rawQueryString"], "tag=a&tag=b+c&q=1%2B1&empty=");
        assert_eq!(event["queryStringParameters"], json!({ "tag": "a,b c", "q": "1+1", "empty": "" }));
    }

    #[test]
    fn headers_are_in_lower_case_and_joined_and_cookies_are_separate() {
        let headers = [("If-Match", "\"1\""), ("IF-MATCH", "\"2\""), ("Cookie", "a=1; b=2")];
        let event = event("GET", "/api/me/tasks", &headers, "");
        assert_eq!(event["headers"]["if-match"], "\"1\",\"2\"");
        assert_eq!(event["cookies"], json!(["a=1", "b=2"]));
        assert!(event["headers"].get("cookie").is_none());
    }

    #[test]
    fn a_body_is_base64_unless_its_type_is_text() {
        let body = |content_type| {
            let event = event("POST", "/api/me/tasks", &[("Content-Type", content_type)], "{}");
            (event["body"].as_str().unwrap().to_owned(), event["isBase64Encoded"].as_bool().unwrap())
        };
        assert_eq!(body("application/json; charset=utf-8"), ("{}".to_owned(), false));
        assert_eq!(body("text/plain"), ("{}".to_owned(), false));
        assert_eq!(body("application/x-www-form-urlencoded"), ("e30=".to_owned(), true));
        assert_eq!(body("application/merge-patch+json"), ("e30=".to_owned(), true));
        assert_eq!(body(""), ("e30=".to_owned(), true));
    }
}
