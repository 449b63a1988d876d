//! How often a warm request crosses the network to the database: once, whatever it does. Round trips are counted, not
//! timed: a proxy on the wire counts how often the direction changes.

use std::time::Duration;

use serde_json::json;

use crate::{builder, create, path};

/// Long enough for a flight that was sent in pieces to fall apart on the wire.
const ONE_WAY: Duration = Duration::from_millis(5);

#[tokio::test]
async fn every_warm_operation_is_one_round_trip() {
    let api = builder().through_proxy(ONE_WAY).start().await;
    let alice = api.user("alice");
    let (kept, deleted) = (path(&create(&alice, "x").await), path(&create(&alice, "x").await));
    let nowhere = "/api/me/tasks/01890a5d-ac96-774b-bcce-b302099a8057";
    // The first request of a function starts it; all after that are warm.
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
        ("get what is not there", alice.get(nowhere), 404),
        ("put", alice.put(&kept).json(json!({ "title": "y" })), 200),
        ("patch", alice.patch(&kept).json(json!({ "title": "z" })), 200),
        ("patch what has changed", alice.patch(&kept).header("if-match", "\"2.1\"").json(json!({})), 412),
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
async fn what_is_refused_before_the_database_does_not_go_there() {
    let api = builder().through_proxy(ONE_WAY).start().await;
    let alice = api.user("alice");
    create(&alice, "x").await;
    api.proxy().reset();
    assert_eq!(alice.post("/api/me/tasks").json(json!({ "title": "" })).send().await.status, 400);
    assert_eq!(alice.post("/api/bob/tasks").json(json!({ "title": "x" })).send().await.status, 403);
    assert_eq!(alice.post("/api/me/tasks").without_token().send().await.status, 401);
    assert_eq!(api.proxy().flights(), 0);
}
