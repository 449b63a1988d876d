//! What the schema guarantees: row-level security on every table, constraints on the rows, and operations that read no
//! more than they need.

use operations::SCHEMA;
use tokio_postgres::{Client, error::SqlState};
use uuid::Uuid;

use crate::{create, path, start};

/// The test also covers future tables.
#[tokio::test]
async fn every_table_has_forced_row_level_security_for_the_two_roles_only() {
    let api = start().await;
    let open = "
        select relname::text from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
            and relname not in ('refinery_schema_history', 'operation_schemas')
            and not (
                relrowsecurity and relforcerowsecurity
                and exists (select from pg_policy where polrelid = pg_class.oid)
                and not exists (
                    select from pg_policy
                    where polrelid = pg_class.oid
                        and polroles <> array['task_api'::regrole::oid] and polroles <> array['task_api_purge'::regrole::oid]
                )
            )";
    let open: Vec<String> =
        api.database().connect().await.query(open, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    assert_eq!(open, Vec::<String>::new());
}

/// The role `task_api_purge` sees the trash of all owners, but no other tasks and no texts.
#[tokio::test]
async fn the_role_that_purges_sees_no_task_outside_the_trash_and_no_title() {
    let api = start().await;
    let alice = api.user("alice");
    create(&alice, "kept").await;
    let deleted = create(&alice, "deleted").await;
    assert_eq!(alice.delete(&path(&deleted)).send().await.status, 204);
    let database = api.database().connect().await;
    database.batch_execute("set role task_api_purge").await.unwrap();
    let seen = database.query("select id from tasks", &[]).await.unwrap();
    assert_eq!(
        seen.iter().map(|row| row.get::<_, Uuid>(0).to_string()).collect::<Vec<_>>(),
        [deleted["id"].as_str().unwrap()]
    );
    for refused in [
        "select title from tasks",
        "select description from tasks",
        "update tasks set deleted_at = null",
        "insert into tasks (id) values (gen_random_uuid())",
        "select recent_requests from users",
        "delete from users",
        "select answers from idempotency_keys",
    ] {
        let error = database.execute(refused, &[]).await.expect_err(refused);
        assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE), "{refused}: {error:?}");
    }
}

#[tokio::test]
async fn bad_rows_are_refused_by_the_constraint_of_that_name() {
    let api = start().await;
    create(&api.user("alice"), "x").await;
    let database = api.database().connect().await;
    for (statement, constraint) in [
        ("insert into users (id) values ('')", "users_id_length"),
        ("insert into users (id) values (repeat('é', 128))", "users_id_length"),
        ("update users set revision = -1", "users_revision_not_negative"),
        ("update users set recent_requests = array_fill(gen_random_uuid(), array[33])", "users_recent_requests_length"),
        ("insert into users (id) values ('alice')", "users_pkey"),
        ("update tasks set title = ''", "tasks_title_length"),
        ("update tasks set title = repeat('é', 201)", "tasks_title_length"),
        ("update tasks set description = repeat('é', 8193)", "tasks_description_length"),
        ("update tasks set completed = true", "tasks_completed_at_iff_completed"),
        ("update tasks set completed_at = now()", "tasks_completed_at_iff_completed"),
        ("update tasks set revision = 0", "tasks_revision_positive"),
        ("update users set pending_tasks = -1", "users_pending_tasks_not_negative"),
        ("update users set completed_tasks = -1", "users_completed_tasks_not_negative"),
        ("update users set deleted_tasks = -1", "users_deleted_tasks_not_negative"),
        ("update tasks set priority = 4", "tasks_priority_range"),
        ("update tasks set due_at = '1969-12-31T23:59:59Z'", "tasks_due_at_range"),
        ("update tasks set due_at = '10000-01-01T00:00:00Z'", "tasks_due_at_range"),
        ("update tasks set due_is_day = true", "tasks_due_is_day_iff_day"),
        ("update tasks set due_at = '2026-12-01T12:00:00Z', due_is_day = true", "tasks_due_is_day_iff_day"),
        ("update tasks set tags = array_fill('x'::text, array[21])", "tasks_tags_count"),
        ("update tasks set tags = array['a,b']", "tasks_tags_without_commas"),
        ("update tasks set tags = array['a', null]", "tasks_tags_without_commas"),
        ("update tasks set tags = array['']", "tasks_tags_length"),
        ("update tasks set tags = array['a', '']", "tasks_tags_length"),
        ("update tasks set tags = array[repeat('é', 51)]", "tasks_tags_length"),
        ("update tasks set tags = array['a', repeat('é', 51), 'b']", "tasks_tags_length"),
        ("update tasks set title_key = repeat('é', 601)", "tasks_title_key_length"),
        ("update tasks set position = ''", "tasks_position_digits"),
        ("update tasks set position = 'G'", "tasks_position_digits"),
        ("update tasks set position = repeat('1', 201)", "tasks_position_digits"),
        ("update tasks set owner_user_id = 'nobody'", "tasks_owner_fkey"),
        (
            "insert into tasks (owner_user_id, id, title, completed, created_at, updated_at, revision)
             select owner_user_id, id, title, completed, created_at, updated_at, revision from tasks",
            "tasks_pkey",
        ),
        ("insert into tombstones values ('nobody', gen_random_uuid(), 1, now())", "tombstones_owner_fkey"),
        (
            "insert into tombstones select 'alice', gen_random_uuid(), 1, now() from generate_series(1, 2)",
            "tombstones_by_revision",
        ),
        ("insert into idempotency_keys values ('alice', 'a b', sha256(''), '[]')", "idempotency_keys_key_visible"),
        ("insert into idempotency_keys values ('alice', '', sha256(''), '[]')", "idempotency_keys_key_visible"),
        (
            "insert into idempotency_keys values ('alice', repeat('k', 256), sha256(''), '[]')",
            "idempotency_keys_key_visible",
        ),
        ("insert into idempotency_keys values ('alice', 'k', 'x', '[]')", "idempotency_keys_request_hash_length"),
        ("insert into idempotency_keys values ('nobody', 'k', sha256(''), '[]')", "idempotency_keys_owner_fkey"),
    ] {
        let error = database.execute(statement, &[]).await.expect_err(statement);
        assert_eq!(error.as_db_error().and_then(|db| db.constraint()), Some(constraint), "{statement}: {error:?}");
    }
}

#[tokio::test]
async fn deleting_a_users_row_deletes_their_tasks() {
    let api = start().await;
    create(&api.user("alice"), "x").await;
    let database = api.database().connect().await;
    database.execute("delete from users", &[]).await.unwrap();
    let left: i64 = database.query_one("select count(*) from tasks", &[]).await.unwrap().get(0);
    assert_eq!(left, 0);
}

/// A call of `list_tasks` for 100 tasks and the first of the next page, after a key and an id if they are given.
fn list(owner: &str, sort: &str, order: &str, status: &str, after: Option<(&str, &str)>, filters: &str) -> String {
    let among = match status {
        "all" => "{0,1}",
        "pending" => "{0}",
        "completed" => "{1}",
        "deleted" => "{2}",
        other => panic!("{other}"),
    };
    let after = after.map_or("null, null".to_owned(), |(key, id)| format!("'{key}', '{id}'"));
    format!(
        "list_tasks('{owner}', 3000, '{sort}', {}, null, {after}, 0, 101, '{among}', null, {filters}, false, '{{}}')",
        order == "desc"
    )
}

const UNFILTERED: &str = "null, null, null, null, null";

/// Calls for every order of the list, in both directions and with each status, from the beginning and from the middle
/// of the tasks that [`many`] makes.
fn lists(owner: &str, count: usize) -> Vec<String> {
    let middle = count / 2;
    let hours = middle / 3_600;
    let created = format!("2026-01-{:02}T{:02}:00:00.000000Z", 1 + hours / 24, hours % 24);
    let (revision, position, id) = (middle.to_string(), format!("e{middle:012x}"), id(middle));
    let mut lists = Vec::new();
    for (sort, deep) in [
        ("created_at", vec![&*created]),
        ("updated_at", vec![&*revision]),
        ("due_date", vec!["2026-01-02T00:00:00.000000Z", "infinity"]),
        ("priority", vec!["1"]),
        ("title", vec!["x3"]),
        ("position", vec![&*position]),
    ] {
        for order in ["asc", "desc"] {
            for status in ["all", "pending", "completed", "deleted"] {
                for after in [None].into_iter().chain(deep.iter().map(|key| Some((*key, &*id)))) {
                    lists.push(list(owner, sort, order, status, after, UNFILTERED));
                }
            }
        }
    }
    lists
}

/// The id of the nth task that [`many`] makes.
fn id(n: usize) -> String {
    format!("00000000-0000-4000-8000-{n:012}")
}

/// SQL that inserts `count` tasks of every kind. `owner` is an expression in `n`, the task's number.
fn many(count: usize, owner: &str) -> String {
    format!(
        "insert into users (id) select 'nobody-' || n from generate_series(1, 5000) n;
         insert into users (id) select distinct {owner} from generate_series(1, {count}) n;
         insert into tasks (owner_user_id, id, title, title_key, completed, completed_at, deleted_at, priority, due_at, tags, position,
             created_at, updated_at, revision)
         select {owner}, ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'X' || n % 777, 'x' || n % 777,
             n % 3 = 0, case when n % 3 = 0 then now() end, case when n % 7 = 0 then now() end, n % 4,
             case when n % 5 < 2 then 'infinity' else timestamptz '2026-01-01Z' + make_interval(mins => n % 5000) end,
             case when n % 50 = 0 then array['rare'] else '{{}}' end, 'e' || lpad(to_hex(n), 12, '0'),
             timestamptz '2026-01-01Z' + make_interval(secs => n), now(), n
         from generate_series(1, {count}) n;
         update users set revision = {count}, pending_tasks = {count}, completed_tasks = {count},
             deleted_tasks = {count};
         analyze users, tasks;"
    )
}

/// Uses the server's own counters. Row-level security is on, because its policies prevent some operators from using an
/// index. Each call is repeated until Postgres keeps its plan, for an owner of half the table and for one of few tasks.
#[tokio::test]
async fn an_operation_reads_only_what_it_answers_and_by_an_index() {
    let api = start().await;
    let database = api.database().connect().await;
    database
        .batch_execute(&many(40_000, "case when n % 2 = 0 then 'user-1' else 'user-' || 2 + n % 40 end"))
        .await
        .unwrap();
    for (owner, n) in [("user-1", 30_000), ("user-3", 39_961)] {
        let id = format!("'{}'", id(n));
        let write = |name: &str, rest: &str| format!("{name}('{owner}', 3000, gen_random_uuid(), {id}, null{rest})");
        let task = r#"{"title": "x", "title_key": "x", "completed": false, "priority": 0, "due_at": "infinity",
            "due_is_day": false, "tags": []}"#;
        let create =
            |key: &str| format!("create_task('{owner}', 3000, gen_random_uuid(), {key}, gen_random_uuid(), '{task}')");
        let operations = format!(
            r#"'[{{"op": "create", "id": "01890a5d-ac96-774b-bcce-b302099a8057", "task": {task}}},
                {{"op": "complete", "id": "{}", "completed": true}}]'"#,
            self::id(n)
        );
        let changes = |since: &str| {
            let epoch = format!("(select epoch from users where id = '{owner}')");
            format!("list_changes('{owner}', 3000, {epoch}, {since}, 101)")
        };
        let mut calls: Vec<_> = lists(owner, 40_000).into_iter().map(|call| (call, 3 * 100 + 3, 1)).collect();
        calls.extend([
            (format!("get_task('{owner}', 3000, {id})"), 1, 0),
            (write("update_task", ", '{\"title\": \"y\"}'"), 2, 2),
            (write("complete_task", ", null"), 2, 2),
            (write("move_task", ", null, true"), 5, 2), // plus the next task of each state
            (write("delete_task", ", false"), 2, 2),
            (write("delete_task", ", true"), 2, 3),
            (write("restore_task", ""), 2, 2),
            (create("null, null"), 0, 3), // plus the foreign key's check
            (create("'key', sha256('')"), 0, 4),
            (format!("batch_tasks('{owner}', 3000, gen_random_uuid(), null, null, {operations})"), 2, 3),
            (changes("0"), 3 * 101, 2),
            (changes("20000"), 3 * 101, 2),
            (changes(&format!("(select revision from users where id = '{owner}')")), 0, 3),
        ]);
        for (call, tasks, users) in calls {
            for round in 0..7 {
                let read = rows_read(&database, &format!("select * from {SCHEMA}.{call}")).await;
                assert_eq!(read.scanned, 0, "{call}, round {round}: a scan");
                assert!(read.tasks <= tasks && read.users <= users, "{call}, round {round}: {read:?}");
            }
        }
    }
}

/// Other filters are checked on the rows that the order's index gives: at most all tasks of the owner.
#[tokio::test]
async fn a_filter_reads_no_more_than_the_owners_tasks() {
    let api = start().await;
    let database = api.database().connect().await;
    database.batch_execute(&many(40_000, "'user-' || n % 40")).await.unwrap();
    for filters in [
        "'{3}', null, null, null, null",
        "null, '{rare}', null, null, null",
        "null, null, 'nothing has it', null, null",
        "null, null, null, '1999-01-01Z', null",
        "null, null, null, null, '2030-01-01Z'",
    ] {
        for (sort, order) in [("created_at", "desc"), ("due_date", "desc"), ("title", "asc")] {
            for round in 0..7 {
                let call = list("user-3", sort, order, "all", None, filters).replace("false, '{}'", "true, '{}'");
                let read = rows_read(&database, &format!("select * from {SCHEMA}.{call}")).await;
                assert!(read.scanned == 0 && read.tasks <= 2 * 1_000, "{call}, round {round}: {read:?}");
            }
        }
    }
}

/// With one or two owners, a kept plan expects every owner to have all of the table, or half of it.
#[tokio::test]
async fn the_list_is_read_by_its_index_with_only_one_or_two_owners() {
    for owners in [1, 2] {
        let api = start().await;
        let database = api.database().connect().await;
        database.batch_execute(&many(20_000, &format!("'user-' || n % {owners}"))).await.unwrap();
        read_by_their_index(&database, &lists("user-0", 20_000)).await;
    }
}

#[tokio::test]
async fn the_list_is_read_by_its_index_with_a_million_tasks_of_one_owner() {
    if !testing::is_long() {
        return testing::skip("the test with a million tasks takes a minute; FAULTS=long runs it");
    }
    let api = start().await;
    let database = api.database().connect().await;
    let owner = "case when n % 11 > 0 then 'user-0' else 'user-' || 1 + n % 1000 end";
    database.batch_execute(&many(1_100_000, owner)).await.unwrap();
    let tasks = "select count(*) from tasks where owner_user_id = 'user-0'";
    assert_eq!(database.query_one(tasks, &[]).await.unwrap().get::<_, i64>(0), 1_000_000);
    read_by_their_index(&database, &lists("user-0", 1_100_000)).await;
}

/// Asserts that the server reads the page, and at most three times as many rows. Each list is called until Postgres
/// keeps its plan. Here, parallel workers look cheap to the planner, and the session itself reads nothing if there are
/// some. So a plan with workers fails the test.
async fn read_by_their_index(database: &Client, lists: &[String]) {
    let workers = "set parallel_setup_cost = 0; set parallel_tuple_cost = 0; set parallel_leader_participation = off;
                   set min_parallel_index_scan_size = 0; set min_parallel_table_scan_size = 0";
    database.batch_execute(workers).await.unwrap();
    for call in lists {
        for round in 0..7 {
            let read = rows_read(database, &format!("select from {SCHEMA}.{call}")).await;
            let is_page = (101..=3 * 100 + 3).contains(&read.tasks);
            assert!(read.scanned == 0 && is_page, "{call}, round {round}: {read:?}");
        }
    }
}

/// The rows that a statement read: by scans of both tables, and by index from each.
#[derive(Debug)]
struct Read {
    scanned: i64,
    tasks: i64,
    users: i64,
}

/// Runs the statement in a transaction and rolls it back. Earlier counts are subtracted, because the server may not
/// have reported them yet.
async fn rows_read(database: &Client, sql: &str) -> Read {
    let counters = "select sum(seq_tup_read)::bigint,
                        (sum(idx_tup_fetch) filter (where relname = 'tasks'))::bigint,
                        (sum(idx_tup_fetch) filter (where relname = 'users'))::bigint
                    from pg_stat_xact_user_tables where relname in ('tasks', 'users')";
    let read = async || {
        let row = database.query_one(counters, &[]).await.unwrap();
        [0, 1, 2].map(|column| row.get::<_, i64>(column))
    };
    database.batch_execute("begin").await.unwrap();
    let before = read().await;
    database.batch_execute(sql).await.unwrap();
    let after = read().await;
    database.batch_execute("rollback").await.unwrap();
    Read { scanned: after[0] - before[0], tasks: after[1] - before[1], users: after[2] - before[2] }
}
