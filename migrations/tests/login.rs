//! `migrate --login`: a login that may call the operations and do nothing else.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use std::time::Duration;

use common::{Run, migrate_with, name, password};
use operations::SCHEMA;
use testing::postgres::{Database, connect};
use tokio::time::{sleep, timeout};
use tokio_postgres::{Client, NoTls, error::SqlState};
use uuid::Uuid;

/// Drops the login at the end, with what it was given.
struct Login<'a> {
    database: &'a Database,
    name: String,
}

impl<'a> Login<'a> {
    fn of(database: &'a Database) -> Self {
        Self { database, name: name() }
    }

    async fn make(&self, url: &str, password: &str) -> Run {
        migrate_with(&["--login", &self.name], &[("DATABASE_URL", url)], &format!("{password}\n")).await
    }

    async fn connect(&self, password: &str) -> Result<Client, tokio_postgres::Error> {
        let mut config: tokio_postgres::Config = self.database.url().parse().unwrap();
        let (client, connection) = config.user(&self.name).password(password).connect(NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }

    async fn drop(self) {
        let admin = self.database.connect().await;
        admin.batch_execute(&format!("drop owned by {0}; drop role {0}", self.name)).await.unwrap();
    }
}

/// A login like Neon's owner that has made `task_api_caller`, by which it may give it to others since Postgres 16.
async fn migrator(database: &Database) -> String {
    let url = database.owner().await;
    let owner = connect(&url).await.query_one("select session_user::text", &[]).await.unwrap();
    let owner: &str = owner.get(0);
    let admin = database.connect().await;
    admin.batch_execute(&format!("grant task_api_caller to {owner} with admin option")).await.unwrap();
    url
}

async fn refused(client: &Client, sql: &str) -> String {
    let error = client.batch_execute(sql).await.expect_err(sql);
    error.code().map(|code| code.code().to_owned()).unwrap_or_default()
}

#[tokio::test]
async fn a_login_made_so_can_call_the_operations_and_do_nothing_else() {
    let database = Database::create().await;
    let admin = database.connect().await;
    for url in [database.url(), migrator(&database).await] {
        let (login, password) = (Login::of(&database), password());
        let run = login.make(&url, &password).await;
        assert!(run.success, "{}", run.said);
        assert!(run.said.contains(&format!("The login {} was made", login.name)), "{}", run.said);
        assert!(!run.said.contains(&password), "{}", run.said);
        let client = login.connect(&password).await.unwrap();
        for forbidden in [
            "select from users",
            "select from tasks",
            "select from refinery_schema_history",
            "select from operation_schemas",
            "create table mine ()",
            "create temporary table mine ()",
            "create schema mine",
            &format!("create function {SCHEMA}.mine() returns int language sql as 'select 1'"),
            &format!("select from {SCHEMA}.answer"),
            &format!("select {SCHEMA}.enter('alice', 1000)"),
            &format!("select {SCHEMA}.lock_owner('alice', gen_random_uuid())"),
            &format!("select {SCHEMA}.delete_under_lock(null, gen_random_uuid(), null, false)"),
            "create role other",
            "create database other",
            "alter role current_user bypassrls",
            "grant task_api_caller to postgres",
            "grant postgres to current_user",
            "set role postgres",
            "set role task_api",
            "set role task_api_purge",
        ] {
            let state = refused(&client, forbidden).await;
            assert!(["42501", "0LP01"].contains(&state.as_str()), "{forbidden}: {state}");
        }
        let (made, id) = (Uuid::new_v4(), Uuid::new_v4());
        let create =
            format!("select outcome from {SCHEMA}.create_task('alice', 1000, '{made}', null, null, '{id}', '{{\"title\": \"x\", \"title_key\": \"x\", \"completed\": false, \"priority\": 0, \"due_at\": \"infinity\",
                \"due_is_day\": false, \"tags\": []}}')");
        let row = client.query_one(&create, &[]).await.unwrap();
        assert_eq!(row.get::<_, &str>(0), "written");
        let of_others = "select count(*) from pg_roles where rolname not in ($1, 'task_api_caller')
                         and pg_has_role($1::name, oid, 'member')";
        assert_eq!(admin.query_one(of_others, &[&login.name]).await.unwrap().get::<_, i64>(0), 0);
        drop(client);
        login.drop().await;
    }
}

/// Before Postgres 17 nothing else would end it while somebody keeps the lock.
#[tokio::test]
async fn a_call_that_waits_for_a_lock_ends_when_its_connection_does() {
    let database = Database::create().await;
    let (login, password) = (Login::of(&database), password());
    assert!(login.make(&database.url(), &password).await.success);
    let (mut holder, admin) = (database.connect().await, database.connect().await);
    holder.batch_execute("insert into users (id) values ('alice')").await.unwrap();
    let lock = holder.transaction().await.unwrap();
    lock.batch_execute("select from users where id = 'alice' for update").await.unwrap();

    let mut config: tokio_postgres::Config = database.url().parse().unwrap();
    let (client, connection) = config.user(&login.name).password(&password).connect(NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    let call =
        format!("select from {SCHEMA}.delete_task('alice', 600000, gen_random_uuid(), gen_random_uuid(), null, false)");
    let call = tokio::spawn(async move { client.batch_execute(&call).await });
    let waiting = "select count(*) from pg_stat_activity where usename = $1 and wait_event_type = 'Lock'";
    let waits = async |number: i64| {
        while admin.query_one(waiting, &[&login.name]).await.unwrap().get::<_, i64>(0) != number {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(10), waits(1)).await.expect("it waits for the lock");
    connection.abort(); // the socket closes, and nothing is said
    timeout(Duration::from_secs(10), waits(0)).await.expect("Postgres looks whether anybody waits for the answer");
    call.abort();
    lock.rollback().await.unwrap();
    login.drop().await;
}

#[tokio::test]
async fn to_make_it_again_changes_the_password() {
    let database = Database::create().await;
    let owner = migrator(&database).await;
    let (login, old, new) = (Login::of(&database), password(), password());
    assert!(login.make(&owner, &old).await.success);
    let run = login.make(&owner, &new).await;
    assert!(run.success && run.said.contains("has a new password"), "{}", run.said);
    assert!(login.connect(&new).await.is_ok());
    let refused = login.connect(&old).await.map(drop).expect_err("the old password logs in nobody");
    assert_eq!(refused.code().map(SqlState::code), Some("28P01"));
    login.drop().await;
}

/// Postgres hashes a password by `password_encryption` and keeps a verifier as it is, so the hash tells what came.
async fn hashed_as(settings: &str) -> String {
    let database = Database::create().await;
    let admin = database.connect().await;
    let name = admin.query_one("select current_database()", &[]).await.unwrap();
    let name: &str = name.get(0);
    admin.batch_execute(&settings.replace("DATABASE", &format!("alter database {name} set"))).await.unwrap();
    let (login, password) = (Login::of(&database), password());
    let run = login.make(&database.url(), &password).await;
    assert!(run.success, "{}", run.said);
    let kept = "select split_part(left(rolpassword, 14), '$', 1) from pg_authid where rolname = $1";
    let kept = admin.query_one(kept, &[&login.name]).await.unwrap().get::<_, String>(0);
    login.drop().await;
    kept
}

#[tokio::test]
async fn the_server_gets_a_verifier_and_never_the_password() {
    assert_eq!(hashed_as("DATABASE password_encryption = md5").await, "SCRAM-SHA-256");
}

#[tokio::test]
async fn neon_gets_the_password_itself_as_it_asks_for() {
    let kept = hashed_as("DATABASE password_encryption = md5; DATABASE neon.timeline_id = 'ab'").await;
    assert!(kept.starts_with("md5"), "{kept}");
}

#[tokio::test]
async fn a_login_that_is_more_already_is_refused_by_what_it_is() {
    let database = Database::create().await;
    let (admin, owner) = (database.connect().await, migrator(&database).await);
    let name: String = admin.query_one("select current_database()::text", &[]).await.unwrap().get(0);
    for (made, expected) in [
        ("create role LOGIN login superuser in role task_api_caller", "it is a superuser"),
        ("create role LOGIN login createrole in role task_api_caller", "it can create roles"),
        ("create role LOGIN login bypassrls in role task_api_caller", "it bypasses row-level security"),
        ("create role LOGIN login", "it is no member of task_api_caller"),
        ("create role LOGIN login noinherit in role task_api_caller", "it does not inherit from task_api_caller"),
        ("create role LOGIN login in role task_api_caller, task_api", "it is a member of task_api"),
        ("create role LOGIN login in role task_api_caller, pg_monitor", "it is a member of pg_monitor"),
        (
            "create role LOGIN login admin postgres in role task_api_caller; \
             grant task_api_caller to LOGIN with admin option",
            "it can give task_api_caller to others",
        ),
        ("create role LOGIN login in role task_api_caller; grant select on tasks to LOGIN", "things of its own"),
        (
            "create role LOGIN login in role task_api_caller; grant temporary on database DATABASE to LOGIN",
            "it can make temporary tables",
        ),
        (
            "create role LOGIN login in role task_api_caller; grant create on schema public to LOGIN",
            "it can make things in the schema public",
        ),
    ] {
        let login = Login::of(&database);
        let made = made.replace("LOGIN", &login.name).replace("DATABASE", &name);
        admin.batch_execute(&made).await.unwrap();
        let run = login.make(&owner, &password()).await;
        assert!(!run.success && run.said.contains(expected), "{made}: {}", run.said);
        assert!(login.connect(&password()).await.is_err());
        login.drop().await;
    }
}

#[tokio::test]
async fn a_name_or_a_password_that_will_not_do_is_refused_before_anything_happens() {
    let good = password();
    for (name, password, expected) in [
        ("api", "", "24 or more characters"),
        ("api", "hunter2hunter2hunter2hun", "10 of them different"),
        ("api", "hunter2 0123456789abcdefghijkl", "without spaces"),
        ("task_api_2", &good, "\"task_api_2\" cannot be the name"),
        ("pg_api", &good, "\"pg_api\" cannot be the name"),
        ("Api", &good, "\"Api\" cannot be the name"),
        ("", &good, "\"\" cannot be the name"),
    ] {
        let nowhere = ("DATABASE_URL", "postgres://user@127.0.0.1:1/none?sslmode=disable");
        let by_input = migrate_with(&["--login", name], &[nowhere], password).await;
        assert!(!by_input.success && by_input.said.contains(expected), "{}", by_input.said);
        assert!(!by_input.said.contains("hunter2") && !by_input.said.contains(&good), "{}", by_input.said);
        let by_variable = migrate_with(&["--login", name], &[nowhere, ("LOGIN_PASSWORD", password)], "").await;
        assert_eq!(by_variable.said, by_input.said);
    }
}

#[tokio::test]
async fn an_option_that_migrate_does_not_have_is_named() {
    for (arguments, expected) in [
        (vec!["--dryrun"], "\"--dryrun\" is no option of migrate"),
        (vec!["--login"], "--login is to be followed by a name"),
    ] {
        let run = migrate_with(&arguments, &[], "").await;
        assert!(!run.success && run.said.contains(expected), "{}", run.said);
    }
}
