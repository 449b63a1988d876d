//! A warm request makes one round trip to the database, whatever it does. Round trips are counted, not timed: a proxy
//! counts how often the direction changes.

use std::time::Duration;

use serde_json::json;
use testing::{Request, User};

use crate::{builder, create, path};

/// Long enough to separate messages that the function sends one after the other.
const ONE_WAY: Duration = Duration::from_millis(5);

#[tokio::test]
async fn every_warm_operation_is_one_round_trip() {
    let api = builder().through_proxy(ONE_WAY).start().await;
    let alice = api.user("alice");
    let (kept, deleted) = (path(&create(&alice, "x").await), path(&create(&alice, "x").await));
    let nowhere = "/api/me/tasks/01890a5d-ac96-774b-bcce-b302099a8057";
    // The first request to a function starts it. All later ones are warm.
    for request in [alice.get(nowhere), alice.put(nowhere).json(json!({})), alice.delete(nowhere)] {
        assert_eq!(request.send().await.status, 404);
    }
    alice.get("/api/me/tasks").send().await;
    alice.patch(&format!("{nowhere}/complete")).send().await;
    alice.post(&format!("{nowhere}/move")).json(json!({ "after": null })).send().await;

    for (operation, request, status) in [
        ("list", alice.get("/api/me/tasks"), 200),
        ("a page of the list", alice.get("/api/me/tasks?status=pending&limit=1"), 200),
        ("create", alice.post("/api/me/tasks").json(json!({ "title": "x" })), 201),
        ("get", alice.get(&kept), 200),
        ("get a missing task", alice.get(nowhere), 404),
        ("put", alice.put(&kept).json(json!({ "title": "y" })), 200),
        ("patch", alice.patch(&kept).json(json!({ "title": "z" })), 200),
        ("patch a changed task", alice.patch(&kept).header("if-match", "\"2.1\"").json(json!({})), 412),
        ("a filtered list", alice.get("/api/me/tasks?search=x&tags=a&sort=due_date&count=true"), 200),
        ("move", alice.post(&format!("{kept}/move")).json(json!({ "before": null })), 200),
        ("complete", alice.patch(&format!("{kept}/complete")), 200),
        ("delete", alice.delete(&deleted), 204),
    ] {
        api.proxy().reset();
        let answer = request.send().await;
        assert_eq!((answer.status, api.proxy().flights()), (status, 1), "{operation}: {answer:?}");
    }
}

#[tokio::test]
async fn a_new_users_first_task_is_one_round_trip() {
    let api = builder().through_proxy(ONE_WAY).start().await;
    create(&api.user("alice"), "x").await;
    api.proxy().reset();
    create(&api.user("bob"), "x").await;
    assert_eq!(api.proxy().flights(), 1);
}

#[tokio::test]
async fn an_invalid_request_does_not_reach_the_database() {
    let api = builder().through_proxy(ONE_WAY).start().await;
    let alice = api.user("alice");
    create(&alice, "x").await;
    api.proxy().reset();
    assert_eq!(alice.post("/api/me/tasks").json(json!({ "title": "" })).send().await.status, 400);
    assert_eq!(alice.post("/api/bob/tasks").json(json!({ "title": "x" })).send().await.status, 403);
    assert_eq!(alice.post("/api/me/tasks").without_token().send().await.status, 401);
    assert_eq!(api.proxy().flights(), 0);
}

/// A batch of 100 operations of all kinds.
fn hundred<'a>(user: &User<'a>) -> Request<'a> {
    let ids: Vec<_> = (0..40).map(|_| uuid::Uuid::now_v7()).collect();
    let mut operations: Vec<_> =
        ids.iter().map(|id| json!({ "op": "create", "id": id, "task": { "title": "x", "tags": ["a"] } })).collect();
    for ids in ids.chunks(4) {
        operations.extend([
            json!({ "op": "update", "id": ids[0], "task": { "title": "y" } }),
            json!({ "op": "complete", "id": ids[1], "completed": true }),
            json!({ "op": "move", "id": ids[2], "after": null }),
            json!({ "op": "move", "id": ids[3], "before": ids[0] }),
            json!({ "op": "delete", "id": ids[1] }),
            json!({ "op": "restore", "id": ids[1] }),
        ]);
    }
    user.post("/api/me/tasks/batch").json(json!({ "operations": operations }))
}

/// Creates a task of this user with an idempotency key.
fn keyed<'a>(user: &User<'a>) -> Request<'a> {
    user.post("/api/me/tasks").header("idempotency-key", "k").json(json!({ "title": "x" }))
}

/// Checks a user with tasks and new users.
#[tokio::test]
async fn the_trash_changes_batches_and_the_account_are_one_round_trip_each() {
    let api = builder().through_proxy(ONE_WAY).start().await;
    let (alice, carol) = (api.user("alice"), api.user("carol"));
    let (task, other) = (path(&create(&alice, "x").await), path(&create(&alice, "x").await));
    for request in [
        alice.get("/api/me/tasks"),
        alice.get("/api/me/tasks/changes"),
        alice.get("/api/me/export"),
        carol.delete(&task),
        carol.post(&format!("{task}/restore")),
        hundred(&carol),
        carol.delete("/api/me"),
    ] {
        let answer = request.send().await;
        assert!(answer.status < 500, "the function is running: {answer:?}");
    }
    let next = alice.get("/api/me/tasks/changes").send().await.json()["next"].as_str().unwrap().to_owned();

    for (operation, request, status) in [
        ("delete", alice.delete(&task), 204),
        ("the trash", alice.get("/api/me/tasks?deleted=true"), 200),
        ("restore", alice.post(&format!("{task}/restore")), 200),
        ("restore a task that is not in the trash", alice.post(&format!("{task}/restore")), 200),
        ("delete for good", alice.delete(&format!("{other}?permanent=true")), 204),
        ("changes", alice.get(&format!("/api/me/tasks/changes?since={next}")), 200),
        ("changes from the beginning", alice.get("/api/me/tasks/changes"), 200),
        ("create with a key", keyed(&alice), 201),
        ("the same again", keyed(&alice), 201),
        ("a batch of 100", hundred(&alice), 200),
        ("the same with a key", hundred(&alice).header("idempotency-key", "l"), 200),
        ("export", alice.get("/api/me/export"), 200),
        ("erase", alice.delete("/api/me"), 204),
        ("erase an erased user", alice.delete("/api/me"), 204),
        ("changes of a new user", api.user("dora").get("/api/me/tasks/changes"), 200),
        ("export of a new user", api.user("dora").get("/api/me/export"), 200),
        ("a batch of a new user", hundred(&api.user("dora")), 200),
        ("a batch with a key of a new user", hundred(&api.user("emil")).header("idempotency-key", "k"), 200),
        ("create with a key of a new user", keyed(&api.user("fred")), 201),
    ] {
        api.proxy().reset();
        let answer = request.send().await;
        assert_eq!((answer.status, api.proxy().flights()), (status, 1), "{operation}: {answer:?}");
    }
}
