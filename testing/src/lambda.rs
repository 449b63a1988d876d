//! A function as Lambda runs it: the real binary in its own execution environment, with events from a
//! [Runtime API](https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).

mod deployed;
mod environments;
mod log;
mod runtime_api;

use std::{
    fmt::{self, Display},
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use rustix::process::Signal;
use serde_json::Value;
use tokio::{
    process::{Child, Command},
    task::JoinSet,
    time::{sleep, timeout},
};

use deployed::Variables;
pub use environments::Environments;
pub use log::Log;
use runtime_api::RuntimeApi;

use crate::process;

/// The limit for an invocation. API Gateway waits no longer for an integration.
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// A function: its binary and its variables.
#[derive(Clone, Debug)]
pub struct Function {
    name: String,
    binary: PathBuf,
    env: Variables,
    given: Option<Variables>,
    deadline: Duration,
    log: Log,
}

impl Function {
    /// The binary with the variables that Lambda sets, except credentials, and none of this machine's
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>).
    ///
    /// When release builds are tested, it is the release build, with the template's variables too.
    pub fn new(binary: &Path) -> Self {
        let name = binary.file_name().and_then(|name| name.to_str()).expect("a binary has a name");
        let binary = deployed::bootstrap(name).unwrap_or_else(|| binary.to_owned());
        Self::given(name, binary, deployed::variables(name))
    }

    fn given(name: &str, binary: PathBuf, given: Option<Variables>) -> Self {
        let mut env = lambdas_own(name);
        env.extend(given.clone().unwrap_or_default());
        Self { name: name.to_owned(), binary, env, given, deadline: TIMEOUT, log: Log::default() }
    }

    /// Sets a variable. If the variables come from the template, a test can only change the values of those that the
    /// template has.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        if deployed::reaches(self.given.as_ref(), name) {
            self.env.insert(name.to_owned(), value.to_owned());
        }
        self
    }

    /// Removes a variable. If it comes from the template it becomes empty instead, as for a stack parameter without a
    /// value.
    pub fn without_env(mut self, name: &str) -> Self {
        match &self.given {
            Some(given) if given.contains_key(name) => self.env.insert(name.to_owned(), String::new()),
            _ => self.env.remove(name),
        };
        self
    }

    /// Sets the deadline that each invocation is told. Here, an invocation that takes longer is not ended.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Writes to this log, which several functions may share.
    pub fn log_to(mut self, log: &Log) -> Self {
        self.log = log.clone();
        self
    }
}

fn lambdas_own(function: &str) -> Variables {
    let log_group = format!("/aws/lambda/{function}");
    let variables = [
        ("AWS_DEFAULT_REGION", runtime_api::REGION),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
        ("AWS_LAMBDA_FUNCTION_NAME", function),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", &log_group),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef"),
        ("AWS_REGION", runtime_api::REGION),
        ("LAMBDA_RUNTIME_DIR", "/var/runtime"),
        ("LAMBDA_TASK_ROOT", "/var/task"),
        ("LANG", "en_US.UTF-8"),
        ("PATH", "/usr/local/bin:/usr/bin/:/bin:/opt/bin"),
        ("TZ", ":UTC"),
        ("_HANDLER", "bootstrap"),
    ];
    variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// One running execution environment of a function. It ends when the value is dropped.
pub struct Lambda {
    name: String,
    process: Child,
    output: JoinSet<()>,
    log: Log,
    runtime_api: RuntimeApi,
    frozen: bool,
}

impl Lambda {
    /// Starts the process without waiting for it. A failed start shows at the first invocation.
    pub async fn spawn(function: &Function) -> Self {
        let runtime_api = RuntimeApi::serve(&function.name, function.deadline).await;
        let mut process = Command::new(&function.binary)
            .env_clear()
            .envs(&function.env)
            .env("AWS_LAMBDA_RUNTIME_API", runtime_api.address())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {}: {error}", function.binary.display()));
        let log = function.log.clone();
        let mut output = JoinSet::new();
        output.spawn(log.clone().follow(process.stdout.take().expect("it is piped")));
        output.spawn(log.clone().follow(process.stderr.take().expect("it is piped")));
        Self { name: function.name.clone(), process, output, log, runtime_api, frozen: false }
    }

    /// Sends one event (JSON) and waits for the answer. Thaws the process if it is frozen. `&mut`, because an execution
    /// environment serves one event at a time.
    pub async fn invoke(&mut self, event: &(dyn Display + Sync)) -> Result<Value, LambdaError> {
        self.thaw();
        let answer = self.runtime_api.invoke(event);
        let cause = tokio::select! {
            biased; // a process may answer and exit
            answer = answer => match answer {
                Ok(answer) => return Ok(answer),
                Err(report) => Cause::Reported(report),
            },
            status = self.process.wait() => Cause::Exited(status.expect("the process is ours")),
            () = sleep(TIMEOUT) => Cause::TimedOut,
        };
        if matches!(cause, Cause::Exited(_)) {
            self.rest_of_output().await;
        }
        Err(LambdaError { function: self.name.clone(), cause, log: self.log.clone() })
    }

    /// Sends an event while others may be running, as Lambda does on Managed Instances.
    pub fn submit(&self, event: &(dyn Display + Sync)) -> impl Future<Output = Result<Value, String>> + use<> {
        self.runtime_api.submit(event)
    }

    /// Sends the signal with which Lambda announces the end.
    pub fn terminate(&self) {
        if let Some(pid) = self.pid() {
            process::send(pid, Signal::TERM);
        }
    }

    /// Waits until the process ends by itself, as it must with wrong settings. Then its log is complete.
    pub async fn exit(&mut self) -> ExitStatus {
        let exit = timeout(TIMEOUT, self.process.wait()).await;
        let Ok(status) = exit else { panic!("{} is still running; its log:\n{}", self.name, self.log) };
        self.rest_of_output().await;
        status.expect("the process is ours")
    }

    /// Stops the process until its next event, as Lambda does between events.
    pub fn freeze(&mut self) {
        if let Some(pid) = self.pid() {
            process::send(pid, Signal::STOP);
            self.frozen = true;
        }
    }

    fn thaw(&mut self) {
        if let Some(pid) = self.pid().filter(|_| self.frozen) {
            process::send(pid, Signal::CONT);
            self.frozen = false;
        }
    }

    /// The process id.
    pub fn pid(&self) -> Option<u32> {
        self.process.id()
    }

    /// The log of the process so far.
    pub fn log(&self) -> &Log {
        &self.log
    }

    async fn rest_of_output(&mut self) {
        while self.output.join_next().await.is_some() {}
    }
}

/// Why an event has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// The function reported an error of the invocation or of its start.
    Reported(String),
    /// The process ended.
    Exited(ExitStatus),
    /// There was no answer within [`TIMEOUT`].
    TimedOut,
}

/// A failed invocation. It is printed with the log, because the log has the reason.
pub struct LambdaError {
    function: String,
    /// What happened.
    pub cause: Cause,
    /// The function's log.
    pub log: Log,
}

impl Display for LambdaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { function, cause, log } = self;
        match cause {
            Cause::Reported(report) => write!(f, "{function} reported {report}")?,
            Cause::Exited(status) => write!(f, "{function} ended with {status}")?,
            Cause::TimedOut => write!(f, "{function} did not answer in {} seconds", TIMEOUT.as_secs())?,
        }
        write!(f, "; its log:\n{log}")
    }
}

/// The same as [`Display`], because `unwrap` prints an error by `Debug`.
impl fmt::Debug for LambdaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

impl std::error::Error for LambdaError {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn a_process_that_ends_is_an_error_with_its_log() {
        let mut lambda = Lambda::spawn(&Function::new(Path::new("/bin/sleep"))).await; // it needs an argument
        let error = lambda.invoke(&json!({})).await.unwrap_err();
        assert!(matches!(error.cause, Cause::Exited(status) if !status.success()));
        assert!(!error.log.lines().is_empty(), "{error}");
    }

    #[tokio::test]
    async fn the_variables_are_lambdas_and_not_ours() {
        let function = Function::new(Path::new("/usr/bin/env")).env("DATABASE_URL", "postgres://").without_env("TZ");
        let mut lambda = Lambda::spawn(&function).await;
        assert!(lambda.exit().await.success());
        let log = lambda.log().to_string();
        assert!(log.contains("AWS_LAMBDA_FUNCTION_NAME=env\n") && log.contains("DATABASE_URL=postgres://\n"), "{log}");
        assert!(!log.contains("CARGO") && !log.contains("TZ="), "{log}");
    }

    #[tokio::test]
    async fn the_templates_variables_are_the_only_ones() {
        let given = [("LOG_LEVEL", "info"), ("DATABASE_URL", "postgres://theirs"), ("JWT_SECRET", "theirs")];
        let given = given.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let function = Function::given("list-tasks", "/usr/bin/env".into(), Some(given))
            .env("DATABASE_URL", "postgres://ours")
            .env("JWKS_URL", "ours")
            .env("DB_TRY_MS", "400")
            .without_env("JWT_SECRET");
        let mut lambda = Lambda::spawn(&function).await;
        assert!(lambda.exit().await.success());
        let log = lambda.log().to_string();
        for line in ["LOG_LEVEL=info\n", "DATABASE_URL=postgres://ours\n", "JWT_SECRET=\n", "DB_TRY_MS=400\n", "TZ="] {
            assert!(log.contains(line), "{line}: {log}");
        }
        assert!(!log.contains("JWKS_URL"), "{log}");
    }
}
