//! Metrics in CloudWatch's embedded format: lines in the log that CloudWatch reads the numbers from
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>).
//! Nothing is called, nothing waits, and an idle function sends none.

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

/// The one dimension. CloudWatch charges for every combination of dimensions; the log has the routes.
const SERVICE: &str = "Service";

/// Where the numbers go.
pub(super) struct Metrics {
    service: String,
    format: Mutex<Emf>,
}

/// The numbers of a request.
pub(super) struct Measured {
    pub(super) duration: Duration,
    /// The answer was a 5xx.
    pub(super) failed: bool,
    pub(super) cold_start: bool,
    pub(super) database: Option<DatabaseTime>,
}

impl Metrics {
    /// `METRICS_NAMESPACE` is CloudWatch's namespace; without it there are none. `SERVICE_NAME` is the value of the
    /// dimension `Service`, `task-api` if unset.
    pub(super) fn from_env() -> Option<Self> {
        let namespace = optional("METRICS_NAMESPACE")?;
        let format = Emf::builder(namespace, vec![vec![SERVICE.to_owned()]]).build();
        let service = optional("SERVICE_NAME").unwrap_or_else(|| "task-api".to_owned());
        Some(Self { service, format: Mutex::new(format) })
    }

    /// Writes the line. That it cannot be written is nothing that a request could do anything about.
    pub(super) fn tell(&self, measured: &Measured) {
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
        if let Some(DatabaseTime { duration, tries, .. }) = database {
            writer.value("DatabaseTime", &AsMilliseconds::from(*duration));
            writer.value("DatabaseRetries", &AsCount::from(tries.saturating_sub(1)));
        }
    }
}
