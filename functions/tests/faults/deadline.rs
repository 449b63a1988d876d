//! Lambda ends an invocation that takes too long, and the client hears from the gateway instead of us: so the answer is
//! there before that, whatever the database does.

use std::time::{Duration, Instant};

use testing::{
    Api, Request, User,
    proxy::{Break, Door},
};
use uuid::Uuid;

use crate::{
    assert_calm, builder, is_honest_503,
    operations::{OPERATIONS, On},
    revision, seed, timed,
};

/// What an invocation has. The function keeps back 500 ms of it.
const DEADLINE: Duration = Duration::from_secs(2);

async fn hurried() -> Api {
    builder().deadline(DEADLINE).through_proxy(Duration::ZERO).start().await
}

async fn assert_in_time(api: &Api, case: &str) {
    let (answer, took) = timed(api.user("alice").post("/api/me/tasks").json(serde_json::json!({ "title": "x" }))).await;
    assert!(is_honest_503(&answer), "{case}: {answer:?}");
    assert!(took < DEADLINE, "{case}: {took:?}");
    assert_calm(api);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_cannot_connect_is_told_before_lambda_ends_the_invocation() {
    for door in [Door::Refuses, Door::Mute, Door::Deaf] {
        let api = hurried().await;
        api.get("/api/me/tasks").send().await; // starts the other function: a machine may be busy with that
        assert_eq!(api.request("POST", "/api/me/tasks").send().await.status, 401);
        api.proxy().break_all(Break::Fin);
        api.proxy().door(door).await;
        assert_in_time(&api, &format!("{door:?}")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_hears_nothing_any_more_is_told_in_time() {
    let api = hurried().await;
    let warm = api.user("bob").post("/api/me/tasks").json(serde_json::json!({ "title": "x" })).send().await;
    assert_eq!(warm.status, 201);
    api.proxy().break_all(Break::Silence);
    api.proxy().door(Door::Mute).await;
    assert_in_time(&api, "silence").await;
}

/// Every write there is.
fn writes<'a>(user: &User<'a>, task: Uuid) -> impl Iterator<Item = Request<'a>> {
    let user = user.clone();
    let writes = OPERATIONS.iter().filter(|operation| operation.is_write());
    writes.map(move |write| (write.ask)(&user, On { task, label: write.name }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_for_a_lock_is_told_in_time_and_writes_nothing_later() {
    let api = builder().deadline(DEADLINE).environments(3).start().await; // one for each kind of deletion
    let (alice, bob, mut holder) = (api.user("alice"), api.user("bob"), api.database().connect().await);
    seed(&holder, "alice").await; // behind which a task can be moved
    let (hers, his) = (seed(&holder, "alice").await, seed(&holder, "bob").await);
    for answer in testing::concurrently_all(writes(&bob, his).map(Request::send)).await {
        assert!(answer.status < 500, "{answer:?}");
    }

    let lock = holder.transaction().await.unwrap();
    lock.execute("select from users where id = 'alice' for update", &[]).await.unwrap();
    for (answer, took) in testing::concurrently_all(writes(&alice, hers).map(timed)).await {
        assert!(is_honest_503(&answer), "{answer:?}");
        assert!(took < DEADLINE, "{took:?}");
    }
    lock.rollback().await.unwrap();
    let database = api.database().connect().await;
    let until = Instant::now() + Duration::from_millis(500);
    while Instant::now() < until {
        assert_eq!(revision(&database, "alice").await, 2);
    }
    assert_calm(&api);
}
