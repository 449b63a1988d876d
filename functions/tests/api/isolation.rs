//! Two users who try to reach each other's tasks. Two walls separate them, and each could hide a hole in the other. So
//! these tests run twice: with both walls, and without row-level security, where only the owner in every statement
//! protects. Other tests check row-level security with statements that name no owner.

use serde_json::{Value, json};
use testing::{
    Api, User,
    postgres::connect,
    proxy::{Break, Fault, Moment},
};
use tokio_postgres::Client;

use crate::{builder, create, path, revision, start, tag};

/// The API with both walls, and with the owner filters only.
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
        assert_eq!(*bob.get(&path(&task)).send().await.json(), task, "the task has not changed");
        assert_eq!(alice.get("/api/me/tasks").send().await.json().as_array().unwrap().len(), 1);
        let next = revision(&create(&alice, "next").await);
        assert_eq!(next, revision(&own) + 1, "the refused requests used no revision");
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

/// Two owners have a task with the same id, which the primary key allows. A statement that forgets the owner finds
/// both.
#[tokio::test]
async fn tasks_with_the_same_id_of_two_owners_never_mix() {
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

/// A retry looks up what an earlier attempt did, and must name the owner, too. A lookup without the owner would find
/// Aaron's task with the same id first.
#[tokio::test]
async fn the_answer_to_a_write_whose_acknowledgement_was_lost_is_the_callers_own_task() {
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

/// The SQL function `missed` decides between 404 and 412. If it ignored the owner, another user's task would give 412.
#[tokio::test]
async fn a_precondition_does_not_reveal_that_another_users_task_exists() {
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

/// If users shared one lock or revision, Alice's requests would wait for Bob's transaction.
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
async fn row_level_security_protects_when_a_statement_names_no_owner() {
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
async fn row_level_security_lets_nobody_write_rows_of_another_user() {
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

/// The user id is null before a connection's first request, and the empty string after it. Neither is a user.
#[tokio::test]
async fn outside_a_request_the_role_sees_no_rows() {
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

/// A policy hides all tasks from `task_api`. If a request ran as a superuser or as the tables' owner, it would bypass
/// the policy and still see them.
#[tokio::test]
async fn every_request_runs_as_task_api_whichever_role_connects() {
    let api = start().await;
    let task = create(&api.user("alice"), "Alice's").await;
    let database = api.database();
    let urls = [database.url(), database.owner().await, database.caller().await];
    let hidden = "create policy nothing on tasks as restrictive for select to task_api using (false)";
    database.connect().await.batch_execute(hidden).await.unwrap();
    for url in urls {
        let api = builder().env("DATABASE_URL", &url).start().await;
        let alice = api.user("alice");
        assert_eq!(*alice.get("/api/me/tasks").send().await.json(), json!([]));
        for request in operations(&alice, &path(&task)) {
            assert_eq!(request.send().await.status, 404);
        }
    }
}

#[tokio::test]
async fn the_api_works_with_a_database_role_that_may_do_nothing_else_and_with_the_owner() {
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

/// Every operation on one task. The permanent deletion comes last.
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

/// Begins a transaction in which `client` acts as this user, as in an operation.
async fn become_user(client: &Client, user: &str) {
    client.batch_execute("begin").await.unwrap();
    let identity = "select set_config('role', 'task_api', true), set_config('app.user_id', $1, true)";
    client.execute(identity, &[&user]).await.unwrap();
}

/// All columns of Bob's task and user rows.
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

/// Like `tasks_with_the_same_id_of_two_owners_never_mix`, for the trash, for batches, and for the whole account.
#[tokio::test]
async fn tasks_with_the_same_id_of_two_owners_never_mix_in_the_trash_in_a_batch_or_in_an_erasure() {
    for api in each_api().await {
        let (alice, bob) = (api.user("alice"), api.user("bob"));
        let create_keyed = async |user: &User<'_>, title: &str| {
            let request = user.post("/api/me/tasks").header("idempotency-key", "k").json(json!({ "title": title }));
            let answer = request.send().await;
            assert_eq!(answer.status, 201, "{answer:?}");
            answer.json().clone()
        };
        // Bob's rows are older, so a lookup that ignores the owner finds them first.
        let twins = [create_keyed(&bob, "Bob's").await, create(&bob, "Bob's").await];
        let (task, gone) = (create_keyed(&alice, "Alice's").await, create(&alice, "Alice's").await);
        // One of Bob's is in his trash, and one is gone for good.
        let third = create(&bob, "Bob's").await;
        assert_eq!(bob.delete(&path(&twins[1])).send().await.status, 204);
        assert_eq!(bob.delete(&format!("{}?permanent=true", path(&third))).send().await.status, 204);
        let database = api.database().connect().await;
        for (theirs, hers) in [(&twins[0], &task), (&twins[1], &gone)] {
            let [theirs, hers] = [theirs, hers].map(|task| task["id"].as_str().unwrap().to_owned());
            let sql = "update tasks set id = $1::text::uuid where owner_user_id = 'bob' and id = $2::text::uuid";
            assert_eq!(database.execute(sql, &[&hers, &theirs]).await.unwrap(), 1);
        }
        let before = all_of_bob(&database).await;

        assert_eq!(create_keyed(&alice, "Alice's").await, task, "the key belongs to her");
        // The batch must remove her expired key only: Bob has a key with the same name.
        let expired =
            "update idempotency_keys set created_at = created_at - interval '25 hours' where owner_user_id = 'alice'";
        database.execute(expired, &[]).await.unwrap();
        let id = &task["id"];
        let operations = json!({ "operations": [
            { "op": "update", "id": id, "task": { "title": "changed" } },
            { "op": "complete", "id": id, "completed": true },
            { "op": "move", "id": id, "after": gone["id"] },
            { "op": "delete", "id": id },
            { "op": "restore", "id": id },
        ] });
        for key in ["batch", "batch"] {
            let request = alice.post("/api/me/tasks/batch").header("idempotency-key", key).json(operations.clone());
            let answer = request.send().await;
            let results = answer.json()["results"].as_array().unwrap();
            let hers = |result: &Value| result.get("task").is_none_or(|task| task["owner_user_id"] == "alice");
            assert!(results.len() == 5 && results.iter().all(hers), "{answer:?}");
        }
        assert_eq!(alice.delete(&path(&task)).send().await.status, 204);
        let trash = alice.get("/api/me/tasks?deleted=true").send().await;
        let hers = |list: &Value| list.as_array().unwrap().iter().all(|task| task["owner_user_id"] == "alice");
        assert!(trash.json()[0]["id"] == *id && trash.json()[1].is_null() && hers(trash.json()), "{trash:?}");
        assert_eq!(trash.header("x-total-count"), Some("1"));
        let restored = alice.post(&format!("{}/restore", path(&task))).send().await;
        assert_eq!((restored.status, restored.json()["owner_user_id"].clone()), (200, json!("alice")));
        assert_eq!(alice.delete(&format!("{}?permanent=true", path(&gone))).send().await.status, 204);
        let export = alice.get("/api/me/export").send().await;
        assert_eq!(*export.json(), json!([restored.json()]));
        let changes = alice.get("/api/me/tasks/changes").send().await;
        assert_eq!(changes.json()["tasks"], json!([restored.json()]));
        assert_eq!(changes.json()["deleted"], json!([gone["id"]]));
        assert_eq!(alice.delete("/api/me").send().await.status, 204);
        assert_eq!(*alice.get("/api/me/export").send().await.json(), json!([]));

        assert_eq!(all_of_bob(&database).await, before);
    }
}

/// A token says which changes of its owner were seen. It does not give access to another user's changes.
#[tokio::test]
async fn another_users_token_and_cursor_show_nothing() {
    for api in each_api().await {
        let (alice, bob) = (api.user("alice"), api.user("bob"));
        for user in [&alice, &bob] {
            create(user, "x").await;
            create(user, "x").await;
        }
        let token = bob.get("/api/me/tasks/changes?limit=1").send().await.json()["next"].as_str().unwrap().to_owned();
        let answer = alice.get(&format!("/api/me/tasks/changes?since={token}")).send().await;
        assert_eq!((answer.status, answer.error_code()), (410, Some("gone")), "{answer:?}");
        let page = bob.get("/api/me/export?limit=1").send().await;
        let next = page.header("link").unwrap().split(['<', '>']).nth(1).unwrap().to_owned();
        let answer = alice.get(&next).send().await;
        let hers = |task: &Value| task["owner_user_id"] == "alice";
        assert!(answer.status == 400 || answer.json().as_array().unwrap().iter().all(hers), "{answer:?}");
    }
}

/// All of Bob's rows in all tables.
async fn all_of_bob(database: &Client) -> Vec<Value> {
    let mut all = everything_of_bob(database).await;
    let sql = "select to_jsonb(tombstones)::text as row from tombstones where owner_user_id = 'bob'
               union all select to_jsonb(idempotency_keys)::text from idempotency_keys where owner_user_id = 'bob'";
    let rows = database.query(sql, &[]).await.unwrap();
    assert_eq!(rows.len(), 2, "Bob has a tombstone and a key");
    all.extend(rows.iter().map(|row| serde_json::from_str::<Value>(row.get(0)).unwrap()));
    all.sort_by_key(ToString::to_string);
    all
}
