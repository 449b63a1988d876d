//! The measuring: all cases take turns, so that whatever else the machine does meets all of them alike.

use std::{
    thread,
    time::{Duration, Instant},
};

use crate::{
    cases::Case,
    process::{Cost, Process},
};

/// How often each case is started.
const STARTS: usize = 40;
/// How often each case is started to be kept warm, and what it is asked there.
const WARM_STARTS: usize = 6;
const WARM_UP: usize = 100;
const BATCHES: usize = 5;
const BATCH: u32 = 100;

/// What was seen of one case.
#[derive(Default)]
pub(crate) struct Seen {
    init: Vec<Cost>,
    first: Vec<Duration>,
    warm: Vec<Duration>,
    /// Of one request, as the mean of a batch.
    cpu: Vec<Duration>,
    peak_memory: Vec<u64>,
}

impl Seen {
    pub(crate) fn init_wall(&self) -> Duration {
        median(self.init.iter().map(|cost| cost.wall))
    }

    pub(crate) fn init_cpu(&self) -> Duration {
        median(self.init.iter().map(|cost| cost.cpu))
    }

    pub(crate) fn first(&self) -> Duration {
        median(self.first.iter().copied())
    }

    pub(crate) fn p50(&self) -> Duration {
        percentile(self.warm.iter().copied(), 50)
    }

    pub(crate) fn p99(&self) -> Duration {
        percentile(self.warm.iter().copied(), 99)
    }

    pub(crate) fn cpu(&self) -> Duration {
        median(self.cpu.iter().copied())
    }

    /// In MB (10⁶ bytes).
    pub(crate) fn peak_memory(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "it is no number of petabytes")]
        let bytes = median(self.peak_memory.iter().copied()) as f64;
        bytes / 1e6
    }
}

/// Starts, each with a first request where that can succeed.
pub(crate) fn starts(cases: &[Case], seen: &mut [Seen]) {
    for _ in 0..STARTS {
        for (case, seen) in cases.iter().zip(&mut *seen) {
            let mut process = Process::start(&case.binary, &case.variables);
            seen.init.push(process.init);
            if case.answers() {
                seen.first.push(process.invoke(&case.event(), case.status));
            }
        }
    }
}

/// Requests to a process that has had many.
pub(crate) fn warm(cases: &[Case], seen: &mut [Seen]) {
    for _ in 0..WARM_STARTS {
        for (case, seen) in cases.iter().zip(&mut *seen).filter(|(case, _)| case.answers()) {
            let mut process = Process::start(&case.binary, &case.variables);
            for _ in 0..WARM_UP {
                process.invoke(&case.event(), case.status);
            }
            for _ in 0..BATCHES {
                batch(&mut process, case, seen);
            }
            seen.peak_memory.push(process.peak_memory());
        }
    }
}

fn batch(process: &mut Process, case: &Case, seen: &mut Seen) {
    settle(process);
    let before = process.cpu();
    for _ in 0..BATCH {
        seen.warm.push(process.invoke(&case.event(), case.status));
    }
    settle(process);
    seen.cpu.push(process.cpu().saturating_sub(before) / BATCH);
}

/// Waits until the process rests: what it has used is counted when it leaves the processor.
fn settle(process: &Process) {
    let began = Instant::now();
    let mut before = process.cpu();
    while began.elapsed() < Duration::from_millis(50) {
        thread::sleep(Duration::from_millis(1));
        let now = process.cpu();
        if now == before {
            return;
        }
        before = now;
    }
}

fn median<T: Ord + Copy>(values: impl Iterator<Item = T>) -> T {
    percentile(values, 50)
}

fn percentile<T: Ord + Copy>(values: impl Iterator<Item = T>, percent: usize) -> T {
    let mut sorted: Vec<_> = values.collect();
    sorted.sort_unstable();
    sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)]
}
