//! Events as Lambda may pass them, sent directly to the function. No event may end a function before it has answered.
//! If an event comes from an integration that is not ours, the log says so.

use serde_json::{Value, json};
use testing::{Answer, Api};

use crate::start;

/// What the log says about an integration that is not ours.
const NEEDED: &str = "HTTP API with payload format 2.0 and the path parameters of the route (user_id, task_id)";

/// The answer to an event. The test fails if the function reports an error to Lambda instead.
async fn invoke(api: &Api, function: &str, event: &Value) -> Answer {
    testing::openapi::answer(function, &api.invoke(function, event).await.unwrap())
}

/// The event with another value at this place.
fn with(event: &Value, place: &str, value: Value) -> Value {
    let mut event = event.clone();
    let (parent, name) = place.rsplit_once('/').unwrap();
    event.pointer_mut(parent).unwrap()[name] = value;
    event
}

/// The event that lists Alice's tasks.
fn list(api: &Api) -> Value {
    api.user("alice").get("/api/me/tasks").event()
}

/// The client cannot fix this, so its answer says little. The operator can, so the log says what is needed.
async fn assert_miswired(api: &Api, function: &str, event: &Value, problem: &str) {
    let answer = invoke(api, function, event).await;
    assert_eq!((answer.status, answer.error_code()), (500, Some("internal")), "{event}: {answer:?}");
    let line = api.log().line_with(answer.header("x-request-id").unwrap()).await;
    assert!(line.contains("ERROR") && line.contains(NEEDED) && line.contains(problem), "{event}: {line}");
}

#[tokio::test]
async fn a_header_that_nobody_reads_may_be_anything() {
    let api = start().await;
    for value in ["\u{1}", "a\r\nb", "\u{7f}", "süß", "日本", "\u{fffd}", ""] {
        let answer = invoke(&api, "list-tasks", &with(&list(&api), "/headers/x-note", json!(value))).await;
        assert_eq!(answer.status, 200, "{value:?}: {answer:?}");
    }
    for name in ["a note", "(note)", "süß", "\u{1}", ""] {
        let answer = invoke(&api, "list-tasks", &with(&list(&api), &format!("/headers/{name}"), json!("x"))).await;
        assert_eq!(answer.status, 200, "{name:?}: {answer:?}");
    }
    let answer = invoke(&api, "list-tasks", &with(&list(&api), "/headers/x-note", Value::Null)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test]
async fn control_characters_in_what_is_read_get_an_answer() {
    let api = start().await;
    let alice = api.user("alice");
    let (task, create) = (alice.get("/api/me/tasks/7").event(), alice.post("/api/me/tasks").json(json!({})).event());
    for (function, event, place, status) in [
        ("list-tasks", &list(&api), "/headers/authorization", 401),
        ("list-tasks", &list(&api), "/pathParameters/user_id", 403),
        ("get-task", &task, "/pathParameters/task_id", 400),
        ("list-tasks", &list(&api), "/rawPath", 200),
        ("list-tasks", &list(&api), "/rawQueryString", 400),
        ("create-task", &create, "/headers/content-type", 415),
        ("create-task", &create, "/body", 400),
    ] {
        for value in ["\u{1}", "\u{0}", "a\u{7f}"] {
            let answer = invoke(&api, function, &with(event, place, json!(value))).await;
            assert_eq!(answer.status, status, "{place}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn what_is_null_counts_as_absent() {
    let api = start().await;
    let create = api.user("alice").post("/api/me/tasks").json(json!({ "title": "x" })).event();
    let answer = invoke(&api, "create-task", &with(&create, "/isBase64Encoded", Value::Null)).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let answer = invoke(&api, "create-task", &with(&create, "/body", Value::Null)).await;
    assert_eq!(answer.status, 400, "{answer:?}");
    let answer = invoke(&api, "create-task", &with(&create, "/headers", Value::Null)).await;
    assert_eq!(answer.status, 401, "{answer:?}");
    for place in ["/rawQueryString", "/queryStringParameters", "/cookies", "/requestContext", "/routeKey", "/rawPath"] {
        let answer = invoke(&api, "list-tasks", &with(&list(&api), place, Value::Null)).await;
        assert_eq!(answer.status, 200, "{place}: {answer:?}");
    }
}

/// JSON can escape half of a surrogate pair, but a Rust string cannot hold it.
#[tokio::test]
async fn a_text_that_is_not_unicode_is_400() {
    let api = start().await;
    for text in [r"\ud800", r"\udc00", r"\ud800x"] {
        let event = with(&list(&api), "/headers/x-note", json!("HERE")).to_string().replace("HERE", text);
        let answer = testing::openapi::answer("list-tasks", &api.invoke("list-tasks", &event).await.unwrap());
        assert_eq!((answer.status, answer.error_code()), (400, Some("invalid_request")), "{text}: {answer:?}");
    }
}

/// Payload format 1.0 has the query in another place. A function that overlooks a filter would answer with all tasks.
#[tokio::test]
async fn an_event_of_another_integration_is_refused_and_the_log_says_what_is_needed() {
    let api = start().await;
    let token = format!("Bearer {}", api.user("alice").token());
    let rest = json!({
        "version": "1.0",
        "resource": "/api/{user_id}/tasks",
        "path": "/api/me/tasks",
        "httpMethod": "GET",
        "headers": { "Authorization": token, "authorization": token },
        "multiValueHeaders": { "Authorization": [token] },
        "queryStringParameters": { "status": "pending" },
        "multiValueQueryStringParameters": { "status": ["pending"] },
        "pathParameters": { "user_id": "me" },
        "requestContext": { "requestId": "of-a-rest-api", "httpMethod": "GET", "identity": {}, "stage": "$default" },
        "stageVariables": null,
        "body": null,
        "isBase64Encoded": false,
    });
    let balancer = json!({
        "requestContext": { "elb": { "targetGroupArn": "arn:aws:elasticloadbalancing:…" } },
        "httpMethod": "GET",
        "path": "/api/me/tasks",
        "queryStringParameters": { "status": "pending" },
        "headers": { "authorization": token },
        "body": "",
        "isBase64Encoded": false,
    });
    let ping = json!({ "version": "0", "detail-type": "Scheduled Event", "source": "aws.events", "detail": {} });
    let queue = json!({ "Records": [{ "eventSource": "aws:sqs", "body": "{}" }] });
    for (event, problem) in [
        (rest, r#"version \"1.0\""#),
        (balancer, "no version"),
        (ping, r#"version \"0\""#),
        (queue, "no version"),
        (json!({}), "no version"),
        (json!([]), "no version"),
        (json!("ping"), "another shape"),
        (json!(5), "another shape"),
        (Value::Null, "another shape"),
        (with(&list(&api), "/headers", json!(token)), "another shape"),
        (with(&list(&api), "/body", json!({ "title": "x" })), "another shape"),
        (with(&list(&api), "/version", json!(2)), "another shape"),
        (with(&list(&api), "/version", Value::Null), "no version"),
    ] {
        for function in ["list-tasks", "create-task", "health", "docs"] {
            assert_miswired(&api, function, &event, problem).await;
        }
    }
    let log = api.log().to_string();
    assert!(log.contains("of-a-rest-api") && !log.contains(api.user("alice").token()), "{log}");
}

/// Such an event comes from a function URL, or from a route with other parameter names.
#[tokio::test]
async fn an_event_without_the_parameters_of_the_route_is_refused_and_the_log_says_which() {
    let api = start().await;
    for (parameters, problem) in [
        (Value::Null, "no path parameter user_id"),
        (json!({}), "no path parameter user_id"),
        (json!({ "id": "me" }), "no path parameter user_id"),
        (json!({ "user_id": "me", "taskId": "7" }), "no path parameter task_id"),
    ] {
        let event = with(&api.user("alice").get("/api/me/tasks/7").event(), "/pathParameters", parameters);
        assert_miswired(&api, "get-task", &event, problem).await;
    }
}

/// The answer and the log have the gateway's own id, because its access log has it, too.
#[tokio::test]
async fn a_request_keeps_its_id_whatever_its_headers_are() {
    let api = start().await;
    let event = with(&list(&api), "/requestContext/requestId", json!("of-the-gateway"));
    let answer = invoke(&api, "list-tasks", &with(&event, "/headers/x-note", json!("\u{1}"))).await;
    assert_eq!(answer.header("x-request-id"), Some("of-the-gateway"));
}
