//! Measures all cases in turns, in another order each time. So other work on the machine, and what the previous case
//! left in the caches, affects all of them equally.

use std::{
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

use crate::{
    cases::Case,
    database::Database,
    process::{Cost, Process, spent},
};

/// How often each case is started.
const STARTS: usize = 40;
/// The pause before a start, in which Postgres cleans up after the previous case on the same processor.
const QUIET: Duration = Duration::from_millis(10);
/// How often each case is started for warm requests, and how many requests each start gets.
const WARM_STARTS: usize = 8;
const WARM_UP: usize = 100;
const BATCHES: usize = 5;
const BATCH: u32 = 100;

/// The measurements of one case.
#[derive(Default)]
pub(crate) struct Seen {
    init: Vec<Cost>,
    first: Vec<Duration>,
    warm: Vec<Duration>,
    /// For one request, as the mean of a batch: first on the same processor as the benchmark and the database, then on
    /// its own processor.
    cpu: Vec<Duration>,
    cpu_alone: Vec<Duration>,
    /// The same for the server's process, on the same processor as the function and the benchmark.
    server: Vec<Duration>,
    /// The bytes that a batch has added to the log.
    logged: Vec<u64>,
    peak_memory: Vec<u64>,
}

impl Seen {
    /// No measurements yet, for each case.
    pub(crate) fn of_none(cases: &[Case]) -> Vec<Self> {
        cases.iter().map(|_| Self::default()).collect()
    }

    pub(crate) fn init_wall(&self) -> Duration {
        least(self.init.iter().map(|cost| cost.wall))
    }

    pub(crate) fn init_cpu(&self) -> Duration {
        least(self.init.iter().map(|cost| cost.cpu))
    }

    pub(crate) fn first(&self) -> Duration {
        least(self.first.iter().copied())
    }

    /// From the start of the process to its first answer.
    pub(crate) fn cold(&self) -> Duration {
        least(self.init.iter().zip(&self.first).map(|(init, first)| init.wall + *first))
    }

    pub(crate) fn p50(&self) -> Duration {
        percentile(self.warm.iter().copied(), 50)
    }

    pub(crate) fn p99(&self) -> Duration {
        percentile(self.warm.iter().copied(), 99)
    }

    pub(crate) fn cpu(&self) -> Duration {
        least(self.cpu.iter().copied())
    }

    pub(crate) fn cpu_alone(&self) -> Duration {
        least(self.cpu_alone.iter().copied())
    }

    pub(crate) fn server(&self) -> Duration {
        least(self.server.iter().copied())
    }

    /// The bytes that a request adds to the log.
    pub(crate) fn logged(&self) -> u64 {
        median(self.logged.iter().copied()) / u64::from(BATCH)
    }

    /// In MB (10⁶ bytes).
    pub(crate) fn peak_memory(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "it is much less than a petabyte")]
        let bytes = median(self.peak_memory.iter().copied()) as f64;
        bytes / 1e6
    }
}

/// Measures starts, each with a first request if that can succeed.
pub(crate) fn starts(cases: &[Case], seen: &mut [Seen]) {
    for round in 0..STARTS {
        for n in order(round, cases.len()) {
            let (case, seen) = (&cases[n], &mut seen[n]);
            let served = case.served();
            thread::sleep(QUIET);
            let mut process = Process::start(&case.binary, &case.variables);
            // They share a processor, so the start waited while the benchmark used it.
            process.init.wall = process.init.wall.saturating_sub(case.served().saturating_sub(served));
            seen.init.push(process.init);
            if case.answers() {
                seen.first.push(process.invoke(&case.event(), case.status));
            }
        }
    }
}

/// Measures warm requests.
pub(crate) fn warm(cases: &[Case], seen: &mut [Seen], database: &Database) {
    for round in 0..WARM_STARTS {
        for n in order(round, cases.len()).into_iter().filter(|n| cases[*n].answers()) {
            let (case, seen) = (&cases[n], &mut seen[n]);
            let mut process = Process::start(&case.binary, &case.variables);
            warm_up(&mut process, case);
            let backends = database.backends();
            for _ in 0..BATCHES {
                let (logged, server) = (process.logged(), cpu_of(&backends));
                let cpu = batch(&mut process, case, |took| seen.warm.push(took));
                seen.cpu.push(cpu);
                seen.server.push(cpu_of(&backends).saturating_sub(server) / BATCH);
                seen.logged.push(process.logged() - logged);
            }
            process.move_away();
            warm_up(&mut process, case);
            for _ in 0..BATCHES {
                seen.cpu_alone.push(batch(&mut process, case, |_| {}));
            }
            seen.peak_memory.push(process.peak_memory());
        }
    }
}

/// All numbers below `count`, in an order that looks random and is the same in every run.
fn order(round: usize, count: usize) -> Vec<usize> {
    let mut numbers: Vec<_> = (0..count).collect();
    numbers.sort_by_key(|n| ((n + 1) * 0x9e37 + (round + 1) * 0x85eb).wrapping_mul(0xc2b2_ae35) % 65_521);
    numbers
}

fn warm_up(process: &mut Process, case: &Case) {
    for _ in 0..WARM_UP {
        process.invoke(&case.event(), case.status);
    }
}

/// The processor time of one request, as the mean of many. `tell` gets the duration of each.
fn batch(process: &mut Process, case: &Case, mut tell: impl FnMut(Duration)) -> Duration {
    settle(process);
    let before = process.cpu();
    for _ in 0..BATCH {
        tell(process.invoke(&case.event(), case.status));
    }
    settle(process);
    process.cpu().saturating_sub(before) / BATCH
}

/// The processor time that these processes have used so far.
fn cpu_of(processes: &[PathBuf]) -> Duration {
    processes.iter().filter_map(|process| spent(process)).sum()
}

/// Waits until the process sleeps, because the kernel counts its time when it leaves the processor.
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

/// The 10th percentile, because other processes on the machine can only add time.
fn least<T: Ord + Copy>(values: impl Iterator<Item = T>) -> T {
    percentile(values, 10)
}

fn median<T: Ord + Copy>(values: impl Iterator<Item = T>) -> T {
    percentile(values, 50)
}

fn percentile<T: Ord + Copy>(values: impl Iterator<Item = T>, percent: usize) -> T {
    let mut sorted: Vec<_> = values.collect();
    sorted.sort_unstable();
    sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)]
}

/// Measures starts and warm requests of all cases.
pub(crate) fn all(cases: &[Case], database: &Database) -> Vec<Seen> {
    let mut seen = Seen::of_none(cases);
    starts(cases, &mut seen);
    warm(cases, &mut seen, database);
    seen
}
