//! Metrics in CloudWatch's embedded metric format: lines in the log from which CloudWatch reads the numbers
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>).
//! This makes no call, so no request waits for it. An idle function sends no metrics.

use std::{
    io::{self, Write as _},
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use metrique_writer::{
    Entry, EntryWriter,
    format::Format as _,
    unit::{AsCount, AsMilliseconds},
};
use metrique_writer_format_emf::Emf;

use super::record::DatabaseTime;
use crate::settings::optional;

/// The only dimension. CloudWatch charges for each combination of dimensions, so the route is only in the log.
const SERVICE: &str = "Service";

/// Writes the metrics.
pub(super) struct Metrics {
    service: String,
    format: Mutex<Emf>,
}

/// The metrics of one request.
pub(super) struct Measured {
    pub(super) duration: Duration,
    /// Whether the answer was a 5xx.
    pub(super) failed: bool,
    pub(super) cold_start: bool,
    pub(super) database: Option<DatabaseTime>,
}

impl Metrics {
    /// `METRICS_NAMESPACE` is CloudWatch's namespace. If it is not set, there are no metrics. `SERVICE_NAME` is the
    /// value of the dimension `Service`; the default is `task-api`.
    pub(super) fn from_env() -> Option<Self> {
        let namespace = optional("METRICS_NAMESPACE")?;
        let format = Emf::builder(namespace, vec![vec![SERVICE.to_owned()]]).build();
        let service = optional("SERVICE_NAME").unwrap_or_else(|| "task-api".to_owned());
        Some(Self { service, format: Mutex::new(format) })
    }

    /// Writes the line. If that fails, the error is ignored, because a request can do nothing about it.
    pub(super) fn write(&self, measured: &Measured) {
        let mut line = Vec::with_capacity(512);
        let mut format = self.format.lock().unwrap_or_else(PoisonError::into_inner);
        if format.format(&Line { service: &self.service, measured }, &mut line).is_ok() {
            let _ = io::stdout().write_all(&line);
        }
    }
}

struct Line<'m> {
    service: &'m str,
    measured: &'m Measured,
}

impl Entry for Line<'_> {
    fn write<'a>(&'a self, writer: &mut impl EntryWriter<'a>) {
        let Measured { duration, failed, cold_start, database } = self.measured;
        writer.timestamp(SystemTime::now());
        writer.value(SERVICE, self.service);
        writer.value("Requests", &AsCount::from(1_u32));
        writer.value("ServerErrors", &AsCount::from(u32::from(*failed)));
        writer.value("ColdStarts", &AsCount::from(u32::from(*cold_start)));
        writer.value("Duration", &AsMilliseconds::from(*duration));
        if let Some(DatabaseTime { duration, attempts, .. }) = database {
            writer.value("DatabaseTime", &AsMilliseconds::from(*duration));
            writer.value("DatabaseRetries", &AsCount::from(attempts.saturating_sub(1)));
        }
    }
}
