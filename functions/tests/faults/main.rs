//! The API while its database, and the wire to it, fail: every request is answered as if nothing had happened, is done
//! exactly once and in time, for as long as the database can be reached at all.
//!
//! - [`matrix`]: every operation under every fault at every moment, and with the server killed under it.
//! - [`storm`]: many users and devices through random faults, held to what each of them was told. `FAULTS=long` makes it
//!   a long one, `FAULTS_SEED` repeats one. [`leaks`] looks at what it leaves behind.
//! - [`cold`], [`init`], [`recycling`]: what connections cost and when they are opened, kept and given up.
//! - [`deadline`]: who waits how long. [`environment`]: what Lambda does to the process.
//! - [`pooled`]: the same through `PgBouncer`. [`poisoned`]: what other clients of it leave in a session.
//! - [`tls`]: whom a function believes to be its database.
//!
//! Each test has several threads, because who drops a database waits for it, and Postgres drops none while somebody is
//! half-way through authentication: which the proxies of the same test may have to bring to its end.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod cold;
mod deadline;
mod environment;
mod init;
mod leaks;
mod matrix;
mod operations;
mod poisoned;
mod pooled;
mod recycling;
mod server;
mod storm;
mod tls;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use testing::{Answer, Api, ApiBuilder, Request};
use tokio_postgres::Client;
use uuid::Uuid;

/// The budget of a request, and what a busy machine adds.
const IN_TIME: Duration = Duration::from_millis(8_500);

/// Where Cargo has put the binaries of this package.
fn binaries() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_health")).parent().expect("a binary is in a directory")
}

fn builder() -> ApiBuilder {
    Api::builder(binaries())
}

/// As deployed, but sooner tired of a peer that says nothing: where that is the point, nobody wants to wait for it.
fn impatient() -> ApiBuilder {
    builder().env("DB_TRY_MS", "400").env("DB_CONNECT_MS", "400")
}

/// The answer, and how long it took.
async fn timed(request: Request<'_>) -> (Answer, Duration) {
    let started = Instant::now();
    let answer = request.send().await;
    (answer, started.elapsed())
}

/// A new task of a user's, past the API and ahead of their others: its id.
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

/// How many writes of the user's there have been.
async fn revision(database: &Client, user: &str) -> i64 {
    let sql = "select coalesce((select revision from users where id = $1), 0)";
    database.query_one(sql, &[&user]).await.unwrap().get(0)
}

/// Nothing has gone wrong that no client may see.
fn assert_calm(api: &Api) {
    let log = api.log().to_string();
    assert!(!log.contains("panicked") && !log.contains("\"status\":500"), "{log}");
}

/// Answered as if the database could not be reached: that is for whoever asks to try again.
fn is_honest_503(answer: &Answer) -> bool {
    answer.status == 503
        && answer.error_code() == Some("database_unavailable")
        && answer.header("retry-after").is_some()
}
