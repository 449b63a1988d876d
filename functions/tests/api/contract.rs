//! Every row of the table of routes.

use serde_json::{Value, json};
use testing::Api;
use uuid::Uuid;

use crate::{builder, create, path, revision, start, tag};

#[tokio::test]
async fn creating_answers_201_with_the_task_its_location_and_its_tag() {
    let api = start().await;
    let body = json!({ "title": "  Buy milk ", "description": "Two litres" });
    let answer = api.user("alice").post("/api/me/tasks").json(body).send().await;

    assert_eq!(answer.status, 201);
    let task = answer.json();
    let id: Uuid = task["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(id.get_version_num(), 7);
    assert_eq!(answer.header("location"), Some(format!("/api/me/tasks/{id}").as_str()));
    assert_eq!(answer.header("etag"), Some(&*tag(revision(task))));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let expected = json!({
        "id": id, "owner_user_id": "alice", "title": "Buy milk", "description": "Two litres", "completed": false,
        "completed_at": null, "priority": "none", "due_date": null, "tags": [], "position": task["position"],
        "created_at": task["created_at"], "updated_at": task["created_at"],
        "deleted_at": null, "revision": task["revision"],
    });
    assert_eq!(*task, expected);
    let created_at = task["created_at"].as_str().unwrap();
    assert!(created_at.len() == 27 && created_at.ends_with('Z'), "{created_at}");
}

#[tokio::test]
async fn a_task_can_be_created_as_completed() {
    let api = start().await;
    let body = json!({ "title": "Done", "description": null, "completed": true });
    let task = api.user("alice").post("/api/me/tasks").json(body).send().await.json().clone();

    assert_eq!(task["completed"], true);
    assert_eq!(task["completed_at"], task["created_at"]);
}

#[tokio::test]
async fn reading_answers_200_with_the_task_and_its_tag() {
    let api = start().await;
    let alice = api.user("alice");
    let task = create(&alice, "Buy milk").await;

    let answer = alice.get(&path(&task)).send().await;
    assert_eq!((answer.status, answer.header("etag")), (200, Some(&*tag(revision(&task)))));
    assert_eq!(*answer.json(), task);
}

#[tokio::test]
async fn put_and_patch_change_what_is_named_and_leave_the_rest() {
    let api = start().await;
    let alice = api.user("alice");
    let body = json!({ "title": "Buy milk", "description": "Two litres" });
    let task = alice.post("/api/me/tasks").json(body).send().await.json().clone();

    let put = alice.put(&path(&task)).json(json!({ "title": "Buy oat milk" })).send().await;
    assert_eq!((put.status, put.header("etag")), (200, Some(&*tag(revision(&task) + 1))));
    assert_eq!(put.json()["title"], "Buy oat milk");
    assert_eq!(put.json()["description"], "Two litres", "a partial PUT clears nothing");
    assert_eq!(put.json()["created_at"], task["created_at"]);
    assert!(put.json()["updated_at"].as_str() > task["updated_at"].as_str());

    let patch = alice.patch(&path(&task)).json(json!({ "description": null, "completed": true })).send().await;
    assert_eq!((patch.status, patch.header("etag")), (200, Some(&*tag(revision(&task) + 2))));
    assert_eq!(patch.json()["title"], "Buy oat milk");
    assert_eq!(patch.json()["description"], Value::Null, "null clears");
    assert_eq!(patch.json()["completed_at"], patch.json()["updated_at"]);
    assert_eq!(alice.get(&path(&task)).send().await.json(), patch.json(), "the change was kept");
}

#[tokio::test]
async fn completed_at_is_when_the_task_was_first_completed_and_null_while_it_is_not() {
    let api = start().await;
    let alice = api.user("alice");
    let task = create(&alice, "Buy milk").await;

    let done = alice.patch(&path(&task)).json(json!({ "completed": true })).send().await.json().clone();
    let again = alice.patch(&path(&task)).json(json!({ "completed": true })).send().await.json().clone();
    assert_eq!(again["completed_at"], done["completed_at"]);
    let undone = alice.patch(&path(&task)).json(json!({ "completed": false })).send().await.json().clone();
    assert_eq!(undone["completed_at"], Value::Null);
}

#[tokio::test]
async fn deleting_answers_204_and_the_task_is_no_longer_found() {
    let api = start().await;
    let alice = api.user("alice");
    let (task, other) = (create(&alice, "Buy milk").await, create(&alice, "Buy bread").await);

    let answer = alice.delete(&path(&task)).send().await;
    assert_eq!((answer.status, answer.text()), (204, ""));
    for answer in [alice.get(&path(&task)).send().await, alice.delete(&path(&task)).send().await] {
        assert_eq!((answer.status, answer.error_code()), (404, Some("not_found")));
    }
    assert_eq!(*alice.get("/api/me/tasks").send().await.json(), json!([other]));
}

#[tokio::test]
async fn every_write_increases_the_owners_revision_by_one() {
    let api = start().await;
    let alice = api.user("alice");
    let task = create(&alice, "1").await;
    let first = revision(&task);
    for (number, request) in [
        alice.patch(&path(&task)).json(json!({ "title": "2" })),
        alice.put(&path(&task)).json(json!({})),
        alice.patch(&format!("{}/complete", path(&task))),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(revision(request.send().await.json()), first + 1 + i64::try_from(number).unwrap());
    }
    assert_eq!(alice.delete(&path(&task)).send().await.status, 204);
    assert_eq!(revision(&create(&alice, "6").await), first + 5, "the deletion was the fifth");
}

#[tokio::test]
async fn completing_without_a_body_or_with_an_empty_object_toggles() {
    let api = start().await;
    let alice = api.user("alice");
    let task = create(&alice, "Buy milk").await;
    let complete = format!("{}/complete", path(&task));

    let on = alice.patch(&complete).send().await;
    assert_eq!((on.status, on.header("etag")), (200, Some(&*tag(revision(&task) + 1))));
    assert_eq!(on.json()["completed"], true);
    assert_eq!(on.json()["completed_at"], on.json()["updated_at"]);
    let off = alice.patch(&complete).json(json!({})).send().await;
    assert_eq!((off.json()["completed"].clone(), off.json()["completed_at"].clone()), (json!(false), Value::Null));
}

#[tokio::test]
async fn completing_with_a_state_sets_it_and_can_be_repeated() {
    let api = start().await;
    let alice = api.user("alice");
    let task = create(&alice, "Buy milk").await;
    let complete = format!("{}/complete", path(&task));

    let first = alice.patch(&complete).json(json!({ "completed": true })).send().await.json().clone();
    let second = alice.patch(&complete).json(json!({ "completed": true })).send().await.json().clone();
    assert_eq!(second["completed"], true);
    assert_eq!(second["completed_at"], first["completed_at"]);
    let unset = alice.patch(&complete).json(json!({ "completed": false })).send().await.json().clone();
    assert_eq!((unset["completed"].clone(), unset["completed_at"].clone()), (json!(false), Value::Null));
}

#[tokio::test]
async fn health_answers_without_a_token_a_database_or_settings() {
    let api = builder().without_env("DATABASE_URL").without_env("JWT_SECRET").start().await;
    let answer = api.get("/health").send().await;
    assert_eq!((answer.status, answer.json()), (200, &json!({ "status": "ok" })));
}

#[tokio::test]
async fn a_missing_task_is_404_for_every_operation_and_changes_no_revision() {
    let api = start().await;
    let alice = api.user("alice");
    let nowhere = format!("/api/me/tasks/{}", Uuid::now_v7());
    assert_all_not_found(&api, &nowhere).await;
    let task = create(&alice, "the user's row exists from here on").await;
    assert_all_not_found(&api, &nowhere).await;
    assert_eq!(revision(&create(&alice, "next").await), revision(&task) + 1);
}

async fn assert_all_not_found(api: &Api, path: &str) {
    let alice = api.user("alice");
    for request in [
        alice.get(path),
        alice.put(path).json(json!({ "title": "x" })),
        alice.patch(path).json(json!({ "title": "x" })),
        alice.delete(path),
        alice.delete(&format!("{path}?permanent=true")),
        alice.patch(&format!("{path}/complete")),
        alice.post(&format!("{path}/move")).json(json!({ "after": null })),
        alice.post(&format!("{path}/restore")),
    ] {
        let answer = request.send().await;
        assert_eq!((answer.status, answer.error_code()), (404, Some("not_found")), "{answer:?}");
    }
}
