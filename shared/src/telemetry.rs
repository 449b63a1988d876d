//! What is told to the log: JSON lines, as CloudWatch Logs Insights reads them.

use std::time::Duration;

use tracing::level_filters::LevelFilter;

use crate::{
    Error,
    config::{Fatal, optional},
};

/// Starts the log on standard output. `LOG_LEVEL` is `trace`, `debug`, `info` (the default), `warn`, `error` or `off`.
pub fn init() -> Result<(), Fatal> {
    let level = match optional("LOG_LEVEL") {
        None => LevelFilter::INFO,
        Some(level) => level.parse().map_err(|_| {
            Fatal::new(format!("LOG_LEVEL is {level:?} and must be trace, debug, info, warn, error or off"))
        })?,
    };
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .with_max_level(level)
        .init();
    Ok(())
}

/// The one line of a request. Of a failure of ours it says the cause, which the client is not told; of the caller and
/// of what was sent it says nothing.
pub fn request(route: &str, request_id: &str, status: u16, failure: Option<&Error>, duration: Duration) {
    let duration_ms = duration.as_secs_f64() * 1000.0;
    let code = failure.map(Error::code);
    match failure.and_then(Error::cause) {
        Some(cause) if status >= 500 => {
            tracing::error!(request_id, route, status, duration_ms, code, cause, "request");
        }
        cause => tracing::info!(request_id, route, status, duration_ms, code, cause, "request"),
    }
}
