//! Two users who try to reach each other's tasks. There are two walls between them, and each would hide a hole in the
//! other: so the front-door tests run once with both and once with row-level security switched off, where the owner in
//! every statement has to hold alone; and row-level security meets statements that name no owner.

use serde_json::{Value, json};
use testing::{
    Api, User,
    postgres::connect,
    proxy::{Break, Fault, Moment},
};
use tokio_postgres::Client;

use crate::{builder, create, path, revision, start, tag};

/// The API with both walls, and with the owner filters alone.
async fn each_api() -> [Api; 2] {
    [start().await, builder().without_row_level_security().start().await]
}

#[tokio::test]
async fn no_operation_reaches_another_users_task() {
    for api in each_api().await {
        let (alice, bob) = (api.user("alice"), api.user("bob"));
        let task = create(&bob, "Bob's").await;
        let own = create(&alice, "Alice's own").await;

        for request in operations(&alice, &path(&task)) {
            let answer = request.send().await;
            assert_eq!((answer.status, answer.error_code()), (404, Some("not_found")), "{answer:?}");
        }
        assert_eq!(*bob.get(&path(&task)).send().await.json(), task, "nothing of it has changed");
        assert_eq!(alice.get("/api/me/tasks").send().await.json().as_array().unwrap().len(), 1);
        let next = revision(&create(&alice, "next").await);
        assert_eq!(next, revision(&own) + 1, "what was refused has moved no clock");
    }
}

#[tokio::test]
async fn another_users_path_is_403_for_every_operation() {
    let api = start().await;
    let (alice, bob) = (api.user("alice"), api.user("bob"));
    let task = create(&bob, "Bob's").await;
    let id = task["id"].as_str().unwrap();

    for request in operations(&alice, &format!("/api/bob/tasks/{id}")) {
        let answer = request.send().await;
        assert_eq!((answer.status, answer.error_code()), (403, Some("forbidden")), "{answer:?}");
    }
    let planted = json!({ "title": "planted" });
    for request in [
        alice.get("/api/bob/tasks"),
        alice.post("/api/bob/tasks").json(planted.clone()),
        alice.get("/api/bob/tasks/changes"),
        alice.post("/api/bob/tasks/batch").json(json!({ "operations": [{ "op": "create", "task": planted }] })),
        alice.get("/api/bob/export"),
        alice.delete("/api/bob"),
    ] {
        let answer = request.send().await;
        assert_eq!((answer.status, answer.error_code()), (403, Some("forbidden")), "{answer:?}");
    }
    assert_eq!(*bob.get("/api/me/tasks").send().await.json(), json!([task]));
}

/// The same id under two owners: the key allows it, and whoever forgets the owner in one place hits both.
#[tokio::test]
async fn twins_of_two_owners_never_meet() {
    for api in each_api().await {
        let (alice, bob) = (api.user("alice"), api.user("bob"));
        let task = create(&alice, "Alice's").await;
        create(&bob, "Bob's").await;
        let database = api.database().connect().await;
        let id: uuid::Uuid = task["id"].as_str().unwrap().parse().unwrap();
        database.execute("update tasks set id = $1 where owner_user_id = 'bob'", &[&id]).await.unwrap();
        let before = everything_of_bob(&database).await;

        let patch = alice.patch(&path(&task)).json(json!({ "title": "changed" })).send().await;
        assert_eq!((patch.status, patch.json()["owner_user_id"].clone()), (200, json!("alice")));
        let complete = alice.patch(&format!("{}/complete", path(&task))).send().await;
        assert_eq!((complete.status, complete.json()["title"].clone()), (200, json!("changed")));
        let get = alice.get(&path(&task)).send().await;
        assert_eq!((get.status, get.json()["title"].clone()), (200, json!("changed")));
        let list = alice.get("/api/me/tasks").send().await;
        assert_eq!(*list.json(), json!([get.json()]));
        let beside = json!({ "before": create(&alice, "beside").await["id"] });
        let moved = alice.post(&format!("{}/move", path(&task))).json(beside).send().await;
        assert_eq!((moved.status, moved.json()["title"].clone()), (200, json!("changed")));
        let filtered = alice.get("/api/me/tasks?search=o&count=true&sort=position&order=desc").send().await;
        assert_eq!((filtered.header("x-total-count"), filtered.json()), (Some("0"), &json!([])));
        assert_eq!(alice.delete(&path(&task)).send().await.status, 204);
        create(&alice, "another").await;

        assert_eq!(everything_of_bob(&database).await, before);
    }
}

/// What an earlier try has done is looked up by its owner, too. The twin is the first that a look past them meets.
#[tokio::test]
async fn the_answer_to_a_write_whose_acknowledgement_was_lost_is_ones_own_task() {
    for builder in [builder(), builder().without_row_level_security()] {
        let api = builder.through_proxy(std::time::Duration::ZERO).start().await;
        let (aaron, alice) = (api.user("aaron"), api.user("alice"));
        create(&aaron, "Aaron's").await;
        let task = create(&alice, "Alice's").await;
        let id: uuid::Uuid = task["id"].as_str().unwrap().parse().unwrap();
        let database = api.database().connect().await;
        database.execute("update tasks set id = $1 where owner_user_id = 'aaron'", &[&id]).await.unwrap();
        let update = || alice.patch(&path(&task)).json(json!({ "description": "hers" }));
        assert_eq!(update().send().await.status, 200);

        api.proxy().plant(Fault::next(Moment::Answer, Break::Fin));
        let answer = update().send().await;
        assert_eq!((answer.status, answer.json()["owner_user_id"].clone()), (200, json!("alice")), "{answer:?}");
        assert_eq!(revision(answer.json()), revision(&task) + 2, "{answer:?}");
    }
}

#[tokio::test]
async fn no_filter_and_no_page_of_the_list_shows_another_users_tasks() {
    for api in each_api().await {
        for user in [api.user("alice"), api.user("bob")] {
            for title in ["pending", "pending", "completed", "completed"] {
                let body = json!({ "title": title, "completed": title == "completed" });
                assert_eq!(user.post("/api/me/tasks").json(body).send().await.status, 201);
            }
        }
        for query in [
            "status=all",
            "status=pending",
            "status=completed",
            "sort=title&search=e",
            "sort=due_date&order=desc&priority=none",
        ] {
            let mut next = Some(format!("/api/me/tasks?{query}&limit=1"));
            let mut seen = 0;
            while let Some(page) = next {
                let answer = api.user("alice").get(&page).send().await;
                let tasks = answer.json().as_array().unwrap();
                assert!(tasks.iter().all(|task| task["owner_user_id"] == "alice"), "{page}: {answer:?}");
                seen += tasks.len();
                next = answer.header("link").and_then(|link| Some(link.split(['<', '>']).nth(1)?.to_owned()));
            }
            assert_eq!(seen, if query.starts_with("status=") && query != "status=all" { 2 } else { 4 }, "{query}");
        }
    }
}

/// `missed` tells 404 from 412: were it to look past the owner, another user's task would answer 412.
#[tokio::test]
async fn a_precondition_does_not_tell_another_users_task_from_none() {
    for api in each_api().await {
        let (alice, bob) = (api.user("alice"), api.user("bob"));
        let task = create(&bob, "Bob's").await;
        create(&alice, "Alice's own").await;
        for tag in [tag(revision(&task)), tag(revision(&task) + 98), "*".to_owned()] {
            let answer = alice.delete(&path(&task)).header("if-match", &tag).send().await;
            assert_eq!(answer.status, 404, "{tag}");
        }
    }
}

/// With the lock or the revision of all users instead of one's own, this would wait for Bob's transaction.
#[tokio::test]
async fn nobody_waits_for_another_users_lock() {
    for api in each_api().await {
        let (alice, bob) = (api.user("alice"), api.user("bob"));
        let task = create(&alice, "Alice's").await;
        create(&bob, "Bob's").await;
        let mut database = api.database().connect().await;
        let transaction = database.transaction().await.unwrap();
        transaction.execute("select from users where id = 'bob' for update", &[]).await.unwrap();

        create(&alice, "another").await;
        for request in operations(&alice, &path(&task)) {
            assert!(request.send().await.status < 300);
        }
        transaction.rollback().await.unwrap();
    }
}

#[tokio::test]
async fn row_level_security_holds_where_a_statement_names_no_owner() {
    let api = start().await;
    create(&api.user("alice"), "Alice's").await;
    create(&api.user("bob"), "Bob's").await;
    let database = api.database();
    let before = everything_of_bob(&database.connect().await).await;

    for url in [database.owner().await, database.url()] {
        let client = connect(&url).await;
        become_user(&client, "alice").await;
        let owners = client.query("select owner_user_id from tasks", &[]).await.unwrap();
        assert_eq!(owners.iter().map(|row| row.get(0)).collect::<Vec<String>>(), ["alice"], "{url}");
        let users = client.query("select id from users", &[]).await.unwrap();
        assert_eq!(users.iter().map(|row| row.get(0)).collect::<Vec<String>>(), ["alice"]);
        assert_eq!(client.execute("update tasks set title = 'x'", &[]).await.unwrap(), 1);
        assert_eq!(client.execute("update users set revision = revision + 1", &[]).await.unwrap(), 1);
        assert_eq!(client.execute("delete from tasks", &[]).await.unwrap(), 1);
        assert_eq!(client.execute("delete from users", &[]).await.unwrap(), 1);
        client.batch_execute("rollback").await.unwrap();
    }
    assert_eq!(everything_of_bob(&database.connect().await).await, before);
}

#[tokio::test]
async fn row_level_security_lets_nobody_write_for_another() {
    let api = start().await;
    create(&api.user("alice"), "Alice's").await;
    create(&api.user("bob"), "Bob's").await;
    for url in [api.database().owner().await, api.database().url()] {
        let client = connect(&url).await;
        for statement in [
            "insert into tasks (owner_user_id, id, title, completed, created_at, updated_at, revision)
             values ('bob', gen_random_uuid(), 'planted', false, now(), now(), 1)",
            "insert into users (id) values ('carol')",
            "insert into tombstones values ('bob', gen_random_uuid(), 1, now())",
            "insert into idempotency_keys values ('bob', 'planted', sha256('x'), '[]')",
            "update tasks set owner_user_id = 'bob'",
            "update users set id = 'carol'",
            "truncate tasks cascade",
        ] {
            become_user(&client, "alice").await;
            let error = client.execute(statement, &[]).await.expect_err(statement);
            assert_eq!(error.code().map(tokio_postgres::error::SqlState::code), Some("42501"), "{statement}: {error}");
            client.batch_execute("rollback").await.unwrap();
        }
    }
}

/// Null before the first request of a connection, the empty string after one: neither is anybody.
#[tokio::test]
async fn outside_a_request_the_role_sees_nobody() {
    let api = start().await;
    create(&api.user("alice"), "Alice's").await;
    let client = connect(&api.database().owner().await).await;
    let count = "select (select count(*) from tasks) + (select count(*) from users)";
    let seen = async || {
        client.batch_execute("begin; set local role task_api").await.unwrap();
        let seen: i64 = client.query_one(count, &[]).await.unwrap().get(0);
        client.batch_execute("commit").await.unwrap();
        seen
    };
    assert_eq!(seen().await, 0);
    become_user(&client, "alice").await;
    client.batch_execute("commit").await.unwrap();
    let left: Option<String> = client.query_one("select current_setting('app.user_id')", &[]).await.unwrap().get(0);
    assert_eq!(left.as_deref(), Some(""));
    assert_eq!(seen().await, 0);
}

#[tokio::test]
async fn the_role_can_neither_log_in_nor_own_nor_bypass_anything() {
    let api = start().await;
    let row = api
        .database()
        .connect()
        .await
        .query_one(
            "select not (rolcanlogin or rolsuper or rolcreaterole or rolcreatedb or rolbypassrls or rolreplication)
                 and not exists (
                     select from pg_class where relowner = pg_roles.oid and relnamespace = 'public'::regnamespace
                 )
             from pg_roles where rolname = 'task_api'",
            &[],
        )
        .await
        .unwrap();
    assert!(row.get::<_, bool>(0));
}

/// Whoever the login is: a policy that shows nothing to `task_api` empties the API, and would not if a request ran as a
/// superuser or an owner who bypasses it.
#[tokio::test]
async fn every_request_runs_as_the_role_whichever_login_it_came_in_with() {
    let api = start().await;
    let task = create(&api.user("alice"), "Alice's").await;
    let database = api.database();
    let logins = [database.url(), database.owner().await, database.caller().await];
    let hidden = "create policy nothing on tasks as restrictive for select to task_api using (false)";
    database.connect().await.batch_execute(hidden).await.unwrap();
    for url in logins {
        let api = builder().env("DATABASE_URL", &url).start().await;
        let alice = api.user("alice");
        assert_eq!(*alice.get("/api/me/tasks").send().await.json(), json!([]));
        for request in operations(&alice, &path(&task)) {
            assert_eq!(request.send().await.status, 404);
        }
    }
}

#[tokio::test]
async fn the_api_works_through_a_login_that_may_do_nothing_else_and_through_the_owners() {
    let api = start().await;
    for url in [api.database().caller().await, api.database().owner().await] {
        let api = builder().env("DATABASE_URL", &url).start().await;
        let alice = api.user("alice");
        let task = create(&alice, "Alice's").await;
        for request in operations(&alice, &path(&task)) {
            assert!(request.send().await.status < 300);
        }
    }
}

/// Every operation on one task, the deletion for good last.
fn operations<'a>(user: &User<'a>, path: &str) -> Vec<testing::Request<'a>> {
    vec![
        user.get(path),
        user.put(path).json(json!({ "title": "changed" })),
        user.patch(path).json(json!({ "title": "changed" })),
        user.patch(&format!("{path}/complete")),
        user.post(&format!("{path}/move")).json(json!({ "after": null })),
        user.delete(path),
        user.post(&format!("{path}/restore")),
        user.delete(&format!("{path}?permanent=true")),
    ]
}

/// A transaction in which `client` is the user, as inside an operation.
async fn become_user(client: &Client, user: &str) {
    client.batch_execute("begin").await.unwrap();
    let identity = "select set_config('role', 'task_api', true), set_config('app.user_id', $1, true)";
    client.execute(identity, &[&user]).await.unwrap();
}

/// Bob's rows, all columns of them.
async fn everything_of_bob(database: &Client) -> Vec<Value> {
    let rows = database
        .query(
            "select to_jsonb(tasks)::text from tasks where owner_user_id = 'bob'
             union all select to_jsonb(users)::text from users where id = 'bob'",
            &[],
        )
        .await
        .unwrap();
    rows.iter().map(|row| serde_json::from_str(row.get(0)).unwrap()).collect()
}
