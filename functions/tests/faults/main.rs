//! The API while its database and the network to it fail. While the database can be reached at all, every request is
//! answered as if nothing had happened, is done exactly once, and is done in time.
//!
//! - [`matrix`]: every operation under every fault of the network at every moment.
//! - [`server`]: every operation while the database server restarts, crashes or sleeps.
//! - [`chaos`]: many users and devices under random faults. What each was told is compared with what happened.
//!   `FAULTS=long` makes it long, `FAULTS_SEED` repeats one. [`leaks`] checks what it leaves behind.
//! - [`cold`], [`init`], [`recycling`]: what connections cost, and when they are opened, kept and closed.
//! - [`late`]: an attempt that Postgres executes after its retry was answered.
//! - [`deadline`]: how long a request waits. [`environment`]: what Lambda does to the process.
//! - [`pooled`]: the same through `PgBouncer`. [`poisoned`]: what its other clients leave in a session.
//! - [`tls`]: which servers a function trusts as its database.
//!
//! Each test has several threads. Dropping a database blocks its thread, and Postgres waits for clients in the middle
//! of authentication. The proxies of the same test must be able to finish that meanwhile.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod chaos;
mod cold;
mod deadline;
mod environment;
mod init;
mod late;
mod leaks;
mod matrix;
mod operations;
mod poisoned;
mod pooled;
mod recycling;
mod server;
mod tls;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use testing::{Answer, Api, ApiBuilder, Request};
use tokio_postgres::Client;
use uuid::Uuid;

/// The time of a request, with a margin for a busy machine.
const IN_TIME: Duration = Duration::from_millis(8_500);

/// The directory of this package's binaries.
fn binaries() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_health")).parent().expect("a binary is in a directory")
}

fn builder() -> ApiBuilder {
    Api::builder(binaries())
}

/// As deployed, but with shorter time-outs, so that tests with silent peers are fast.
fn with_short_timeouts() -> ApiBuilder {
    builder().env("DB_TRY_MS", "400").env("DB_CONNECT_MS", "400")
}

/// The answer, and how long it took.
async fn timed(request: Request<'_>) -> (Answer, Duration) {
    let started = Instant::now();
    let answer = request.send().await;
    (answer, started.elapsed())
}

/// Inserts a task of this user directly into the database, before their others. Returns its id.
async fn seed(database: &Client, user: &str) -> Uuid {
    let sql = "with owner as (
                   insert into users (id, revision, pending_tasks) values ($1, 1, 1)
                   on conflict (id) do update set
                       revision = users.revision + 1, pending_tasks = users.pending_tasks + 1
                   returning revision
               )
               insert into tasks (owner_user_id, id, title, completed, position, created_at, updated_at, revision)
               select $1, $2, 'seed', false, 'd' || lpad(to_hex(x'ffffffffffff'::bigint - revision), 12, '0'),
                   clock_timestamp(), clock_timestamp(), revision
               from owner";
    let id = Uuid::now_v7();
    database.execute(sql, &[&user, &id]).await.unwrap();
    id
}

/// The user's revision: the number of their writes.
async fn revision(database: &Client, user: &str) -> i64 {
    let sql = "select coalesce((select revision from users where id = $1), 0)";
    database.query_one(sql, &[&user]).await.unwrap().get(0)
}

/// Asserts that every user's row has the right numbers of pending, completed and deleted tasks.
async fn assert_counted(database: &Client) {
    let sql = "select u.id, u.pending_tasks, u.completed_tasks, u.deleted_tasks,
                   count(t) filter (where t.deleted_at is null and not t.completed),
                   count(t) filter (where t.deleted_at is null and t.completed),
                   count(t) filter (where t.deleted_at is not null)
               from users u left join tasks t on t.owner_user_id = u.id group by u.id";
    for row in database.query(sql, &[]).await.unwrap() {
        let numbers = |from| (from..from + 3).map(|column| row.get(column)).collect::<Vec<i64>>();
        assert_eq!(numbers(1), numbers(4), "pending, completed and deleted tasks of {}", row.get::<_, String>(0));
    }
}

/// Asserts that nothing panicked and no request was a 500.
fn assert_calm(api: &Api) {
    let log = api.log().to_string();
    assert!(!log.contains("panicked") && !log.contains("\"status\":500"), "{log}");
}

/// Whether the answer says that the database cannot be reached, and that the client may retry.
fn is_honest_503(answer: &Answer) -> bool {
    answer.status == 503
        && answer.error_code() == Some("database_unavailable")
        && answer.header("retry-after").is_some()
}
