//! The API through its front door: an API Gateway event in, the answer out, the real binaries, a real Postgres. Each
//! test has a database and processes of its own.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod addressing;
mod attacks;
mod better_auth;
mod blank;
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
mod list;
mod model;
mod order;
mod preconditions;
mod round_trips;
mod schema;
mod secrets;
mod start;
mod telemetry;
mod tokens;

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

/// The path of a task, as its owner addresses it.
fn path(task: &Value) -> String {
    format!("/api/me/tasks/{}", task["id"].as_str().expect("a task has an id"))
}
