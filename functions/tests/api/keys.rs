//! Idempotency keys: a request that is sent again is done once and gets the same answer.

use serde_json::json;
use testing::{Answer, Api, Request, concurrently};

use crate::{count, path, start};

fn keyed<'a>(api: &'a Api, key: &str, title: &str) -> Request<'a> {
    api.user("alice").post("/api/me/tasks").header("idempotency-key", key).json(json!({ "title": title }))
}

/// What a client sees of an answer.
fn seen(answer: &Answer) -> (u16, String, Option<String>, Option<String>) {
    let header = |name| answer.header(name).map(ToOwned::to_owned);
    (answer.status, answer.text().to_owned(), header("etag"), header("location"))
}

#[tokio::test]
async fn the_same_key_and_the_same_request_make_one_task_and_get_the_same_answer() {
    let api = start().await;
    let first = keyed(&api, "k", "Milk").send().await;
    assert_eq!((first.status, first.header("idempotency-replayed")), (201, None), "{first:?}");
    // The task is changed and then deleted. The stored answer stays the same.
    let alice = api.user("alice");
    assert_eq!(alice.patch(&path(first.json())).json(json!({ "title": "Eggs" })).send().await.status, 200);
    assert_eq!(alice.delete(&path(first.json())).send().await.status, 204);
    // The same request in another spelling.
    let spelled = api.user("alice").post("/api/alice/tasks").header("idempotency-key", "k");
    let again = spelled.body(r#"{ "title" : "\u004dilk" }"#).header("content-type", "application/json");
    for request in [keyed(&api, "k", "Milk"), again] {
        let again = request.send().await;
        assert_eq!(again.header("idempotency-replayed"), Some("true"), "{again:?}");
        let (status, body, etag, _) = seen(&again);
        let (status_before, body_before, etag_before, _) = seen(&first);
        assert_eq!((status, body, etag), (status_before, body_before, etag_before));
        assert!(again.header("location").unwrap().ends_with(first.json()["id"].as_str().unwrap()));
    }
    assert_eq!(count(&api, "tasks").await, 1);
}

#[tokio::test]
async fn the_same_key_and_another_request_are_refused() {
    let api = start().await;
    assert_eq!(keyed(&api, "k", "Milk").send().await.status, 201);
    let batch = json!({ "operations": [{ "op": "create", "task": { "title": "Milk" } }] });
    let batch = api.user("alice").post("/api/me/tasks/batch").header("idempotency-key", "k").json(batch);
    for request in [keyed(&api, "k", "Eggs"), batch] {
        let answer = request.send().await;
        assert_eq!((answer.status, answer.error_code()), (422, Some("idempotency_key_reused")), "{answer:?}");
    }
    assert_eq!(count(&api, "tasks").await, 1);
}

#[tokio::test]
async fn a_key_belongs_to_its_owner_and_a_failed_request_does_not_use_it() {
    let api = start().await;
    let bob = api.user("bob").post("/api/me/tasks").header("idempotency-key", "k").json(json!({ "title": "Milk" }));
    assert_eq!(bob.send().await.status, 201);
    assert_eq!(keyed(&api, "k", "").send().await.status, 400);
    let answer = keyed(&api, "k", "Milk").send().await;
    assert_eq!((answer.status, answer.header("idempotency-replayed")), (201, None));
    // A refusal by the database is not stored either.
    let id = answer.json()["id"].clone();
    let taken = json!({ "id": id, "title": "x" });
    let alice = api.user("alice");
    let request = || alice.post("/api/me/tasks").header("idempotency-key", "l").json(taken.clone());
    assert_eq!(request().send().await.status, 409);
    assert_eq!(alice.delete(&format!("{}?permanent=true", path(answer.json()))).send().await.status, 204);
    assert_eq!(request().send().await.status, 201, "the id is free now");
}

#[tokio::test]
async fn concurrent_duplicates_make_one_task() {
    let api = crate::builder().environments(4).start().await;
    let answers = concurrently(8, (0..8).map(|_| keyed(&api, "k", "Milk").send())).await;
    let replayed = answers.iter().filter(|answer| answer.header("idempotency-replayed") == Some("true")).count();
    assert!(answers.iter().all(|answer| answer.status == 201 && answer.text() == answers[0].text()), "{answers:?}");
    assert_eq!((replayed, count(&api, "tasks").await), (7, 1));
}

#[tokio::test]
async fn a_key_is_valid_for_24_hours_and_later_writes_remove_expired_ones() {
    let api = start().await;
    let database = api.database().connect().await;
    for number in 0..13 {
        assert_eq!(keyed(&api, &format!("old-{number}"), "Milk").send().await.status, 201);
    }
    let age = |hours: &str| format!("update idempotency_keys set created_at = created_at - interval '{hours}'");
    database.batch_execute(&age("23 hours 59 minutes")).await.unwrap();
    let replayed = keyed(&api, "old-1", "Milk").send().await;
    assert_eq!(replayed.header("idempotency-replayed"), Some("true"));
    database.batch_execute(&age("1 minute")).await.unwrap();
    let reused = keyed(&api, "old-1", "Eggs").send().await;
    assert_eq!((reused.status, reused.header("idempotency-replayed")), (201, None), "another request may use it");
    assert_eq!(
        count(&api, "idempotency_keys").await,
        3,
        "ten of the twelve expired keys were removed, and this one is new"
    );
    keyed(&api, "new", "Milk").send().await;
    assert_eq!(count(&api, "idempotency_keys").await, 2);
}

#[tokio::test]
async fn a_key_has_1_to_255_visible_characters() {
    let api = start().await;
    for key in ["!", &"~".repeat(255), "\"8e03978e-40d5-43dd-bc93-6894a57f9324\""] {
        assert_eq!(keyed(&api, key, "x").send().await.status, 201, "{key}");
    }
    for key in ["", " ", "a b", "é", "\u{7f}", &"k".repeat(256)] {
        let answer = keyed(&api, key, "x").send().await;
        assert_eq!(answer.status, 400, "{key:?}: {answer:?}");
        assert_eq!(answer.json()["details"][0]["field"], "Idempotency-Key");
    }
    assert_eq!(count(&api, "tasks").await, 3);
}
