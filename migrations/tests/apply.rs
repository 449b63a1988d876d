//! Migrations while requests run: which of them gives way, which waits, and what runs outside a transaction.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use std::time::Duration;

use common::{Said, url};
use migrations::Migrations;
use testing::postgres::Database;
use tokio::time::sleep;

#[tokio::test]
async fn a_migration_that_does_not_get_its_lock_gives_way_to_requests_and_is_retried() {
    let database = Database::create().await;
    let (mut slow, request) = (database.connect().await, database.connect().await);
    let migrations = Migrations::with(&[("V901__column", "alter table users add column theme text;")]).unwrap();
    let mut said = Said::default();
    let mut listener = said.listener();
    let url = url(&database);
    let held = slow.transaction().await.unwrap();
    held.batch_execute("select count(*) from users").await.unwrap();
    let (applied, waited) = tokio::join!(migrations.apply(&url, None, &mut listener), async {
        sleep(Duration::from_millis(500)).await;
        let began = std::time::Instant::now();
        // Behind the migration, which waits for the lock of `held`.
        request.batch_execute("select count(*) from users").await.unwrap();
        held.rollback().await.unwrap();
        began.elapsed()
    });
    assert_eq!(applied.unwrap(), ["V901__column"]);
    assert!(waited < Duration::from_secs(6), "{waited:?}");
    let lines = said.lines();
    assert_eq!(lines[0], "V901__column did not get its locks in time: next attempt in 1s", "{lines:?}");
}

#[tokio::test]
async fn an_index_is_built_concurrently_while_an_earlier_write_is_unfinished() {
    let database = Database::create().await;
    let (mut writer, client) = (database.connect().await, database.connect().await);
    let sql = "drop index concurrently if exists users_by_time;
               create index concurrently users_by_time on users (created_at);";
    let migrations = Migrations::with(&[("V901__index", sql)]).unwrap();
    let url = url(&database);
    let held = writer.transaction().await.unwrap();
    held.batch_execute("insert into users (id) values ('alice')").await.unwrap();
    let mut tell = |_: &str| ();
    let (applied, ()) = tokio::join!(migrations.apply(&url, None, &mut tell), async {
        sleep(Duration::from_millis(500)).await;
        // While the build waits for the first write, others go on.
        client.batch_execute("insert into users (id) values ('bob')").await.unwrap();
        held.commit().await.unwrap();
    });
    assert_eq!(applied.unwrap(), ["V901__index"]);
    let valid = "select indisvalid from pg_index where indexrelid = 'users_by_time'::regclass";
    assert!(client.query_one(valid, &[]).await.unwrap().get::<_, bool>(0));
    assert_eq!(migrations.apply(&url, None, &mut |_| ()).await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn a_run_that_waits_for_another_does_not_hold_up_the_index_that_the_other_builds() {
    let database = Database::create().await;
    let sql = "create index concurrently users_by_time on users (created_at);";
    let migrations = Migrations::with(&[("V901__index", sql)]).unwrap();
    let url = url(&database);
    let (mut tell, mut tell_other) = (|_: &str| (), |_: &str| ());
    let both =
        async { tokio::join!(migrations.apply(&url, None, &mut tell), migrations.apply(&url, None, &mut tell_other)) };
    let (one, other) = tokio::time::timeout(Duration::from_secs(20), both).await.expect("neither waits for the other");
    let mut applied = [one.unwrap(), other.unwrap()].concat();
    applied.sort();
    assert_eq!(applied, ["V901__index"]);
}

#[tokio::test]
async fn an_index_whose_build_failed_is_built_again_by_the_next_run() {
    let database = Database::create().await;
    let client = database.connect().await;
    client.batch_execute("insert into users (id, revision) values ('alice', 7), ('bob', 7)").await.unwrap();
    let sql = "drop index concurrently if exists users_revision;
               create unique index concurrently users_revision on users (revision);";
    let migrations = Migrations::with(&[("V901__index", sql)]).unwrap();
    let url = url(&database);
    let failed = migrations.apply(&url, None, &mut |_| ()).await.unwrap_err().to_string();
    assert!(failed.starts_with("V901__index failed at line 2, `create unique index concurrently"), "{failed}");
    assert!(failed.contains("23505"), "{failed}");
    client.batch_execute("update users set revision = 8 where id = 'bob'").await.unwrap();
    assert_eq!(migrations.apply(&url, None, &mut |_| ()).await.unwrap(), ["V901__index"]);
}

#[tokio::test]
async fn a_file_that_mixes_a_concurrent_index_with_other_statements_is_refused_before_it_runs() {
    let database = Database::create().await;
    let sql = "alter table users add column theme text;
               create index concurrently users_by_theme on users (theme);";
    let migrations = Migrations::with(&[("V901__mixed", sql)]).unwrap();
    let failed = migrations.apply(&url(&database), None, &mut |_| ()).await.unwrap_err().to_string();
    assert!(failed.starts_with("V901__mixed builds an index concurrently"), "{failed}");
    let client = database.connect().await;
    let columns = "select count(*) from pg_attribute where attrelid = 'users'::regclass and attname = 'theme'";
    assert_eq!(client.query_one(columns, &[]).await.unwrap().get::<_, i64>(0), 0);
}

#[tokio::test]
async fn the_migrations_before_one_that_fails_remain() {
    let database = Database::create().await;
    let good = ("V901__good", "create table labels (id bigint);");
    let bad = ("V902__bad", "create table others (id bigint); select 1 / 0;");
    let mut said = Said::default();
    let mut listener = said.listener();
    let migrations = Migrations::with(&[good, bad]).unwrap();
    let failed = migrations.apply(&url(&database), None, &mut listener).await.unwrap_err().to_string();
    assert!(failed.starts_with("V902__bad failed, and nothing of it remains: 22012"), "{failed}");
    assert_eq!(said.lines(), ["applied V901__good"]);
    let client = database.connect().await;
    let tables = "select concat_ws(' ', to_regclass('labels'), to_regclass('others'))";
    assert_eq!(client.query_one(tables, &[]).await.unwrap().get::<_, &str>(0), "labels");
}

#[tokio::test]
async fn the_examples_of_the_readme_can_be_applied_one_after_the_other() {
    let database = Database::create().await;
    database.connect().await.batch_execute("alter table users add column theme text not null").await.unwrap();
    let examples = common::readme_examples();
    let names: Vec<String> = (0..examples.len()).map(|number| format!("V{}__example", 901 + number)).collect();
    let files: Vec<(&str, &str)> = names.iter().map(String::as_str).zip(examples.iter().map(String::as_str)).collect();
    let migrations = Migrations::with(&files).unwrap();
    let rehearsed = migrations.rehearse(&url(&database), None, &mut |_| ()).await.unwrap();
    assert_eq!(migrations.apply(&url(&database), None, &mut |_| ()).await.unwrap(), rehearsed);
    assert_eq!(rehearsed, names);
}
