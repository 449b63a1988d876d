//! Connections that break, and writes that are done once all the same.

use serde_json::{Value, json};
use testing::{
    Api, Request,
    proxy::{Break, Fault, Moment},
};

use crate::{builder, create, path, revision, start, tag};

/// Nothing is slowed down here: the wire only breaks.
async fn on_a_wire() -> Api {
    builder().through_proxy(std::time::Duration::ZERO).start().await
}

/// Every kind of write, on a task that is there.
fn writes<'a>(api: &'a Api, task: &Value) -> Vec<(Request<'a>, u16)> {
    let alice = api.user("alice");
    vec![
        (alice.post("/api/me/tasks").json(json!({ "title": "new" })), 201),
        (alice.put(&path(task)).json(json!({ "title": "changed" })), 200),
        (alice.patch(&format!("{}/complete", path(task))), 200),
        (alice.post(&format!("{}/move", path(task))).json(json!({ "after": null })), 200),
        (alice.delete(&path(task)), 204),
    ]
}

#[tokio::test]
async fn a_write_whose_connection_breaks_is_done_exactly_once() {
    let api = on_a_wire().await;
    let alice = api.user("alice");
    for loss in [Moment::Request, Moment::Answer] {
        for number in 0..5 {
            let task = create(&alice, "x").await;
            let (request, status) = writes(&api, &task).swap_remove(number);
            // Where the function is not running yet, its first connection is none of a request's.
            api.user("bob").delete(&path(&task)).send().await;
            warm(&api, &task).await;

            api.proxy().plant(Fault::next(loss, Break::Fin));
            let answer = request.send().await;
            assert_eq!(answer.status, status, "{loss:?}: {answer:?}");
            let next = revision(&create(&alice, "next").await);
            assert_eq!(next, revision(&task) + 2, "{loss:?}, write {number}: once");
            if status == 200 {
                assert_eq!(revision(answer.json()), revision(&task) + 1);
                assert_eq!(alice.get(&path(&task)).send().await.json(), answer.json());
            }
        }
    }
}

/// Starts every function, by writes that find nothing.
async fn warm(api: &Api, task: &Value) {
    let nobody = api.user("nobody");
    let (one, complete, place) = (path(task), format!("{}/complete", path(task)), format!("{}/move", path(task)));
    let moved = nobody.post(&place).json(json!({ "after": null }));
    for request in
        [nobody.get(&one), nobody.put(&one).json(json!({})), nobody.delete(&one), nobody.patch(&complete), moved]
    {
        assert_eq!(request.send().await.status, 404);
    }
}

#[tokio::test]
async fn a_toggle_whose_acknowledgement_is_lost_turns_once() {
    let api = on_a_wire().await;
    let alice = api.user("alice");
    let task = create(&alice, "x").await;
    let complete = format!("{}/complete", path(&task));
    for expected in [true, false, true, false] {
        warm(&api, &task).await;
        api.proxy().plant(Fault::next(Moment::Answer, Break::Fin));
        assert_eq!(alice.patch(&complete).send().await.json()["completed"], expected);
    }
}

/// The precondition held when the write was done, and must not be asked again of what that write has made.
#[tokio::test]
async fn a_conditional_write_whose_acknowledgement_is_lost_is_not_412() {
    let api = on_a_wire().await;
    let alice = api.user("alice");
    let task = create(&alice, "x").await;
    warm(&api, &task).await;
    api.proxy().plant(Fault::next(Moment::Answer, Break::Fin));
    let (made, changed) = (tag(revision(&task)), tag(revision(&task) + 1));
    let request = alice.patch(&path(&task)).header("if-match", &made).json(json!({ "title": "y" }));
    let answer = request.send().await;
    assert_eq!((answer.status, answer.header("etag")), (200, Some(&*changed)), "{answer:?}");
    api.proxy().plant(Fault::next(Moment::Answer, Break::Fin));
    assert_eq!(alice.delete(&path(&task)).header("if-match", &changed).send().await.status, 204);
}

#[tokio::test]
async fn a_read_whose_connection_breaks_is_answered() {
    let api = on_a_wire().await;
    let alice = api.user("alice");
    let task = create(&alice, "x").await;
    for loss in [Moment::Request, Moment::Answer] {
        alice.get(&path(&task)).send().await;
        api.proxy().plant(Fault::next(loss, Break::Fin));
        assert_eq!(*alice.get(&path(&task)).send().await.json(), task);
    }
}

#[tokio::test]
async fn only_the_last_32_requests_are_remembered() {
    let api = start().await;
    let alice = api.user("alice");
    for _ in 0..35 {
        create(&alice, "x").await;
    }
    let remembered = "select cardinality(recent_requests) from users";
    let row = api.database().connect().await.query_one(remembered, &[]).await.unwrap();
    assert_eq!(row.get::<_, i32>(0), 32);
}

/// By a trigger that fails the first time and counts, in a sequence, which no rollback takes back.
#[tokio::test]
async fn what_fails_in_passing_is_tried_again_and_what_does_not_is_not() {
    let api = start().await;
    let alice = api.user("alice");
    create(&alice, "x").await;
    let database = api.database().connect().await;
    let fails_once = "
        create sequence tries;
        create table failure (state text);
        grant usage on tries to task_api;
        grant select on failure to task_api;
        create function fail_once() returns trigger language plpgsql as $$
        begin
            if nextval('public.tries') = 1 then
                raise exception 'on purpose' using errcode = (select state from public.failure);
            end if;
            return new;
        end $$;
        create trigger fail_once before insert on tasks for each row execute function fail_once();";
    database.batch_execute(fails_once).await.unwrap();
    for (state, status) in [
        ("08006", 201),
        ("40001", 201),
        ("40P01", 201),
        ("53300", 201),
        ("55P03", 201),
        ("57014", 201),
        ("57P01", 201),
        ("23514", 500),
        ("53100", 500),
        ("XX000", 500),
    ] {
        database.batch_execute("truncate failure; alter sequence tries restart").await.unwrap();
        database.execute("insert into failure values ($1)", &[&state]).await.unwrap();
        let answer = alice.post("/api/me/tasks").json(json!({ "title": state })).send().await;
        assert_eq!(answer.status, status, "{state}: {answer:?}");
        let tries: i64 = database.query_one("select last_value from tries", &[]).await.unwrap().get(0);
        assert_eq!(tries, if status == 201 { 2 } else { 1 }, "{state}");
    }
}

#[tokio::test]
async fn a_lock_that_nobody_frees_is_a_503_within_the_budget_and_writes_nothing_later() {
    let api = start().await;
    let alice = api.user("alice");
    let task = create(&alice, "x").await;
    let mut database = api.database().connect().await;
    let lock = database.transaction().await.unwrap();
    lock.execute("select from users where id = 'alice' for update", &[]).await.unwrap();

    let answer = alice.post("/api/me/tasks").json(json!({ "title": "late" })).send().await;
    assert_eq!((answer.status, answer.error_code()), (503, Some("database_unavailable")));
    assert!(answer.header("retry-after").is_some());
    assert_eq!(alice.get("/api/me/tasks").send().await.status, 200, "who only reads does not wait");
    let waiting =
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    let waiting: i64 = api.database().connect().await.query_one(waiting, &[]).await.unwrap().get(0);
    assert_eq!(waiting, 0, "Postgres has given up before we did");
    lock.rollback().await.unwrap();
    assert_eq!(alice.get("/api/me/tasks").send().await.json().as_array().unwrap().len(), 1);
    assert_eq!(revision(&create(&alice, "next").await), revision(&task) + 1);
}
