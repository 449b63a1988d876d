//! What the schema promises: walls on every table, constraints that hold by themselves, and operations that read no more
//! than they need.

use operations::SCHEMA;
use tokio_postgres::Client;

use crate::{create, start};

/// For tables to come, too.
#[tokio::test]
async fn every_table_has_forced_row_level_security_for_the_role_alone() {
    let api = start().await;
    let open = "
        select relname::text from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
            and relname not in ('refinery_schema_history', 'operation_schemas')
            and not (
                relrowsecurity and relforcerowsecurity
                and exists (select from pg_policy where polrelid = pg_class.oid)
                and not exists (
                    select from pg_policy where polrelid = pg_class.oid and polroles <> array['task_api'::regrole::oid]
                )
            )";
    let open: Vec<String> =
        api.database().connect().await.query(open, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    assert_eq!(open, Vec::<String>::new());
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
        ("update tasks set owner_user_id = 'nobody'", "tasks_owner_fkey"),
        ("insert into tasks select (tasks).* from tasks", "tasks_pkey"),
    ] {
        let error = database.execute(statement, &[]).await.expect_err(statement);
        assert_eq!(error.as_db_error().and_then(|db| db.constraint()), Some(constraint), "{statement}: {error:?}");
    }
}

#[tokio::test]
async fn a_user_takes_their_tasks_along_when_erased() {
    let api = start().await;
    create(&api.user("alice"), "x").await;
    let database = api.database().connect().await;
    database.execute("delete from users", &[]).await.unwrap();
    let left: i64 = database.query_one("select count(*) from tasks", &[]).await.unwrap().get(0);
    assert_eq!(left, 0);
}

/// By the server's own counters, under the policies, which rule out many an operator as an index condition. Each is called
/// often enough for its plan to be the one that is kept, by an owner of half the table and by one of a few.
#[tokio::test]
async fn an_operation_reads_what_it_answers_by_an_index_and_nothing_else() {
    let api = start().await;
    let database = api.database().connect().await;
    let many = "
        insert into users (id) select 'user-' || n from generate_series(1, 5000) n;
        insert into tasks (owner_user_id, id, title, completed, completed_at, created_at, updated_at, revision)
        select case when n % 2 = 0 then 'user-1' else 'user-' || 2 + n % 40 end,
            ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'x',
            n % 3 = 0, case when n % 3 = 0 then now() end, now() - make_interval(secs => n), now(), 1
        from generate_series(1, 40000) n;
        analyze users, tasks;";
    database.batch_execute(many).await.unwrap();
    for (owner, id) in [("user-1", 30_000), ("user-3", 39_961)] {
        let id = format!("'00000000-0000-4000-8000-{id:012}'");
        let list = |completed: &str| {
            format!("list_tasks('{owner}', 3000, {completed}, now() - interval '3 hours', gen_random_uuid(), 101)")
        };
        let write = |name: &str, rest: &str| format!("{name}('{owner}', 3000, gen_random_uuid(), {id}, null{rest})");
        for (call, tasks, users) in [
            (list("null"), 101, 0),
            (list("true"), 101, 0),
            (list("false"), 101, 0),
            (format!("get_task('{owner}', 3000, {id})"), 1, 0),
            (write("update_task", ", '{\"title\": \"y\"}'"), 1, 2),
            (write("complete_task", ", null"), 1, 2),
            (write("delete_task", ""), 1, 2),
            (format!("create_task('{owner}', 3000, gen_random_uuid(), gen_random_uuid(), 'x', null, false)"), 0, 3), // and the foreign key's
        ] {
            for round in 0..8 {
                let read = rows_read(&database, &format!("select * from {SCHEMA}.{call}")).await;
                assert_eq!(read.scanned, 0, "{call}, round {round}: a scan");
                assert!(read.tasks <= tasks && read.users <= users, "{call}, round {round}: {read:?}");
            }
        }
    }
}

/// Where a plan that is kept expects every owner to have all of the table, or half of it.
#[tokio::test]
async fn the_list_is_read_by_its_index_where_there_are_one_or_two_owners_only() {
    for owners in [1, 2] {
        let api = start().await;
        let database = api.database().connect().await;
        let many = format!(
            "insert into users (id) select 'user-' || n from generate_series(0, {owners} - 1) n;
             insert into tasks (owner_user_id, id, title, completed, completed_at, created_at, updated_at, revision)
             select 'user-' || n % {owners}, gen_random_uuid(), 'x', n % 3 = 0, case when n % 3 = 0 then now() end,
                 now() - make_interval(secs => n), now(), 1
             from generate_series(1, 20000) n;
             analyze users, tasks;"
        );
        database.batch_execute(&many).await.unwrap();
        for completed in ["null", "true", "false"] {
            let after = "now() - interval '1 hour', gen_random_uuid()";
            let list = format!("select from {SCHEMA}.list_tasks('user-0', 3000, {completed}, {after}, 101)");
            for round in 0..8 {
                let read = rows_read(&database, &list).await;
                assert!(
                    read.scanned == 0 && read.tasks <= 101,
                    "{owners} owners, {completed}, round {round}: {read:?}"
                );
            }
        }
    }
}

/// What a statement has read of the tables: by scans of both, and of each by its indexes.
#[derive(Debug)]
struct Read {
    scanned: i64,
    tasks: i64,
    users: i64,
}

/// In a transaction of its own, which is rolled back. What came before is subtracted: it may not have been reported yet.
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
