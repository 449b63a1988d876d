//! What is reported about a request: one line in the log, its metrics, and its time at the database in the trace. None
//! of it says what was sent, or who sent it.

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

/// Where a process reports its requests.
pub(crate) struct Telemetry {
    metrics: Option<Metrics>,
    traces: Option<Daemon>,
    /// Whether no request has been answered yet.
    cold: AtomicBool,
}

impl Telemetry {
    /// Starts the log on standard output, where Lambda reads JSON lines. `LOG_LEVEL` is `trace`, `debug`, `info` (the
    /// default), `warn`, `error` or `off`. It applies to our own lines. Libraries log from `warn` on, because the
    /// Lambda runtime logs whole events with their tokens at lower levels.
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

    /// Reports an answered request. The log gets the cause of an error; the client does not.
    pub(crate) fn answered(&self, request: &Answered<'_>, record: &Record) {
        let cold_start = self.cold.swap(false, Ordering::Relaxed);
        let duration = record.duration();
        request.log(record, cold_start);
        if let Some(metrics) = &self.metrics {
            metrics.write(&Measured {
                duration,
                failed: request.status >= 500,
                cold_start,
                database: record.database(),
            });
        }
        if let (Some(traces), Some(trace), Some(database)) = (&self.traces, request.trace, record.database()) {
            traces.send(trace, &database, request.status >= 500);
        }
    }
}

/// What may be logged of a request and its answer.
pub(crate) struct Answered<'a> {
    /// Method and path pattern.
    pub(crate) route: &'a str,
    /// The gateway's id of the request.
    pub(crate) id: &'a str,
    /// X-Ray's header, `Root=…;Parent=…;Sampled=1`.
    pub(crate) trace: Option<&'a str>,
    pub(crate) status: u16,
    /// The code of an error, as the client reads it.
    pub(crate) code: Option<&'a str>,
    /// The cause of an error, which the client does not get.
    pub(crate) cause: Option<&'a str>,
}

impl Answered<'_> {
    /// Writes one line. Its level is `error` if the failure is ours.
    fn log(&self, record: &Record, cold_start: bool) {
        let Self { route, id: request_id, status, code, cause, .. } = *self;
        let duration_ms = milliseconds(record.duration());
        let database = record.database();
        let tries = database.as_ref().map(|database| database.attempts);
        let database_ms = database.as_ref().map(|database| milliseconds(database.duration));
        let (trace, owner) = (self.trace.and_then(xray::root), record.owner());
        // `tracing` needs the level as a constant, so there are two such lines with the same fields.
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

/// In milliseconds, to a microsecond.
fn milliseconds(duration: std::time::Duration) -> f64 {
    f64::from(u32::try_from(duration.as_micros()).unwrap_or(u32::MAX)) / 1000.0
}
