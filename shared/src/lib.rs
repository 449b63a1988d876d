//! What every function of the task API shares, floor by floor: each uses those below it and none above. (A test holds the
//! order: tests/floors.rs.)
//!
//! | floor | what it is |
//! |---|---|
//! | [`app`] | starts a function and answers its invocations; the only place that meets the Lambda runtime |
//! | [`tasks`] | what a task is, which are asked for, one call an operation, and the answers that show them |
//! | [`http`] | the request in its parts, and the shapes of the answers |
//! | [`error`] | every way to fail, as status, code and sentence; it gathers the errors of the floors below |
//! | [`auth`], [`db`] | bearer token → verified claims → user; the pool, the call, and trying again. Each has settings and an error of its own, and knows nothing of HTTP or of the other |
//! | `parameter_store` | settings that nobody is to see, in AWS Parameter Store |
//! | `https`, `tls` | one exchange with the outside, and whom a connection there believes |
//! | `telemetry` | what is told of a request: the log, metrics, traces |
//! | [`settings`], [`json`] | where variables come from, and [`Fatal`]; JSON, read strictly. They know nobody |
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
