//! What the tests of the task API share. They come in through the front door: an HTTP request becomes the event that
//! API Gateway would make of it, goes to the real binary through a Lambda Runtime API, and meets a real Postgres.
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
//! - [`Api`]: the whole, for one test: a database of its own and the functions, started when they are first called.
//! - [`User`] and [`Request`]: who calls, and what; [`Answer`] is what comes back, as `openapi.yaml` describes it.
//! - [`routes`]: which function answers which path, read from where `cargo lambda watch` reads it, and the other places
//!   that say so.
//! - [`openapi`]: what `openapi.yaml` says of them, against which every answer is held; [`yaml`] reads it.
//! - [`gateway`]: requests as events: API Gateway's, or cargo-lambda's, which differ.
//! - [`lambda`]: one process of a function behind a Runtime API of its own.
//! - [`postgres`]: a migrated database that is gone when the test ends, and logins to try its walls with.
//! - [`postgres::Cluster`] and [`pgbouncer`]: a server of the test's own that can crash, and a pooler; [`authority`] signs
//!   the certificates of both.
//! - [`proxy`]: a wire between function and database that counts round trips, and breaks when it is told to.
//! - [`better_auth`]: a server that signs users in and issues their tokens.
//! - [`parameter_store`]: AWS's place for secrets.
//! - [`schemathesis`]: random requests, made of `openapi.yaml`.
//! - [`tls_front`]: direct TLS, as `sslnegotiation=direct` asks for, in front of a server without.
//! - [`token`]: bearer tokens, good and bad, and the keys that sign them.
//! - [`jwks`]: an issuer that publishes keys, or fails to.
#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::panic,
    clippy::return_self_not_must_use,
    clippy::unwrap_used,
    reason = "a harness that cannot go on ends the test and says where; its callers are tests, not programs"
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
pub use request::{Request, User, concurrently, concurrently_all, on_tasks_of_their_own};

/// Says something where everybody sees it: what a test prints is otherwise kept from those whose tests pass.
pub fn tell(line: &str) {
    use std::io::Write as _;

    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Whether there is time for what takes minutes: `make test-full` sets `FAULTS=long`.
pub fn is_long() -> bool {
    std::env::var("FAULTS").as_deref() == Ok("long")
}

/// Says why a test has not tested anything.
pub fn skip(reason: &str) {
    tell(&format!("skipped: {reason}"));
}
