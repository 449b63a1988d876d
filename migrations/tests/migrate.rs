//! The `migrate` command on databases in every possible state.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use common::{Run, migrate_with};
use testing::postgres::Database;

async fn migrate(variables: &[(&str, &str)]) -> Run {
    migrate_with(&[], variables, "").await
}

async fn migrate_url(url: &str) -> Run {
    migrate(&[("DATABASE_URL", url)]).await
}

#[tokio::test]
async fn the_first_run_says_what_it_applied_and_the_second_that_there_is_nothing_to_do() {
    let database = Database::blank().await;
    let first = migrate_url(&database.url()).await;
    assert!(first.success && first.said.starts_with("applied V1__users_and_tasks\n"), "{}", first.said);
    let second = migrate_url(&database.url()).await;
    assert!(second.success, "{}", second.said);
    assert_eq!(second.said, "nothing to apply: the database is up to date\n");
}

#[tokio::test]
async fn of_two_runs_at_once_one_applies_and_the_other_waits_and_finds_nothing_to_do() {
    for _ in 0..5 {
        let database = Database::blank().await;
        let url = database.url();
        let (one, other) = tokio::join!(migrate_url(&url), migrate_url(&url));
        assert!(one.success && other.success, "{}{}", one.said, other.said);
        let applied = [&one, &other].into_iter().filter(|run| run.said.contains("applied V1")).count();
        assert_eq!(applied, 1, "{}{}", one.said, other.said);
    }
}

#[tokio::test]
async fn a_run_that_has_to_wait_for_another_says_so() {
    let database = Database::blank().await;
    let other = database.connect().await;
    // The lock of `migrations::apply`.
    let held = "select pg_advisory_lock(8386110886139490409)";
    other.batch_execute(held).await.unwrap();
    let url = database.url();
    let (run, ()) = tokio::join!(migrate_url(&url), async {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        drop(other);
    });
    assert!(run.success && run.said.starts_with("another run is migrating this database: waiting"), "{}", run.said);
}

#[tokio::test]
async fn a_role_that_owns_the_database_and_is_not_a_superuser_can_migrate() {
    let database = Database::blank().await;
    let run = migrate_url(&database.owner().await).await;
    assert!(run.success, "{}", run.said);
}

#[tokio::test]
async fn a_migration_that_was_changed_after_it_was_applied_is_refused_by_name() {
    let database = Database::create().await;
    let client = database.connect().await;
    client.execute("update refinery_schema_history set checksum = '1' where version = 1", &[]).await.unwrap();
    let run = migrate_url(&database.url()).await;
    assert!(!run.success);
    assert!(run.said.contains("V1__users_and_tasks was applied to this database with other contents"), "{}", run.said);
}

#[tokio::test]
async fn a_migration_that_was_applied_and_is_missing_is_refused_by_name() {
    let database = Database::create().await;
    let client = database.connect().await;
    let newer = "insert into refinery_schema_history select 999, 'of_the_future', applied_on, '1'
                 from refinery_schema_history where version = 1";
    client.execute(newer, &[]).await.unwrap();
    let run = migrate_url(&database.url()).await;
    assert!(!run.success);
    assert!(run.said.contains("V999__of_the_future was applied to this database, and this program"), "{}", run.said);
}

#[tokio::test]
async fn a_migration_that_fails_says_why_and_leaves_nothing_behind() {
    let database = Database::blank().await;
    let client = database.connect().await;
    client.batch_execute("create table tasks (in_the_way int)").await.unwrap();
    let run = migrate_url(&database.url()).await;
    assert!(!run.success && run.said.contains("42P07 relation \"tasks\" already exists"), "{}", run.said);
    let users = client.query_one("select to_regclass('users')::text", &[]).await.unwrap();
    assert_eq!(users.get::<_, Option<String>>(0), None, "the statements before the failure are rolled back");
}

#[tokio::test]
async fn the_unpooled_url_is_preferred() {
    let database = Database::blank().await;
    let nowhere = "postgres://user@127.0.0.1:1/none?sslmode=disable";
    let run = migrate(&[("DATABASE_URL", nowhere), ("DATABASE_URL_UNPOOLED", &database.url())]).await;
    assert!(run.success, "{}", run.said);
}

#[tokio::test]
async fn what_is_wrong_with_the_settings_is_one_sentence_without_the_password() {
    for (variables, expected) in [
        (vec![], "DATABASE_URL is not set"),
        (vec![("DATABASE_URL", "postgres://u:hunter2@h:port/")], "DATABASE_URL is not a Postgres connection string"),
        (vec![("DATABASE_URL", "postgres://u:p@hunter2@127.0.0.1:1/none")], "DATABASE_URL has a second `@`"),
        (
            vec![("DATABASE_URL", "postgres://u:hunter2@127.0.0.1:1/none?sslmode=disable")],
            "the database at 127.0.0.1 cannot be reached: error connecting to server: Connection refused",
        ),
        (
            vec![("DATABASE_URL", "postgres://u:hunter2@ep-x-pooler.eu-central-1.aws.neon.tech/db?sslmode=require")],
            "migrations cannot go through the pooler ep-x-pooler.eu-central-1.aws.neon.tech: set DATABASE_URL_UNPOOLED",
        ),
    ] {
        let run = migrate(&variables).await;
        assert!(!run.success && run.said.contains(expected), "{}", run.said);
        assert!(!run.said.contains("hunter2") && run.said.lines().count() == 1, "{}", run.said);
    }
}
