//! Tests of the whole API: an API Gateway event goes in, the answer comes out. The binaries and Postgres are real. Each
//! test has its own database and its own processes.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod account;
mod addressing;
mod attacks;
mod batch;
mod better_auth;
mod blank;
mod changes;
mod concurrency;
mod conformance;
mod contract;
mod docs;
mod documents;
mod events;
mod exactly_once;
mod fields;
mod input;
mod isolation;
mod key_sets;
mod keys;
mod list;
mod model;
mod order;
mod preconditions;
mod purge;
mod round_trips;
mod schema;
mod secrets;
mod start;
mod telemetry;
mod tokens;
mod trash;

use std::path::Path;

use serde_json::{Value, json};
use testing::{Api, ApiBuilder, User};

/// The directory of this package's binaries.
fn binaries() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_health")).parent().expect("a binary is in a directory")
}

fn builder() -> ApiBuilder {
    Api::builder(binaries())
}

async fn start() -> Api {
    builder().start().await
}

/// Creates a task of this user.
async fn create(user: &User<'_>, title: &str) -> Value {
    let answer = user.post("/api/me/tasks").json(json!({ "title": title })).send().await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json().clone()
}

/// A task's revision.
fn revision(task: &Value) -> i64 {
    task["revision"].as_i64().expect("a task has a revision")
}

/// The entity tag of a task at a revision.
fn tag(revision: i64) -> String {
    format!("\"2.{revision}\"")
}

/// The number of rows in a table.
async fn count(api: &Api, table: &str) -> i64 {
    let sql = format!("select count(*) from {table}");
    api.database().connect().await.query_one(&sql, &[]).await.unwrap().get(0)
}

/// The path of a task, for its owner.
fn path(task: &Value) -> String {
    format!("/api/me/tasks/{}", task["id"].as_str().expect("a task has an id"))
}
