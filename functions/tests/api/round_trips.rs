//! How often a warm request crosses the network to the database: once, whatever it does. Round trips are counted, not
//! timed: a proxy on the wire counts how often the direction changes.

use std::time::Duration;

use serde_json::json;

use crate::{builder, create, path};

/// Long enough for a flight that were sent in pieces to fall apart on the wire.
const ONE_WAY: Duration = Duration::from_millis(5);

#[tokio::test]
async fn every_warm_operation_is_one_round_trip() {
    let api = builder().through_proxy(ONE_WAY).start().await;
    let alice = api.user("alice");
    let task = create(&alice, "x").await;
    let one = path(&task);
    let operations = || {
        [
            ("list-tasks", alice.get("/api/me/tasks")),
            ("list-tasks", alice.get("/api/me/tasks?status=pending&limit=1")),
            ("create-task", alice.post("/api/me/tasks").json(json!({ "title": "x" }))),
            ("get-task", alice.get(&one)),
            ("update-task", alice.put(&one).json(json!({ "title": "x" }))),
            ("update-task", alice.patch(&one).json(json!({ "title": "x" }))),
            ("complete-task", alice.patch(&format!("{one}/complete"))),
            ("get-task", alice.get("/api/me/tasks/01890a5d-ac96-774b-bcce-b302099a8057")),
            ("delete-task", alice.delete(&one)),
        ]
    };
    // The first request of each function finds its connection made, but let nothing of the start be counted.
    for (_, request) in operations() {
        assert!(request.send().await.status < 500);
    }
    let recreated = create(&alice, "x").await;
    let database = api.database().connect().await;
    let id: uuid::Uuid = task["id"].as_str().unwrap().parse().unwrap();
    let new_id: uuid::Uuid = recreated["id"].as_str().unwrap().parse().unwrap();
    database.execute("update tasks set id = $1 where id = $2", &[&id, &new_id]).await.unwrap();

    for (function, request) in operations() {
        api.proxy().reset();
        assert!(request.send().await.status < 500);
        assert_eq!(api.proxy().flights(), 1, "{function}");
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
