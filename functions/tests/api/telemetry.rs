//! What the log says, and what it never says.

use serde_json::{Value, json};

use crate::{builder, create, path, start};

#[tokio::test]
async fn every_request_is_one_line_of_json() {
    let api = start().await;
    let alice = api.user("alice");
    let created = alice.post("/api/me/tasks").json(json!({ "title": "x" })).send().await;
    let refused = alice.post("/api/me/tasks").json(json!({})).send().await;

    let log = api.log().to_string();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    assert_eq!(lines.len(), 2, "{log}");
    for (line, answer) in lines.iter().zip([created, refused]) {
        assert_eq!(line["request_id"].as_str(), answer.header("x-request-id"));
        assert_eq!(line["route"], "POST /api/{user_id}/tasks");
        assert_eq!(line["status"], answer.status);
        assert!(line["duration_ms"].as_f64().is_some_and(|ms| ms > 0.0), "{line}");
        assert_eq!(line["level"], "INFO");
    }
    assert_eq!(lines[1]["code"], "validation_failed");
}

/// At the level that says the most.
#[tokio::test]
async fn no_token_title_id_or_connection_string_is_logged() {
    let api = builder().env("LOG_LEVEL", "trace").start().await;
    let alice = api.user("alice-the-subject");
    let body = json!({ "title": "my-secret-title", "description": "my-secret-description" });
    let task = alice.post("/api/me/tasks").json(body).send().await.json().clone();
    alice.get(&path(&task)).send().await;
    alice.get("/api/me/tasks").send().await;
    alice.get("/api/somebody-else/tasks").send().await;
    alice.patch(&path(&task)).json(json!({ "my-secret-field": 1 })).send().await;
    // A constraint that refuses the row: Postgres' DETAIL would repeat all of it.
    let database = api.database().connect().await;
    database.batch_execute("alter table tasks add constraint no check (title <> 'my-secret-x')").await.unwrap();
    let refused = alice.patch(&path(&task)).json(json!({ "title": "my-secret-x" })).send().await;
    assert_eq!(refused.status, 500);
    assert!(api.log().to_string().contains("23514"), "{}", api.log());

    let log = api.log().to_string();
    let password = api.database().url();
    let password = password.split_once("//").and_then(|(_, rest)| rest.split_once('@')).unwrap().0;
    let id = task["id"].as_str().unwrap();
    for secret in ["my-secret", "alice-the-subject", "somebody-else", alice.token(), password, id] {
        assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
    }
}

#[tokio::test]
async fn every_answer_has_an_id_and_the_gateways_where_there_is_one() {
    let api = builder().cargo_lambda().start().await;
    let task = create(&api.user("alice"), "x").await;
    let answer = api.user("alice").get(&path(&task)).send().await;
    assert!(answer.header("x-request-id").is_some_and(|id| !id.is_empty()));
    assert_eq!(
        answer.header("access-control-expose-headers"),
        Some("ETag, Link, Location, Retry-After, WWW-Authenticate, X-Request-Id"),
        "locally the function itself tells browsers what they may read"
    );
}
