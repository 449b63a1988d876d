use std::{fmt, time::Duration};

use serde_json::Value;
use testing::lambda::Log;

use crate::IN_TIME;

/// The results of the chaos test.
#[derive(Debug, Default)]
pub(in crate::chaos) struct Figures {
    pub(super) requests: usize,
    pub(super) acknowledged: usize,
    pub(super) changes: usize,
    pub(super) lost: usize,
    pub(super) doubled: usize,
    pub(super) toggled_twice: usize,
    pub(super) untrue: usize,
    pub(super) unlike: usize,
    pub(super) unexpected: usize,
    pub(super) unavailable: usize,
    pub(super) unavailable_without_outage: usize,
    pub(super) late: usize,
    pub(super) tries: u64,
    pub(super) panics: usize,
    pub(super) slowest: Duration,
}

impl Figures {
    /// Adds what the functions log. They know how long a request took, while the client may have waited for an
    /// execution environment.
    pub(in crate::chaos) fn with_log(mut self, log: &Log) -> Self {
        for line in log.lines() {
            self.panics += usize::from(line.contains("panicked"));
            let line: Value = serde_json::from_str(&line).unwrap_or_default();
            let took = Duration::from_secs_f64(line["duration_ms"].as_f64().unwrap_or_default() / 1000.0);
            self.slowest = self.slowest.max(took);
            self.late += usize::from(took > IN_TIME);
            self.tries += line["tries"].as_u64().unwrap_or_default();
        }
        self
    }

    fn bad(&self) -> [(&'static str, usize); 9] {
        [
            ("acknowledged writes lost", self.lost),
            ("writes that were not requested, done twice, or incomplete", self.doubled),
            ("toggles among them", self.toggled_twice),
            ("answers with a task as it never was", self.untrue),
            ("answers to a key that differ from its first", self.unlike),
            ("unexpected answers", self.unexpected),
            ("503s outside of an outage", self.unavailable_without_outage),
            ("requests past their deadline", self.late),
            ("panics", self.panics),
        ]
    }

    pub(in crate::chaos) fn assert_good(&self) {
        assert!(self.bad().iter().all(|(_, count)| *count == 0), "{self}");
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { requests, acknowledged, changes, unavailable, slowest, tries, .. } = self;
        write!(f, "  {requests} requests, {acknowledged} writes acknowledged, {changes} changes, {unavailable} 503s")?;
        write!(f, ", {tries} attempts, slowest {slowest:.1?}")?;
        self.bad().iter().try_for_each(|(what, count)| write!(f, "\n  {what}: {count}"))
    }
}
