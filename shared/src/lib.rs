//! What every function of the task API shares, in layers. Each layer uses the layers below it, and none above.
//! tests/layers.rs checks this, and docs/architecture.md shows the same table.
//!
//! | layer | what it holds |
//! |---|---|
//! | [`app`] | starts a function and serves its events; the only place that knows the Lambda runtime |
//! | [`tasks`] | what a task is, and one call for each operation |
//! | [`http`] | requests and answers: path, query, headers, bodies |
//! | [`error`] | every error that a client can get: status, code, sentence |
//! | [`auth`], [`db`] | the token's verification; the connection pool, the call and its retries |
//! | `parameter_store`, `https`, `tls` | secrets from AWS, and connections to other servers |
//! | `telemetry` | the log, metrics and traces |
//! | [`settings`], [`json`] | variables, and strict JSON |
//!
//! A request goes: [`serve`] → [`App::authenticate`] → parse ([`tasks`]) → one call ([`db`]) → answer ([`http`]).

pub mod app;
pub mod auth;
pub mod db;
pub mod error;
pub mod http;
mod https;
pub mod json;
mod parameter_store;
pub mod settings;
pub mod tasks;
mod telemetry;
mod tls;

pub use app::{App, serve, serve_schedule};
pub use error::{Error, Result};
pub use http::{Request, Response};
pub use settings::Fatal;
