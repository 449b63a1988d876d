//! What the tests of the task API share. They test the API as clients use it: an HTTP request becomes the event that
//! API Gateway would make of it. The event goes to the real binary through a Lambda Runtime API. The binary uses a real
//! Postgres.
//!
//! ```no_run
//! # async fn test(binaries: &std::path::Path) {
//! let api = testing::Api::start(binaries).await;
//! let (alice, bob) = (api.user("alice"), api.user("bob"));
//!
//! let body = serde_json::json!({ "title": "Buy milk" });
//! let created = alice.post("/api/me/tasks").json(body).send().await;
//! assert_eq!(created.status, 201, "{created:?}");
//!
//! let task = created.header("location").unwrap();
//! assert_eq!(alice.get(task).send().await.json(), created.json());
//! assert_eq!(bob.get(task).send().await.error_code(), Some("not_found"));
//! # }
//! ```
//!
//! - [`Api`]: the whole API for one test: a database, and the functions, which start when they are first called.
//! - [`User`] and [`Request`]: who calls, and what. [`Answer`] is the checked answer.
//! - [`routes`]: which function answers which path, in the table of `cargo lambda watch` and in the other documents.
//! - [`openapi`]: checks every answer against `openapi.yaml`. [`yaml`] reads that file.
//! - [`gateway`]: turns requests into events, as API Gateway or as cargo-lambda does.
//! - [`lambda`]: one process of a function with its own Runtime API.
//! - [`postgres`]: a migrated database for the length of a test, and database roles to test its row-level security.
//! - [`postgres::Cluster`] and [`pgbouncer`]: the test's own server, which can crash, and a pooler. [`authority`] signs
//!   the certificates of both.
//! - [`proxy`]: stands between a function and the database, counts round trips, and breaks connections on demand.
//! - [`better_auth`]: a server that signs users in and issues their tokens.
//! - [`parameter_store`]: a local server in the place of AWS's Parameter Store.
//! - [`schemathesis`]: random requests, generated from `openapi.yaml`.
//! - [`tls_front`]: direct TLS (`sslnegotiation=direct`) in front of a server that does not have it.
//! - [`token`]: valid and invalid bearer tokens, and the keys that sign them.
//! - [`jwks`]: an issuer that publishes keys, or fails.
#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::panic,
    clippy::return_self_not_must_use,
    clippy::unwrap_used,
    reason = "its callers are tests: a failure here must end the test and say where"
)]

pub mod authority;
pub mod better_auth;
pub mod gateway;
pub mod jwks;
pub mod lambda;
pub mod openapi;
pub mod parameter_store;
pub mod pgbouncer;
pub mod postgres;
pub mod proxy;
pub mod routes;
pub mod schemathesis;
pub mod tls_front;
pub mod token;
pub mod yaml;

mod answer;
mod api;
mod daemon;
mod listener;
mod process;
mod request;

pub use answer::Answer;
pub use api::{Api, ApiBuilder};
pub use request::{Request, User, concurrently, concurrently_all, spawn_all};

/// Prints a line that is also shown when the test passes. Cargo hides everything else that a passing test prints.
pub fn tell(line: &str) {
    use std::io::Write as _;

    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Whether tests may take minutes. `make test-full` sets `FAULTS=long`.
pub fn is_long() -> bool {
    std::env::var("FAULTS").as_deref() == Ok("long")
}

/// Says why a test has not tested anything.
pub fn skip(reason: &str) {
    tell(&format!("skipped: {reason}"));
}
