//! What the purge removes: the trash after 30 days, tombstones after 90 days, idempotency keys after 24 hours.

use serde_json::{Value, json};
use testing::{Api, User};

use crate::{builder, count, create, path, start};

/// Invokes the scheduled function as `EventBridge` Scheduler does.
async fn purge(api: &Api) {
    let event = json!({ "version": "0", "source": "aws.scheduler" });
    assert_eq!(api.invoke("purge-trash", &event).await.unwrap(), json!(null));
}

/// Ages deleted tasks, tombstones and keys by this many days.
async fn days_go_by(api: &Api, days: i32) {
    for (table, column) in [("tasks", "deleted_at"), ("tombstones", "deleted_at"), ("idempotency_keys", "created_at")] {
        let age = format!("update {table} set {column} = {column} - interval '{days} days'");
        api.database().connect().await.batch_execute(&age).await.unwrap();
    }
}

async fn trash(user: &User<'_>) -> Value {
    user.get("/api/me/tasks?deleted=true").send().await.json().clone()
}

async fn deleted(user: &User<'_>, title: &str) -> Value {
    let task = create(user, title).await;
    assert_eq!(user.delete(&path(&task)).send().await.status, 204);
    task
}

#[tokio::test]
async fn after_30_days_in_the_trash_tasks_of_all_users_are_removed_and_nothing_else_is() {
    let api = start().await;
    let users: Vec<_> = ["alice", "bob", "carol"].map(|id| api.user(id)).into();
    let mut kept = Vec::new();
    for user in &users {
        kept.push(create(user, "kept").await);
        deleted(user, "old").await;
    }
    days_go_by(&api, 29).await;
    purge(&api).await;
    assert_eq!(count(&api, "tasks").await, 6, "29 days are not enough");
    deleted(&users[0], "young").await;
    // One of the two keys has expired.
    for key in ["old", "new"] {
        let request = users[2].post("/api/me/tasks").header("idempotency-key", key).json(json!({ "title": key }));
        assert_eq!(request.send().await.status, 201);
        if key == "old" {
            days_go_by(&api, 1).await;
        }
    }
    let before = users[1].get("/api/me/tasks?deleted=true").send().await;
    purge(&api).await;
    let after = users[1].get("/api/me/tasks?deleted=true").send().await;
    assert_ne!(before.header("etag"), after.header("etag"), "the trash has changed");
    assert_eq!((after.json(), after.header("x-total-count")), (&json!([]), Some("0")));
    assert_eq!(trash(&users[0]).await[0]["title"], "young");
    for (user, kept) in users.iter().zip(&kept) {
        assert_eq!(user.get(&path(kept)).send().await.json(), kept);
    }
    assert_eq!(count(&api, "idempotency_keys").await, 1);
    purge(&api).await;
    assert_eq!(after.header("etag"), users[1].get("/api/me/tasks?deleted=true").send().await.header("etag"));
    let lines = api.log().lines().iter().filter(|line| line.contains("\"purged\"")).count();
    assert_eq!(lines, 3);
}

#[tokio::test]
async fn the_change_feed_reports_a_deletion_for_90_days_and_then_a_client_has_to_start_again() {
    let api = start().await;
    let alice = api.user("alice");
    create(&alice, "kept").await;
    let changes = async |token: &str| alice.get(&format!("/api/me/tasks/changes?since={token}")).send().await;
    let token = changes("").await.json()["next"].as_str().unwrap().to_owned();
    let task = deleted(&alice, "x").await;
    let seen = changes(&token).await.json()["next"].as_str().unwrap().to_owned();

    days_go_by(&api, 31).await;
    purge(&api).await;
    let answer = changes(&token).await;
    assert_eq!(answer.json()["deleted"], json!([task["id"]]), "{answer:?}");
    let answer = changes(&seen).await;
    assert_eq!((answer.status, &answer.json()["deleted"]), (200, &json!([])), "it is not reported twice");
    days_go_by(&api, 58).await;
    purge(&api).await;
    assert_eq!(changes(&token).await.status, 200);
    days_go_by(&api, 1).await;
    purge(&api).await;
    assert_eq!(count(&api, "tombstones").await, 0);
    let answer = changes(&token).await;
    assert_eq!((answer.status, answer.error_code()), (410, Some("gone")), "{answer:?}");
    assert_eq!(changes(&seen).await.status, 200, "this token was made after the deletion");
    let afresh = changes("").await;
    assert_eq!((afresh.json()["tasks"].as_array().map(Vec::len), &afresh.json()["deleted"]), (Some(1), &json!([])));
}

#[tokio::test]
async fn an_erasure_is_remembered_for_a_day() {
    let api = start().await;
    create(&api.user("alice"), "x").await;
    assert_eq!(api.user("alice").delete("/api/me").send().await.status, 204);
    purge(&api).await;
    assert_eq!(count(&api, "erasures").await, 1);
    let age = "update erasures set erased_at = erased_at - interval '1 day'";
    api.database().connect().await.batch_execute(age).await.unwrap();
    purge(&api).await;
    assert_eq!(count(&api, "erasures").await, 0);
}

/// One call checks 10,000 users.
#[tokio::test]
async fn a_purge_gets_past_many_users_with_nothing_to_remove() {
    let api = start().await;
    let zoe = api.user("zoe");
    deleted(&zoe, "old").await;
    days_go_by(&api, 30).await;
    let many = "insert into users (id) select 'user-' || n from generate_series(1, 20000) n";
    api.database().connect().await.batch_execute(many).await.unwrap();
    purge(&api).await;
    assert_eq!((count(&api, "tasks").await, count(&api, "tombstones").await), (0, 1));
}

/// One owner has more tasks than one call removes.
#[tokio::test]
async fn a_large_trash_is_removed_in_several_calls() {
    let api = start().await;
    let alice = api.user("alice");
    create(&alice, "kept").await;
    let many = "insert into tasks (owner_user_id, id, title, completed, created_at, updated_at, revision, deleted_at)
        select 'alice', gen_random_uuid(), 'x', false, now(), now(), n, now() - interval '40 days'
        from generate_series(1, 2500) n;
        update users set deleted_tasks = 2500";
    api.database().connect().await.batch_execute(many).await.unwrap();
    purge(&api).await;
    assert_eq!((count(&api, "tasks").await, count(&api, "tombstones").await), (1, 2_500));
    assert_eq!(alice.get("/api/me/tasks?deleted=true").send().await.header("x-total-count"), Some("0"));
}

#[tokio::test]
async fn a_purge_that_cannot_reach_the_database_fails_and_says_why() {
    let api = builder().by(|_| "postgresql://nobody:x@127.0.0.1:1/x?sslmode=disable".to_owned());
    let api = api.deadline(std::time::Duration::from_secs(8)).start().await;
    let error = api.invoke("purge-trash", &json!({})).await.unwrap_err();
    let told = error.to_string();
    assert!(told.contains("database_unavailable") && told.contains("Connection refused"), "{told}");
    let logged = api.log().lines().into_iter().find(|line| line.contains("the schedule")).unwrap();
    assert!(logged.contains("Connection refused"), "{logged}");
}
