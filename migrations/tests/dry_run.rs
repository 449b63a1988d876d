//! `migrate --dry-run`: it runs everything for real, and leaves nothing behind.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use common::{Said, migrate_with, url};
use migrations::Migrations;
use operations::SCHEMA;
use testing::postgres::Database;
use tokio_postgres::Client;

/// Everything that a migration can change: relations, columns, constraints, policies, routines, and the rights on them.
const EVERYTHING: &str = "
    select coalesce(string_agg(line, E'\\n' order by line), '') from (
        select concat_ws(' ', oid::regclass, relkind, relacl, relrowsecurity, relowner) from pg_class
            where relnamespace = 'public'::regnamespace
        union all select concat_ws(' ', attrelid::regclass, attname, attacl) from pg_attribute
            join pg_class on pg_class.oid = attrelid where relnamespace = 'public'::regnamespace
        union all select conname || pg_get_constraintdef(oid) from pg_constraint
            where connamespace = 'public'::regnamespace
        union all select polname from pg_policy
        union all select proname from pg_proc where pronamespace = 'public'::regnamespace
        union all select concat_ws(' ', nspname, nspacl) from pg_namespace
            where nspname = 'public' or nspname like 'task_api%'
        union all select datname || datacl::text from pg_database where datname = current_database()
    ) as everything (line)";

async fn everything(client: &Client) -> String {
    client.query_one(EVERYTHING, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn a_dry_run_tells_what_each_statement_did_and_nothing_of_it_remains() {
    let database = Database::blank().await;
    let client = database.connect().await;
    let before = everything(&client).await;
    let run = migrate_with(&["--dry-run"], &[("DATABASE_URL", &database.url())], "").await;
    assert!(run.success && run.said.starts_with("would apply V1__users_and_tasks\n"), "{}", run.said);
    assert!(run.said.contains(&format!("would install the operations {SCHEMA}\n")), "{}", run.said);
    assert!(run.said.contains(": create table tasks ( …: ") && run.said.contains(" ms\n"), "{}", run.said);
    assert!(run.said.ends_with("that was a dry run: nothing was changed\n"), "{}", run.said);
    assert_eq!(everything(&client).await, before);
    assert!(migrate_with(&[], &[("DATABASE_URL", &database.url())], "").await.said.contains("applied V1"));
}

#[tokio::test]
async fn a_dry_run_of_a_database_that_is_up_to_date_says_so() {
    let database = Database::create().await;
    let run = migrate_with(&["--dry-run"], &[("DATABASE_URL", &database.url())], "").await;
    assert!(run.success && run.said.starts_with("nothing to apply: the database is up to date\n"), "{}", run.said);
}

#[tokio::test]
async fn a_dry_run_with_a_role_creates_none() {
    let database = Database::blank().await;
    let (name, password) = (common::name(), common::password());
    let run = migrate_with(&["--dry-run", "--role", &name], &[("DATABASE_URL", &database.url())], &password).await;
    assert!(run.success && run.said.contains(&format!("The role {name} was created")), "{}", run.said);
    let client = database.connect().await;
    let left = client.query_one("select count(*) from pg_roles where rolname = $1", &[&name]).await.unwrap();
    assert_eq!(left.get::<_, i64>(0), 0);
}

#[tokio::test]
async fn a_dry_run_proves_migrations_that_build_on_each_other() {
    let database = Database::create().await;
    let client = database.connect().await;
    client.batch_execute("insert into users (id) values ('alice'), ('bob')").await.unwrap();
    let before = everything(&client).await;
    let migrations = Migrations::with(&[
        ("V901__column", "alter table users add column theme text;\nupdate users set theme = 'dark';"),
        ("V902__index", "create index concurrently users_by_theme on users (theme);"),
    ]);
    let mut said = Said::default();
    let done = migrations.unwrap().rehearse(&url(&database), None, &mut said.listener()).await.unwrap();
    assert_eq!(done, ["V901__column", "V902__index"]);
    let said = said.lines();
    assert!(said[1].starts_with("  line 1: alter table users add column theme text: "), "{said:?}");
    assert!(said[1].ends_with(" ms, blocks reads and writes of users"), "{said:?}");
    assert!(said[2].starts_with("  line 2: update users") && said[2].ends_with("2 rows"), "{said:?}");
    assert!(said[4].ends_with("does not block writes"), "{said:?}");
    assert_eq!(everything(&client).await, before);
}

#[tokio::test]
async fn a_dry_run_of_a_broken_migration_says_which_where_and_why() {
    let database = Database::create().await;
    let client = database.connect().await;
    let before = everything(&client).await;
    let migrations = Migrations::with(&[
        ("V901__good", "alter table users add column theme text;"),
        ("V902__bad", "-- A comment.\ncreate table labels (id int);\n\nalter table labels add check (nmae > 0);"),
    ]);
    let failed = migrations.unwrap().rehearse(&url(&database), None, &mut |_| ()).await.unwrap_err().to_string();
    let expected = "V902__bad would fail at line 4, `alter table labels add check (nmae > 0)`: 42703 column \"nmae\" \
                    does not exist";
    assert_eq!(failed, expected);
    assert_eq!(everything(&client).await, before);
}
