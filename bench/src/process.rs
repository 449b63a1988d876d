//! One process of a function, and what the kernel knows about its use of resources.

use std::{
    fs,
    io::Read,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use rustix::{
    process::Pid,
    thread::{CpuSet, sched_getaffinity, sched_setaffinity},
};
use serde_json::Value;

use crate::runtime_api::{Call, RuntimeApi};

/// How long a process may need to go to sleep after its poll. The wait adds no processor time.
const REST: Duration = Duration::from_millis(2);

/// A running function that waits for an event.
pub(crate) struct Process {
    child: Child,
    runtime_api: RuntimeApi,
    poll: Option<Call>,
    logged: Arc<AtomicU64>,
    /// The time from the start to the first poll, and its processor time.
    pub(crate) init: Cost,
}

/// Wall-clock time and processor time.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
}

impl Process {
    /// Starts a binary as Lambda does, with these variables, and waits for its first poll.
    pub(crate) fn start(binary: &Path, variables: &[(String, String)]) -> Self {
        let runtime_api = RuntimeApi::listen();
        let mut command = Command::new(binary);
        command
            .env_clear()
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_LAMBDA_FUNCTION_NAME", "bench")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/bench")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef")
            .env("AWS_LAMBDA_RUNTIME_API", runtime_api.address())
            .env("AWS_REGION", "eu-central-1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit());
        let began = Instant::now();
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{}: {error}", binary.display()));
        // On Lambda the log is read, too.
        let (log, logged) = (child.stdout.take().expect("it is piped"), Arc::new(AtomicU64::new(0)));
        thread::spawn({
            let logged = Arc::clone(&logged);
            move || count(log, &logged)
        });
        let poll = runtime_api.call().unwrap_or_else(|| panic!("{} does not start", binary.display()));
        let wall = poll.at - began;
        let init = Cost { wall, cpu: Duration::ZERO };
        let mut process = Self { child, runtime_api, poll: Some(poll), logged, init };
        thread::sleep(REST);
        process.init.cpu = process.cpu();
        process
    }

    /// Sends one event. Returns the time until the first byte of the answer, which must have this status.
    pub(crate) fn invoke(&mut self, event: &str, status: u64) -> Duration {
        self.answer(event, status).0
    }

    /// The same, and returns the answer, too.
    pub(crate) fn answer(&mut self, event: &str, status: u64) -> (Duration, Value) {
        let poll = self.poll.take().expect("it polls between events");
        let began = Instant::now();
        poll.hand_over(event);
        let answer = self.runtime_api.call().expect("every event is answered");
        let took = answer.at - began;
        let body = check(&answer, status);
        answer.accept();
        self.poll = self.runtime_api.call();
        (took, body)
    }

    /// Moves it to a processor that the benchmark and the database do not use.
    pub(crate) fn move_away(&self) {
        let ours = sched_getaffinity(None).expect("the kernel tells");
        for task in fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("it runs, on Linux").flatten() {
            let id = task.file_name().to_str().and_then(|id| id.parse().ok()).and_then(Pid::from_raw);
            let another = (0..CpuSet::MAX_CPU).filter(|processor| !ours.is_set(*processor)).find(|processor| {
                let mut alone = CpuSet::new();
                alone.set(*processor);
                sched_setaffinity(id, &alone).is_ok()
            });
            another.expect("the machine has two processors, and `taskset` has left one free");
        }
    }

    /// The processor time that all its threads have used so far.
    pub(crate) fn cpu(&self) -> Duration {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("it runs, on Linux");
        tasks.flatten().filter_map(|task| spent(&task.path())).sum()
    }

    /// How many bytes it has written to its log so far.
    pub(crate) fn logged(&self) -> u64 {
        self.logged.load(Ordering::Relaxed)
    }

    /// Its peak memory, in bytes.
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs, on Linux");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the kernel counts");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") * 1024
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The processor time that a thread has used. `task` is its directory in `/proc`.
pub(crate) fn spent(task: &Path) -> Option<Duration> {
    let text = fs::read_to_string(task.join("schedstat")).ok()?;
    Some(Duration::from_nanos(text.split(' ').next()?.parse().ok()?))
}

fn count(mut log: impl Read, bytes: &AtomicU64) {
    let mut buffer = [0; 8192];
    while let Ok(length @ 1..) = log.read(&mut buffer) {
        bytes.fetch_add(length as u64, Ordering::Relaxed);
    }
}

fn check(answer: &Call, status: u64) -> Value {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let text = || String::from_utf8_lossy(&answer.body).into_owned();
    assert!(answer.path.ends_with("/response"), "{}: {}", answer.path, text());
    assert_eq!(body["statusCode"].as_u64(), Some(status), "{}", text());
    body
}
