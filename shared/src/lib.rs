//! What every function of the task API shares. A request goes through the modules in this order:
//!
//! - [`app`]: starts a function and answers its invocations; the only place that meets the Lambda runtime.
//! - [`event`]: the request as API Gateway hands it over, and the response as it takes it back.
//! - [`auth`]: bearer token → verified claims → [`UserId`].
//! - [`json`]: what bodies and tokens have in common: JSON, read strictly.
//! - [`http`]: path, query, preconditions and body; the shapes of the answers.
//! - [`task`] and [`page`]: the parsed types. One that exists is valid.
//! - [`tasks`]: one call an operation, to the SQL function of its name (migrations/operations).
//! - [`db`]: the pool, the call (one transaction in one round trip), and trying again.
//! - `https` and `tls`: one exchange with the outside, and whom a connection there believes.
//! - [`error`]: every way to fail, as status, code and sentence.
//! - [`config`] and `secrets`: what is set from outside, in the environment or where nobody sees it.
//! - `telemetry`: what is told to the outside: the log, metrics, traces.

pub mod app;
pub mod auth;
pub mod config;
pub mod db;
pub mod error;
pub mod event;
pub mod http;
mod https;
pub mod json;
pub mod page;
mod secrets;
pub mod task;
pub mod tasks;
mod telemetry;
mod tls;

pub use app::{App, Caller, serve};
pub use auth::UserId;
pub use config::Fatal;
pub use error::{Error, Result};
pub use event::{Request, Response};
