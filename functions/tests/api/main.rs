//! The API through its front door: an API Gateway event in, the answer out, the real binaries, a real Postgres. Each
//! test has a database and processes of its own.
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

/// Where Cargo has put the binaries of this package.
fn binaries() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_health")).parent().expect("a binary is in a directory")
}

fn builder() -> ApiBuilder {
    Api::builder(binaries())
}

async fn start() -> Api {
    builder().start().await
}

/// A new task of the user's.
async fn create(user: &User<'_>, title: &str) -> Value {
    let answer = user.post("/api/me/tasks").json(json!({ "title": title })).send().await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json().clone()
}

/// The revision that a task is at.
fn revision(task: &Value) -> i64 {
    task["revision"].as_i64().expect("a task has a revision")
}

/// The entity tag of a task at a revision.
fn tag(revision: i64) -> String {
    format!("\"2.{revision}\"")
}

/// How many rows a table has.
async fn count(api: &Api, table: &str) -> i64 {
    let sql = format!("select count(*) from {table}");
    api.database().connect().await.query_one(&sql, &[]).await.unwrap().get(0)
}

/// The path of a task, as its owner addresses it.
fn path(task: &Value) -> String {
    format!("/api/me/tasks/{}", task["id"].as_str().expect("a task has an id"))
}
