//! Lambda ends an invocation that takes too long, and then the gateway answers instead of the function. So the function
//! must answer earlier, whatever the database does.

use std::time::{Duration, Instant};

use testing::{
    Api, Request, User,
    proxy::{Break, NewConnections},
};
use uuid::Uuid;

use crate::{
    assert_calm, builder, is_honest_503,
    operations::{OPERATIONS, On},
    revision, seed, timed,
};

/// The time of an invocation. The function reserves 500 ms of it.
const DEADLINE: Duration = Duration::from_secs(2);

async fn with_short_deadline() -> Api {
    builder().deadline(DEADLINE).through_proxy(Duration::ZERO).start().await
}

async fn assert_in_time(api: &Api, case: &str) {
    let (answer, took) = timed(api.user("alice").post("/api/me/tasks").json(serde_json::json!({ "title": "x" }))).await;
    assert!(is_honest_503(&answer), "{case}: {answer:?}");
    assert!(took < DEADLINE, "{case}: {took:?}");
    assert_calm(api);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_that_cannot_connect_answers_before_lambda_ends_the_invocation() {
    for mode in [NewConnections::Refused, NewConnections::Unanswered, NewConnections::Dropped] {
        let api = with_short_deadline().await;
        api.get("/api/me/tasks").send().await; // starts the other function before the clock runs
        assert_eq!(api.request("POST", "/api/me/tasks").send().await.status, 401);
        api.proxy().break_all(Break::Fin);
        api.proxy().set_new_connections(mode).await;
        assert_in_time(&api, &format!("{mode:?}")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_whose_connections_are_silent_answers_in_time() {
    let api = with_short_deadline().await;
    let warm = api.user("bob").post("/api/me/tasks").json(serde_json::json!({ "title": "x" })).send().await;
    assert_eq!(warm.status, 201);
    api.proxy().break_all(Break::Silence);
    api.proxy().set_new_connections(NewConnections::Unanswered).await;
    assert_in_time(&api, "silence").await;
}

/// One request for every write.
fn writes<'a>(user: &User<'a>, task: Uuid) -> impl Iterator<Item = Request<'a>> {
    let user = user.clone();
    let writes = OPERATIONS.iter().filter(|operation| operation.is_write());
    writes.map(move |write| (write.ask)(&user, On { task, label: write.name }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_waits_for_a_lock_is_answered_in_time_and_writes_nothing_later() {
    let api = builder().deadline(DEADLINE).environments(3).start().await; // the kinds of deletion share a function
    let (alice, bob, mut holder) = (api.user("alice"), api.user("bob"), api.database().connect().await);
    seed(&holder, "alice").await; // a task can be moved after this one
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
