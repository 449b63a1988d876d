//! What is told to the log: JSON lines, as CloudWatch Logs Insights reads them.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Instant,
};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use crate::{
    Error,
    config::{Fatal, optional},
};

/// Starts the log on standard output. `LOG_LEVEL` is `trace`, `debug`, `info` (the default), `warn`, `error` or `off`.
/// It is for our own lines: what the libraries say is told from `warn` on, because the Lambda runtime traces whole events,
/// with the tokens in them.
pub fn init() -> Result<(), Fatal> {
    let level = match optional("LOG_LEVEL") {
        None => LevelFilter::INFO,
        Some(level) => level.parse().map_err(|_| {
            Fatal::new(format!("LOG_LEVEL is {level:?} and must be trace, debug, info, warn, error or off"))
        })?,
    };
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false);
    let levels = Targets::new().with_default(level.min(LevelFilter::WARN)).with_target(env!("CARGO_CRATE_NAME"), level);
    tracing_subscriber::registry().with(levels).with(lines).init();
    Ok(())
}

/// What happens to a request on its way, for its line in the log.
#[derive(Debug)]
pub(crate) struct Record {
    began: Instant,
    tries: AtomicU32,
}

impl Default for Record {
    fn default() -> Self {
        Self { began: Instant::now(), tries: AtomicU32::new(0) }
    }
}

impl Record {
    /// It is tried at the database, once more.
    pub(crate) fn tries(&self) {
        self.tries.fetch_add(1, Ordering::Relaxed);
    }
}

/// The one line of a request. Of a failure of ours it says the cause, which the client is not told; of the caller and
/// of what was sent it says nothing.
pub(crate) fn request(route: &str, request_id: &str, status: u16, failure: Option<&Error>, record: &Record) {
    let duration_ms = record.began.elapsed().as_secs_f64() * 1000.0;
    let tries = Some(record.tries.load(Ordering::Relaxed)).filter(|tries| *tries > 0);
    let code = failure.map(Error::code);
    match failure.and_then(Error::cause) {
        Some(cause) if status >= 500 => {
            tracing::error!(request_id, route, status, duration_ms, tries, code, cause, "request");
        }
        cause => tracing::info!(request_id, route, status, duration_ms, tries, code, cause, "request"),
    }
}
