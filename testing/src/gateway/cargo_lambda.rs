//! `cargo lambda watch`, according to its source (1.9, `crates/cargo-lambda-watch/src/trigger_router.rs`).

use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{HttpRequest, Routed};
use crate::routes;

/// The path is routed as it was sent, and stays encoded.
pub(super) fn route(request: &HttpRequest) -> Option<Routed> {
    let (route, parameters) = routes::find(&request.method, request.path())?;
    let mut event = event(request, &route.function);
    if !parameters.is_empty() {
        event["pathParameters"] = json!(parameters);
    }
    Some(Routed { route, event })
}

/// It has no route key, keeps the cookies in the headers too, and writes null for unknown values.
fn event(request: &HttpRequest, function: &str) -> Value {
    let (body, base64) = request.encoded_body(is_text(request.header("content-type"))).unzip();
    let cookies = request.cookies();
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": request.path(),
        "rawQueryString": request.query(),
        "headers": headers(request),
        "requestContext": context(request, function),
        "stageVariables": {},
        "isBase64Encoded": base64.unwrap_or_default(),
    });
    let optional = [
        ("body", body.map(Value::from)),
        ("cookies", (!cookies.is_empty()).then(|| json!(cookies))),
        ("queryStringParameters", request.query().map(|_| json!(request.joined_query()))),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            event[name] = value;
        }
    }
    event
}

fn context(request: &HttpRequest, function: &str) -> Value {
    let now = OffsetDateTime::now_utc();
    json!({
        "accountId": null,
        "apiId": null,
        "domainName": "localhost",
        "domainPrefix": function,
        "http": {
            "method": request.method,
            "path": request.path(),
            "protocol": "http",
            "sourceIp": "127.0.0.1",
            "userAgent": "cargo-lambda",
        },
        "requestId": Uuid::new_v4(),
        "routeKey": "$default",
        "stage": "$default",
        "time": now.format(super::aws::TIME).expect("a time has all of these parts"),
        "timeEpoch": now.unix_timestamp(), // in seconds, while AWS uses milliseconds
    })
}

/// If a name occurs several times, the first header counts.
fn headers(request: &HttpRequest) -> Value {
    let mut headers = Map::from_iter([("host".to_owned(), json!("127.0.0.1:9000"))]);
    for (name, value) in request.headers.iter().rev() {
        headers.insert(name.to_ascii_lowercase(), json!(value));
    }
    Value::Object(headers)
}

/// cargo-lambda treats a body without a type as text.
fn is_text(content_type: Option<&str>) -> bool {
    content_type.is_none_or(|media| media.starts_with("text/") || media.starts_with("application/json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(method: &str, target: &str) -> Value {
        let headers = vec![("Cookie".to_owned(), "a=1; b=2".to_owned())];
        let request = HttpRequest { method: method.to_owned(), target: target.to_owned(), headers, body: b"{}".into() };
        route(&request).unwrap().event
    }

    #[test]
    fn the_path_stays_encoded() {
        let event = event("GET", "/api/auth0%7Ca%2Fb/tasks");
        assert_eq!(event["rawPath"], "/api/auth0%7Ca%2Fb/tasks");
        assert_eq!(event["pathParameters"]["user_id"], "auth0%7Ca%2Fb");
    }

    #[test]
    fn missing_values_are_null_or_absent() {
        let event = event("GET", "/health");
        assert_eq!(event.get("rawQueryString"), Some(&Value::Null));
        assert!(event.get("pathParameters").is_none());
    }

    #[test]
    fn a_body_without_a_type_is_text_and_cookies_stay_among_the_headers() {
        let event = event("POST", "/api/me/tasks");
        assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!("{}"), &json!(false)));
        assert_eq!(event["headers"]["cookie"], "a=1; b=2");
        assert_eq!(event["cookies"], json!(["a=1", "b=2"]));
    }
}
