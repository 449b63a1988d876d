//! Writes are done exactly once, even if the connection to the database breaks.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testing::{
    Answer, Api, Request, User,
    proxy::{Break, Fault, Moment},
};
use tokio::time::sleep;

use crate::{builder, create, path, revision, start, tag};

/// The API behind a proxy that can break connections, but does not delay them.
async fn behind_a_proxy() -> Api {
    builder().through_proxy(std::time::Duration::ZERO).start().await
}

/// A create, and the writes to an existing task.
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
    let api = behind_a_proxy().await;
    let alice = api.user("alice");
    for loss in [Moment::Request, Moment::Answer] {
        let kinds = writes(&api, &create(&alice, "x").await).len();
        for number in 0..kinds {
            let task = create(&alice, "x").await;
            let (request, status) = writes(&api, &task).swap_remove(number);
            // If the function is not running yet, the fault could hit the connection that it opens before the request.
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

/// Starts every function, with requests that find nothing.
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
async fn a_toggle_whose_acknowledgement_is_lost_is_done_once() {
    let api = behind_a_proxy().await;
    let alice = api.user("alice");
    let task = create(&alice, "x").await;
    let complete = format!("{}/complete", path(&task));
    for expected in [true, false, true, false] {
        warm(&api, &task).await;
        api.proxy().plant(Fault::next(Moment::Answer, Break::Fin));
        assert_eq!(alice.patch(&complete).send().await.json()["completed"], expected);
    }
}

/// The precondition was true when the write was done. The retry must not check it against the write's own result.
#[tokio::test]
async fn a_conditional_write_whose_acknowledgement_is_lost_is_not_412() {
    let api = behind_a_proxy().await;
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
    let api = behind_a_proxy().await;
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

/// A trigger fails the first attempt. It counts attempts in a sequence, because a rollback does not reset a sequence.
#[tokio::test]
async fn transient_failures_are_retried_and_others_are_not() {
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
async fn a_lock_that_nobody_releases_is_a_503_within_the_deadline_and_nothing_is_written_later() {
    let api = start().await;
    let alice = api.user("alice");
    let task = create(&alice, "x").await;
    let mut database = api.database().connect().await;
    let lock = database.transaction().await.unwrap();
    lock.execute("select from users where id = 'alice' for update", &[]).await.unwrap();

    let answer = alice.post("/api/me/tasks").json(json!({ "title": "late" })).send().await;
    assert_eq!((answer.status, answer.error_code()), (503, Some("database_unavailable")));
    assert!(answer.header("retry-after").is_some());
    assert_eq!(alice.get("/api/me/tasks").send().await.status, 200, "a read does not wait");
    let waiting =
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    let waiting: i64 = api.database().connect().await.query_one(waiting, &[]).await.unwrap().get(0);
    assert_eq!(waiting, 0, "Postgres gave up before the function did");
    lock.rollback().await.unwrap();
    assert_eq!(alice.get("/api/me/tasks").send().await.json().as_array().unwrap().len(), 1);
    assert_eq!(revision(&create(&alice, "next").await), revision(&task) + 1);
}

/// A batch request of this user.
fn batch<'a>(user: &User<'a>, operations: &Value) -> Request<'a> {
    user.post("/api/me/tasks/batch").json(json!({ "operations": operations }))
}

/// The other writes, to a task and to one in the trash: each with its status and the number of revisions that it uses.
fn more_writes<'a>(user: &User<'a>, live: &Value, deleted: &Value, key: &str) -> Vec<(Request<'a>, u16, i64)> {
    let add = json!({ "op": "create", "task": { "title": key } });
    let update = json!({ "op": "update", "id": live["id"], "task": { "title": key } });
    let remove = json!({ "op": "delete", "id": live["id"] });
    let new = user.post("/api/me/tasks").json(json!({ "title": key }));
    vec![
        (user.post(&format!("{}/restore", path(deleted))), 200, 1),
        (user.delete(&format!("{}?permanent=true", path(live))), 204, 1),
        (user.delete(&format!("{}?permanent=true", path(deleted))), 204, 1),
        (new.header("idempotency-key", key), 201, 1),
        (batch(user, &json!([update, add, add, remove])), 200, 4),
        (batch(user, &json!([add, update, add])).header("idempotency-key", key), 200, 3),
    ]
}

/// A task of this user, and one in the trash.
async fn two_tasks(user: &User<'_>) -> (Value, Value) {
    let (live, deleted) = (create(user, "x").await, create(user, "x").await);
    assert_eq!(user.delete(&path(&deleted)).send().await.status, 204);
    (live, deleted)
}

#[tokio::test]
async fn a_write_to_the_trash_with_a_key_or_in_a_batch_whose_connection_breaks_is_done_exactly_once() {
    let api = behind_a_proxy().await;
    let (alice, bob) = (api.user("alice"), api.user("bob"));
    for loss in [Moment::Request, Moment::Answer] {
        for number in 0..6 {
            let key = format!("{loss:?}-{number}");
            let (live, deleted) = two_tasks(&bob).await;
            let (request, status, _) = more_writes(&bob, &live, &deleted, &key).swap_remove(number);
            assert_eq!(request.send().await.status, status, "the function is running");
            let (live, deleted) = two_tasks(&alice).await;
            let (request, status, revisions) = more_writes(&alice, &live, &deleted, &key).swap_remove(number);
            let revision = create(&alice, "before").await["revision"].as_i64().unwrap();

            api.proxy().plant(Fault::next(loss, Break::Fin));
            let answer = request.send().await;
            assert_eq!((answer.status, answer.header("idempotency-replayed")), (status, None), "{key}: {answer:?}");
            assert_eq!(api.proxy().planted(), 0, "{key}: the fault did not happen");
            assert_eq!(create(&alice, "next").await["revision"], revision + revisions + 1, "{key}: once");
        }
    }
}

/// A write of Alice's whose acknowledgement is lost, and which is retried after `meanwhile`.
async fn interrupted(api: &Api, write: Request<'_>, meanwhile: impl Future<Output = ()>) -> Answer {
    let database = api.database().connect().await;
    let sql = "select revision from users where id = 'alice'";
    let revision = async || database.query_one(sql, &[]).await.unwrap().get::<_, i64>(0);
    let before = revision().await;
    api.proxy().plant(Fault::next(Moment::Answer, Break::Silence));
    let meanwhile = async {
        while revision().await == before {
            sleep(Duration::from_millis(2)).await;
        }
        meanwhile.await;
        Instant::now()
    };
    let write = async { (write.send().await, Instant::now()) };
    let ((answer, answered), done) = tokio::join!(write, meanwhile);
    assert!(done < answered, "it was retried too early");
    answer
}

/// With time for other requests between two attempts.
async fn behind_a_proxy_with_slow_retries() -> Api {
    builder().env("DB_TRY_MS", "1500").environments(2).through_proxy(Duration::ZERO).start().await
}

#[tokio::test]
async fn a_keyed_create_whose_acknowledgement_is_lost_answers_as_written_also_when_the_client_sends_it_again() {
    let api = behind_a_proxy_with_slow_retries().await;
    let (alice, bob) = (api.user("alice"), api.user("bob"));
    let id = "01890a5d-ac96-774b-bcce-b302099a8057";
    let new = json!({ "id": id, "title": "mine" });
    let [keyed, bobs] =
        [&alice, &bob].map(|user| user.post("/api/me/tasks").header("idempotency-key", "k").json(new.clone()));
    for user in [&alice, &bob] {
        create(user, "first").await;
    }
    let task = format!("/api/me/tasks/{id}");
    let change = || alice.patch(&task).json(json!({ "title": "changed" })).send();
    assert_eq!((bobs.send().await.status, change().await.status), (201, 404), "the functions are running");

    let answer = interrupted(&api, keyed.clone(), async { assert_eq!(change().await.status, 200) }).await;
    assert_eq!((answer.status, answer.header("idempotency-replayed")), (201, None), "{answer:?}");
    assert_eq!(answer.json()["title"], "mine", "the task as it was written, not as it is now");
    let again = keyed.send().await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, Some("true")), "{again:?}");
    assert_eq!(again.text(), answer.text());
    for name in ["etag", "location"] {
        assert_eq!(again.header(name), answer.header(name), "{name}");
    }
    let next = create(&alice, "next").await;
    assert_eq!(next["revision"], answer.json()["revision"].as_i64().unwrap() + 2, "it was written once");
}

/// The batch has no idempotency key, only our own request id. The answer cannot show a task that was deleted meanwhile.
#[tokio::test]
async fn a_batch_whose_acknowledgement_is_lost_is_done_once_even_with_other_writes_in_between() {
    let api = behind_a_proxy_with_slow_retries().await;
    let (alice, bob) = (api.user("alice"), api.user("bob"));
    let (task, other) = (create(&alice, "a").await, create(&alice, "b").await);
    let bobs = create(&bob, "x").await;
    for request in [
        batch(&bob, &json!([{ "op": "delete", "id": bobs["id"] }])),
        bob.patch(&format!("{}/complete", path(&task))),
        bob.delete(&path(&task)),
    ] {
        let answer = request.send().await;
        assert!(answer.status < 500, "the functions are running: {answer:?}");
    }
    let operations = json!([
        { "op": "create", "task": { "title": "new" } },
        { "op": "complete", "id": task["id"], "completed": true },
        { "op": "update", "id": other["id"], "task": { "title": "changed" } },
        { "op": "delete", "id": other["id"] },
        { "op": "restore", "id": other["id"] },
    ]);
    let meanwhile = async {
        let toggled = alice.patch(&format!("{}/complete", path(&task))).send().await;
        assert_eq!((toggled.status, &toggled.json()["completed"]), (200, &json!(false)));
        assert_eq!(alice.delete(&path(&other)).send().await.status, 204);
    };
    let answer = interrupted(&api, batch(&alice, &operations), meanwhile).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let results = answer.json()["results"].as_array().unwrap();
    let statuses: Vec<_> = results.iter().map(|result| result["status"].as_i64().unwrap()).collect();
    assert_eq!(statuses, [201, 200, 404, 204, 404], "{answer:?}");
    let first = results[0]["task"]["revision"].as_i64().unwrap();
    assert_eq!(first, other["revision"].as_i64().unwrap() + 1);
    assert_eq!(results[1]["task"]["revision"], first + 5, "the task as it is now, not as it was written: {answer:?}");
    assert_eq!(create(&alice, "next").await["revision"], first + 7, "five writes of the batch, and two in between");
    let titles = alice.get("/api/me/tasks?sort=position").send().await;
    let titles: Vec<_> = titles.json().as_array().unwrap().iter().map(|task| task["title"].clone()).collect();
    assert_eq!(titles, ["a", "new", "next"]);
}

/// In each attempt, the operations before the refused one are rolled back.
#[tokio::test]
async fn a_refused_batch_whose_answer_is_lost_changes_nothing() {
    let api = behind_a_proxy().await;
    let (alice, bob) = (api.user("alice"), api.user("bob"));
    let task = create(&alice, "x").await;
    let operations = json!([
        { "op": "create", "task": { "title": "new" } },
        { "op": "update", "id": task["id"], "task": { "title": "changed" } },
        { "op": "delete", "id": "01890a5d-ac96-774b-bcce-b302099a8057" },
    ]);
    assert_eq!(batch(&bob, &operations).send().await.status, 404, "the function is running");
    for loss in [Moment::Request, Moment::Answer] {
        api.proxy().plant(Fault::next(loss, Break::Fin));
        let answer = batch(&alice, &operations).header("idempotency-key", "k").send().await;
        assert_eq!((answer.status, &answer.json()["details"][0]["operation"]), (404, &json!(2)), "{answer:?}");
        assert_eq!(api.proxy().planted(), 0, "the fault did not happen");
        assert_eq!(*alice.get("/api/me/tasks").send().await.json(), json!([task]));
    }
    assert_eq!(create(&alice, "next").await["revision"], task["revision"].as_i64().unwrap() + 1);
}

/// An erasure leaves no row that could remember it. It needs none, because a retry finds nothing to remove.
#[tokio::test]
async fn an_erasure_whose_connection_breaks_is_done_and_the_user_can_start_again() {
    let api = behind_a_proxy().await;
    let (alice, bob) = (api.user("alice"), api.user("bob"));
    assert_eq!(bob.delete("/api/me").send().await.status, 204, "the function is running");
    let bobs = create(&bob, "Bob's").await;
    let mut last = 0;
    for loss in [Moment::Request, Moment::Answer] {
        let task = create(&alice, "x").await;
        assert!(task["revision"].as_i64().unwrap() > last, "{loss:?}: a revision was used again");
        last = task["revision"].as_i64().unwrap();
        api.proxy().plant(Fault::next(loss, Break::Fin));
        let answer = alice.delete("/api/me").send().await;
        assert_eq!((answer.status, answer.text()), (204, ""), "{loss:?}: {answer:?}");
        assert_eq!(api.proxy().planted(), 0, "{loss:?}: the fault did not happen");
        let rows = "select count(*) from users where id = 'alice'";
        assert_eq!(api.database().connect().await.query_one(rows, &[]).await.unwrap().get::<_, i64>(0), 0);
        assert_eq!(*bob.get("/api/me/tasks").send().await.json(), json!([bobs]));
    }
}
