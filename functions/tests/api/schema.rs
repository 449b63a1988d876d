//! What the schema promises: walls on every table, constraints that hold by themselves, an index for every statement.

use tokio_postgres::Client;

use crate::{create, start};

/// For tables to come, too.
#[tokio::test]
async fn every_table_has_forced_row_level_security_for_the_role_alone() {
    let api = start().await;
    let open = "
        select relname::text from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname <> 'refinery_schema_history'
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

/// Under the policies, which rule out many an operator as an index condition.
#[tokio::test]
async fn the_statements_are_served_by_their_indexes_at_any_depth() {
    let api = start().await;
    let database = api.database().connect().await;
    let many = "
        insert into users (id) select 'user-' || n from generate_series(1, 5000) n;
        insert into tasks (owner_user_id, id, title, completed, completed_at, created_at, updated_at, revision)
        select 'user-' || 1 + n % 20, gen_random_uuid(), 'x', n % 3 = 0, case when n % 3 = 0 then now() end,
            now() - make_interval(secs => n), now(), 1
        from generate_series(1, 40000) n;
        analyze users, tasks;";
    database.batch_execute(many).await.unwrap();
    let list = "where owner_user_id = 'user-1' and (created_at, id) < (now() - interval '5 hours', gen_random_uuid())";
    let order = "order by created_at desc, id desc limit 101";
    for (statement, index) in [
        (format!("select title from tasks {list} {order}"), "tasks_by_created"),
        (format!("select title from tasks {list} and completed = true {order}"), "tasks_by_completed_created"),
        (format!("select title from tasks {list} and completed = false {order}"), "tasks_by_completed_created"),
        ("select title from tasks where owner_user_id = 'user-1' and id = gen_random_uuid()".to_owned(), "tasks_pkey"),
        ("select from users where id = 'user-1' for update".to_owned(), "users_pkey"),
    ] {
        let plan = explain(&database, &statement).await;
        assert!(plan.contains(index) && !plan.contains("Seq Scan"), "{statement}\n{plan}");
    }
}

async fn explain(database: &Client, statement: &str) -> String {
    let identity = "begin; select set_config('role', 'task_api', true), set_config('app.user_id', 'user-1', true)";
    database.batch_execute(identity).await.unwrap();
    let plan = database.query(&format!("explain {statement}"), &[]).await.unwrap();
    database.batch_execute("rollback").await.unwrap();
    plan.iter().map(|row| row.get::<_, String>(0) + "\n").collect()
}
