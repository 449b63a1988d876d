//! Lambda ends an invocation that takes too long, and the client hears from the gateway instead of us: so the answer is
//! there before that, whatever the database does.

use std::time::{Duration, Instant};

use testing::{
    Api,
    proxy::{Break, Door},
};

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

/// Every write, each by a user of its own: those who wait for one and the same lock wait for each other, too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_for_a_lock_is_told_in_time_and_writes_nothing_later() {
    let api = builder().deadline(DEADLINE).environments(2).start().await;
    let (database, mut holder) = (api.database().connect().await, api.database().connect().await);
    let writes: Vec<_> = OPERATIONS.iter().filter(|operation| operation.writes() == 1).collect();
    let mut tasks = Vec::new();
    for write in &writes {
        seed(&database, write.name).await; // behind which a task can be moved
        tasks.push(format!("/api/me/tasks/{}", seed(&database, write.name).await));
    }
    let send_all = async |suffix: &str| {
        let requests = writes.iter().zip(&tasks).map(|(write, path)| {
            timed((write.ask)(&api.user(&format!("{}{suffix}", write.name)), &On { path, label: "x" }))
        });
        testing::concurrently_all(requests).await
    };
    for (answer, _) in send_all(" warm").await {
        assert!(answer.status < 500, "{answer:?}");
    }

    let lock = holder.transaction().await.unwrap();
    lock.execute("select from users for update", &[]).await.unwrap();
    for (write, (answer, took)) in writes.iter().zip(send_all("").await) {
        assert!(is_honest_503(&answer), "{}: {answer:?}", write.name);
        assert!(took < DEADLINE, "{}: {took:?}", write.name);
    }
    // Postgres gives up a little before the function does; on a busy machine, a little after it.
    let waiting = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    let until = Instant::now() + Duration::from_millis(500);
    while !database.query(waiting, &[]).await.unwrap().is_empty() {
        assert!(Instant::now() < until, "somebody still waits for the lock");
    }
    lock.rollback().await.unwrap();
    let until = Instant::now() + Duration::from_millis(500);
    while Instant::now() < until {
        for write in &writes {
            assert_eq!(revision(&database, write.name).await, 2, "{}", write.name);
        }
    }
    assert_calm(&api);
}
