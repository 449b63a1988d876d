//! `migrate --role`: a database role that may call the operations and do nothing else.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use std::time::Duration;

use common::{Run, migrate_with, name, password};
use operations::SCHEMA;
use testing::postgres::{Database, connect};
use tokio::time::{sleep, timeout};
use tokio_postgres::{Client, NoTls, error::SqlState};
use uuid::Uuid;

/// A database role that is dropped at the end, with its rights.
struct Role<'a> {
    database: &'a Database,
    name: String,
}

impl<'a> Role<'a> {
    fn of(database: &'a Database) -> Self {
        Self { database, name: name() }
    }

    async fn make(&self, url: &str, password: &str) -> Run {
        migrate_with(&["--role", &self.name], &[("DATABASE_URL", url)], &format!("{password}\n")).await
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

/// A role like Neon's owner. It created `task_api_caller`, so since Postgres 16 it may grant that role.
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
async fn the_role_can_call_the_operations_and_do_nothing_else() {
    let database = Database::create().await;
    let admin = database.connect().await;
    for url in [database.url(), migrator(&database).await] {
        let (role, password) = (Role::of(&database), password());
        let run = role.make(&url, &password).await;
        assert!(run.success, "{}", run.said);
        assert!(run.said.contains(&format!("The role {} was created", role.name)), "{}", run.said);
        assert!(!run.said.contains(&password), "{}", run.said);
        let client = role.connect(&password).await.unwrap();
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
        assert_eq!(admin.query_one(of_others, &[&role.name]).await.unwrap().get::<_, i64>(0), 0);
        drop(client);
        role.drop().await;
    }
}

/// Before Postgres 17 nothing else ends the call while somebody holds the lock.
#[tokio::test]
async fn a_call_that_waits_for_a_lock_ends_when_its_connection_does() {
    let database = Database::create().await;
    let (role, password) = (Role::of(&database), password());
    assert!(role.make(&database.url(), &password).await.success);
    let (mut holder, admin) = (database.connect().await, database.connect().await);
    holder.batch_execute("insert into users (id) values ('alice')").await.unwrap();
    let lock = holder.transaction().await.unwrap();
    lock.batch_execute("select from users where id = 'alice' for update").await.unwrap();

    let mut config: tokio_postgres::Config = database.url().parse().unwrap();
    let (client, connection) = config.user(&role.name).password(&password).connect(NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    let call =
        format!("select from {SCHEMA}.delete_task('alice', 600000, gen_random_uuid(), gen_random_uuid(), null, false)");
    let call = tokio::spawn(async move { client.batch_execute(&call).await });
    let waiting = "select count(*) from pg_stat_activity where usename = $1 and wait_event_type = 'Lock'";
    let waits = async |number: i64| {
        while admin.query_one(waiting, &[&role.name]).await.unwrap().get::<_, i64>(0) != number {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(10), waits(1)).await.expect("it waits for the lock");
    connection.abort(); // the socket closes without a message
    timeout(Duration::from_secs(10), waits(0)).await.expect("Postgres notices that the client is gone");
    call.abort();
    lock.rollback().await.unwrap();
    role.drop().await;
}

#[tokio::test]
async fn creating_it_again_changes_the_password() {
    let database = Database::create().await;
    let owner = migrator(&database).await;
    let (role, old, new) = (Role::of(&database), password(), password());
    assert!(role.make(&owner, &old).await.success);
    let run = role.make(&owner, &new).await;
    assert!(run.success && run.said.contains("has a new password"), "{}", run.said);
    assert!(role.connect(&new).await.is_ok());
    let refused = role.connect(&old).await.map(drop).expect_err("the old password is refused");
    assert_eq!(refused.code().map(SqlState::code), Some("28P01"));
    role.drop().await;
}

/// Postgres hashes a password with `password_encryption`, but keeps a verifier unchanged. So the stored hash shows
/// which of the two it got.
async fn hashed_as(settings: &str) -> String {
    let database = Database::create().await;
    let admin = database.connect().await;
    let name = admin.query_one("select current_database()", &[]).await.unwrap();
    let name: &str = name.get(0);
    admin.batch_execute(&settings.replace("DATABASE", &format!("alter database {name} set"))).await.unwrap();
    let (role, password) = (Role::of(&database), password());
    let run = role.make(&database.url(), &password).await;
    assert!(run.success, "{}", run.said);
    let kept = "select split_part(left(rolpassword, 14), '$', 1) from pg_authid where rolname = $1";
    let kept = admin.query_one(kept, &[&role.name]).await.unwrap().get::<_, String>(0);
    role.drop().await;
    kept
}

#[tokio::test]
async fn the_server_gets_a_verifier_and_never_the_password() {
    assert_eq!(hashed_as("DATABASE password_encryption = md5").await, "SCRAM-SHA-256");
}

#[tokio::test]
async fn neon_gets_the_password_itself_because_it_needs_it() {
    let kept = hashed_as("DATABASE password_encryption = md5; DATABASE neon.timeline_id = 'ab'").await;
    assert!(kept.starts_with("md5"), "{kept}");
}

#[tokio::test]
async fn a_role_that_may_already_do_more_or_less_is_refused_with_the_difference() {
    let database = Database::create().await;
    let (admin, owner) = (database.connect().await, migrator(&database).await);
    let name: String = admin.query_one("select current_database()::text", &[]).await.unwrap().get(0);
    for (made, expected) in [
        ("create role ROLE login superuser in role task_api_caller", "it is a superuser"),
        ("create role ROLE login createrole in role task_api_caller", "it can create roles"),
        ("create role ROLE login bypassrls in role task_api_caller", "it bypasses row-level security"),
        ("create role ROLE login", "it is not a member of task_api_caller"),
        ("create role ROLE login noinherit in role task_api_caller", "it does not inherit from task_api_caller"),
        ("create role ROLE login in role task_api_caller, task_api", "it is a member of task_api"),
        ("create role ROLE login in role task_api_caller, pg_monitor", "it is a member of pg_monitor"),
        (
            "create role ROLE login admin postgres in role task_api_caller; \
             grant task_api_caller to ROLE with admin option",
            "it can give task_api_caller to others",
        ),
        ("create role ROLE login in role task_api_caller; grant select on tasks to ROLE", "other objects"),
        (
            "create role ROLE login in role task_api_caller; grant temporary on database DATABASE to ROLE",
            "it can create temporary tables",
        ),
        (
            "create role ROLE login in role task_api_caller; grant create on schema public to ROLE",
            "it can create objects in the schema public",
        ),
    ] {
        let role = Role::of(&database);
        let made = made.replace("ROLE", &role.name).replace("DATABASE", &name);
        admin.batch_execute(&made).await.unwrap();
        let run = role.make(&owner, &password()).await;
        assert!(!run.success && run.said.contains(expected), "{made}: {}", run.said);
        assert!(role.connect(&password()).await.is_err());
        role.drop().await;
    }
}

#[tokio::test]
async fn an_invalid_name_or_password_is_refused_before_anything_happens() {
    let good = password();
    for (name, password, expected) in [
        ("api", "", "24 or more ASCII characters"),
        ("api", "hunter2hunter2hunter2hun", "10 of them different"),
        ("api", "hunter2 0123456789abcdefghijkl", "without spaces"),
        ("task_api_2", &good, "\"task_api_2\" cannot be the name"),
        ("pg_api", &good, "\"pg_api\" cannot be the name"),
        ("Api", &good, "\"Api\" cannot be the name"),
        ("", &good, "\"\" cannot be the name"),
    ] {
        let nowhere = ("DATABASE_URL", "postgres://user@127.0.0.1:1/none?sslmode=disable");
        let by_input = migrate_with(&["--role", name], &[nowhere], password).await;
        assert!(!by_input.success && by_input.said.contains(expected), "{}", by_input.said);
        assert!(!by_input.said.contains("hunter2") && !by_input.said.contains(&good), "{}", by_input.said);
        let by_variable = migrate_with(&["--role", name], &[nowhere, ("ROLE_PASSWORD", password)], "").await;
        assert_eq!(by_variable.said, by_input.said);
    }
}

#[tokio::test]
async fn an_option_that_migrate_does_not_have_is_named() {
    for (arguments, expected) in [
        (vec!["--dryrun"], "\"--dryrun\" is not an option of migrate"),
        (vec!["--role"], "--role needs a name after it"),
    ] {
        let run = migrate_with(&arguments, &[], "").await;
        assert!(!run.success && run.said.contains(expected), "{}", run.said);
    }
}
