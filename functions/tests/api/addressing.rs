//! The path names the user and the task.

use serde_json::json;
use uuid::Uuid;

use crate::{builder, create, start};

const SUBJECTS: [&str; 9] = [
    "k3RbyKq0vWmDpX8ZtUeHs1NfLgYcAj5T",
    "7b0f6f2e-5d53-4a1c-9e8e-0a9d3d8a2f11",
    "auth0|5f7c8ec7c33c6c004bbafe82",
    "anna.müller+tasks@example.com",
    "100% me",
    "a%40b",
    "me",
    "日本語",
    "a#b&c=d",
];

/// API Gateway passes decoded paths to the function. Cargo-lambda passes them as they were sent.
#[tokio::test]
async fn a_subject_addresses_its_tasks_by_its_encoded_id_and_by_me() {
    for builder in [builder(), builder().cargo_lambda()] {
        let api = builder.start().await;
        for subject in SUBJECTS {
            let user = api.user(subject);
            let mine = format!("/api/{}/tasks", encoded(subject));
            let answer = user.post(&mine).json(json!({ "title": "x" })).send().await;
            assert_eq!(answer.status, 201, "{subject}: {answer:?}");
            assert_eq!(answer.json()["owner_user_id"], subject);
            let location = answer.header("location").unwrap().to_owned();
            assert!(location.starts_with(&mine) || subject == "me", "{location}");
            assert_eq!(user.get(&location).send().await.json(), answer.json());
            let by_me = user.get("/api/me/tasks").send().await;
            assert_eq!(*by_me.json(), json!([answer.json()]));
        }
    }
}

#[tokio::test]
async fn a_user_whose_id_is_me_shares_no_tasks_with_others() {
    let api = start().await;
    create(&api.user("me"), "of the user whose id is me").await;
    assert_eq!(*api.user("alice").get("/api/me/tasks").send().await.json(), json!([]));
}

#[tokio::test]
async fn an_id_that_only_looks_like_the_callers_is_403() {
    let api = start().await;
    let alice = api.user("alice");
    for other in ["Alice", "alice%20", "%20alice", "alice%00", "alic", "alicee", "ME", "%61lice%2561", "al%FFice"] {
        let answer = alice.get(&format!("/api/{other}/tasks")).send().await;
        assert_eq!((answer.status, answer.error_code()), (403, Some("forbidden")), "{other}");
    }
}

#[tokio::test]
async fn a_task_id_that_is_not_a_uuid_is_400_and_the_field_is_named() {
    let api = start().await;
    let alice = api.user("alice");
    for id in ["1", "x", "%00", "urn:uuid:01890a5d-ac96-774b-bcce-b302099a8057", "01890a5dac96774bbcceb302099a8057"] {
        for request in [
            alice.get(&format!("/api/me/tasks/{id}")),
            alice.put(&format!("/api/me/tasks/{id}")).json(json!({ "title": "x" })),
            alice.delete(&format!("/api/me/tasks/{id}")),
            alice.patch(&format!("/api/me/tasks/{id}/complete")),
        ] {
            let answer = request.send().await;
            assert_eq!((answer.status, answer.error_code()), (400, Some("invalid_request")), "{id}");
            assert_eq!(answer.json()["details"][0]["field"], "task_id");
        }
    }
}

#[tokio::test]
async fn a_task_id_may_be_in_capitals() {
    let api = start().await;
    let alice = api.user("alice");
    let task = create(&alice, "x").await;
    let id = task["id"].as_str().unwrap().to_uppercase();
    assert_eq!(*alice.get(&format!("/api/me/tasks/{id}")).send().await.json(), task);
    assert_eq!(alice.get(&format!("/api/me/tasks/{}", Uuid::max())).send().await.status, 404);
}

/// Percent-encodes everything except RFC 3986's unreserved characters, like `encodeURIComponent`.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}
