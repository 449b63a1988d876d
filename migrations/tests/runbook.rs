//! The SQL of docs/runbook.md, as the role that owns the database would type it at night.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use operations::SCHEMA;
use testing::postgres::{Database, connect};
use tokio_postgres::{Client, SimpleQueryMessage, SimpleQueryRow};

/// The one block that contains `part`.
fn block(part: &str) -> &'static str {
    let found: Vec<_> = blocks().into_iter().filter(|block| block.contains(part)).collect();
    let [block] = found[..] else { panic!("{} blocks contain {part}", found.len()) };
    block
}

fn blocks() -> Vec<&'static str> {
    let rest = include_str!("../../docs/runbook.md").split("```sql database\n").skip(1);
    rest.map(|rest| rest.split("```").next().unwrap()).collect()
}

async fn rows(client: &Client, sql: &str) -> Vec<SimpleQueryRow> {
    let messages = client.simple_query(sql).await.unwrap_or_else(|error| panic!("{error:?}:\n{sql}"));
    let rows = messages.into_iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    rows.collect()
}

async fn pid(client: &Client) -> String {
    rows(client, "select pg_backend_pid()").await[0].get(0).unwrap().to_owned()
}

/// A database with a task of Alice's and one of Bob's.
async fn filled() -> Database {
    let database = Database::create().await;
    let tasks = "insert into users (id, revision) values ('alice', 7), ('bob', 8);
        insert into tasks (owner_user_id, id, title, completed, created_at, updated_at, revision)
        select id, gen_random_uuid(), 'x', false, now(), now(), revision from users";
    database.connect().await.batch_execute(tasks).await.unwrap();
    database
}

#[tokio::test]
async fn every_block_runs_in_one_session_of_the_owner_from_first_to_last() {
    let database = filled().await;
    let owner = connect(&database.owner().await).await;
    assert!(blocks().len() > 5, "{}", blocks().len());
    for sql in blocks() {
        rows(&owner, &sql.replace("12345", "0")).await; // which is nobody's
    }
    let refused = owner.batch_execute("delete from tasks").await.unwrap_err();
    assert!(refused.as_db_error().unwrap().message().contains("read-only"), "{refused:?}");
}

#[tokio::test]
async fn who_holds_a_lock_is_found_and_ended() {
    let database = filled().await;
    let url = database.owner().await;
    let (owner, holding, waiting) = (connect(&url).await, connect(&url).await, connect(&url).await);
    let (held, waits) = (pid(&holding).await, pid(&waiting).await);
    let lock = "begin; select from users where id = 'alice' for update";
    holding.batch_execute(lock).await.unwrap();
    let waited = tokio::spawn(async move { waiting.batch_execute(lock).await });
    let found = loop {
        let found = rows(&owner, block("as wants")).await;
        if !found.is_empty() {
            break found;
        }
    };
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].get("waiting"), found[0].get("holding")), (Some(&*waits), Some(&*held)));
    assert_eq!(found[0].get("state"), Some("idle in transaction"));
    let running = rows(&owner, block("as waits_for")).await;
    assert!(running.iter().any(|row| row.get("waits_for") == Some(&format!("{{{held}}}"))), "{running:?}");

    rows(&owner, &block("pg_terminate_backend").replace("12345", &held)).await;
    waited.await.unwrap().unwrap();
    assert!(holding.batch_execute("select").await.is_err());
}

#[tokio::test]
async fn as_task_api_one_sees_the_rows_of_one_user() {
    let database = filled().await;
    let owner = connect(&database.owner().await).await;
    let found = rows(&owner, block("app.user_id")).await;
    let revisions: Vec<_> = found.iter().filter_map(|row| row.try_get("revision").ok().flatten()).collect();
    assert_eq!(revisions, ["7", "7"], "Alice's row and her task");
}

/// A restore puts back revisions that clients have seen with other content.
#[tokio::test]
async fn after_a_restore_no_token_and_no_revision_of_before_is_taken_for_one_of_now() {
    let database = filled().await;
    let owner = connect(&database.owner().await).await;
    let seen = rows(&owner, "select epoch, revision from users where id = 'alice'").await;
    let (epoch, revision) = (seen[0].get("epoch").unwrap(), seen[0].get("revision").unwrap());
    let changes = format!("select outcome from {SCHEMA}.list_changes('alice', 1000, '{epoch}', {revision}, 10)");
    let caller = connect(&database.caller().await).await;
    assert_eq!(rows(&caller, &changes).await[0].get(0), Some("found"));

    rows(&owner, block("gen_random_uuid")).await;
    assert_eq!(rows(&caller, &changes).await[0].get(0), Some("expired"));
    let ahead = "select count(*) from users u
        where revision > (extract(epoch from now() - interval '1 minute') * 1000)::bigint * 64
        and exists (select from pg_class where relname = 'users' and relforcerowsecurity)";
    assert_eq!(rows(&owner, ahead).await[0].get(0), Some("2"));
}
