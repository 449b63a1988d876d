//! What is told to the outside of a request: one line in the log, its metrics, and its time at the database in the
//! trace. Nothing of it says who asked or what was sent.

mod metrics;
mod record;
mod xray;

use std::sync::atomic::{AtomicBool, Ordering};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _};

pub(crate) use self::record::{Pepper, Record};

use self::{
    metrics::{Measured, Metrics},
    xray::Daemon,
};
use crate::settings::{Fatal, optional};

/// Where a process tells it.
pub(crate) struct Telemetry {
    metrics: Option<Metrics>,
    traces: Option<Daemon>,
    /// No request has been answered yet.
    cold: AtomicBool,
}

impl Telemetry {
    /// Starts the log on standard output, where Lambda reads JSON lines. `LOG_LEVEL` is `trace`, `debug`, `info` (the
    /// default), `warn`, `error` or `off`. It is for our own lines: what the libraries say is told from `warn` on,
    /// because the Lambda runtime traces whole events, with the tokens in them.
    pub(crate) fn start() -> Result<Self, Fatal> {
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
        let ours = env!("CARGO_CRATE_NAME");
        let levels = Targets::new().with_default(level.min(LevelFilter::WARN)).with_target(ours, level);
        tracing_subscriber::registry().with(levels).with(lines).init();
        Ok(Self { metrics: Metrics::from_env(), traces: Daemon::from_env(), cold: AtomicBool::new(true) })
    }

    /// A request has been answered. Of a failure of ours the log learns the cause, which the client is not told.
    pub(crate) fn answered(&self, request: &Answered<'_>, record: &Record) {
        let cold_start = self.cold.swap(false, Ordering::Relaxed);
        let duration = record.duration();
        request.log(record, cold_start);
        if let Some(metrics) = &self.metrics {
            metrics.tell(&Measured {
                duration,
                failed: request.status >= 500,
                cold_start,
                database: record.database(),
            });
        }
        if let (Some(traces), Some(trace), Some(database)) = (&self.traces, request.trace, record.database()) {
            traces.tell(trace, &database, request.status >= 500);
        }
    }
}

/// A request and its answer, as the log may know them.
pub(crate) struct Answered<'a> {
    /// Method and path pattern.
    pub(crate) route: &'a str,
    /// The gateway's id of it.
    pub(crate) id: &'a str,
    /// The header that X-Ray hands on, `Root=…;Parent=…;Sampled=1`.
    pub(crate) trace: Option<&'a str>,
    pub(crate) status: u16,
    /// The error's, as the client reads it.
    pub(crate) code: Option<&'a str>,
    /// What the client is not told.
    pub(crate) cause: Option<&'a str>,
}

impl Answered<'_> {
    /// One line: an error where we have failed.
    fn log(&self, record: &Record, cold_start: bool) {
        let Self { route, id: request_id, status, code, cause, .. } = *self;
        let duration_ms = milliseconds(record.duration());
        let database = record.database();
        let tries = database.as_ref().map(|database| database.tries);
        let database_ms = database.as_ref().map(|database| milliseconds(database.duration));
        let (trace, owner) = (self.trace.and_then(xray::root), record.owner());
        // The level of a line is a constant, so there are two of them, with the same fields.
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(
                    request_id,
                    trace,
                    route,
                    status,
                    duration_ms,
                    cold_start,
                    tries,
                    database_ms,
                    owner,
                    code,
                    cause,
                    "request"
                )
            };
        }
        if cause.is_some() && status >= 500 { line!(error) } else { line!(info) }
    }
}

/// To a microsecond, which is as much as anybody reads.
fn milliseconds(duration: std::time::Duration) -> f64 {
    f64::from(u32::try_from(duration.as_micros()).unwrap_or(u32::MAX)) / 1000.0
}
