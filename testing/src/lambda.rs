//! A function as Lambda runs it: the real binary, alone in its environment, fed through a
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

/// The longest that an invocation may take: API Gateway waits no longer than that for an integration.
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// What is deployed: a binary and its environment variables.
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
    /// The binary with the variables that Lambda sets, less its credentials, and nothing of this machine's
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>).
    ///
    /// In a run that tests what is deployed it is that artefact, and has the template's variables, too.
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

    /// With this variable, in place of one of that name. Where the template gives the variables, it gives all of them:
    /// only their values are the test's.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        if deployed::reaches(self.given.as_ref(), name) {
            self.env.insert(name.to_owned(), value.to_owned());
        }
        self
    }

    /// Without this variable; or with an empty one, which is what the template makes of a parameter that is not given.
    pub fn without_env(mut self, name: &str) -> Self {
        match &self.given {
            Some(given) if given.contains_key(name) => self.env.insert(name.to_owned(), String::new()),
            _ => self.env.remove(name),
        };
        self
    }

    /// With so much time for an invocation, as each is told. Here none is ended for taking longer.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Writing to this log, which several functions may share.
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

/// One running environment of a function. It ends with the value.
pub struct Lambda {
    name: String,
    process: Child,
    output: JoinSet<()>,
    log: Log,
    runtime_api: RuntimeApi,
    frozen: bool,
}

impl Lambda {
    /// Starts the process. It is not waited for: what it has to say, it says at the first invocation.
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

    /// Hands over one event, as JSON, and waits for the answer. An environment serves one at a time, which `&mut` says, and one
    /// that is frozen is thawed.
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

    /// Hands over an event while others may be running, as Lambda does on Managed Instances.
    pub fn submit(&self, event: &(dyn Display + Sync)) -> impl Future<Output = Result<Value, String>> + use<> {
        self.runtime_api.submit(event)
    }

    /// Announces the end, as Lambda does where it does.
    pub fn terminate(&self) {
        if let Some(pid) = self.pid() {
            process::send(pid, Signal::TERM);
        }
    }

    /// Waits for the process to end of itself, as one must whose settings are wrong. Its log is complete then.
    pub async fn exit(&mut self) -> ExitStatus {
        let exit = timeout(TIMEOUT, self.process.wait()).await;
        let Ok(status) = exit else { panic!("{} is still running; its log:\n{}", self.name, self.log) };
        self.rest_of_output().await;
        status.expect("the process is ours")
    }

    /// Stops the process until its next event, as Lambda does between two.
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

    /// The process, for signals.
    pub fn pid(&self) -> Option<u32> {
        self.process.id()
    }

    /// What the process has written so far.
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
    /// The function said so: its report of an invocation's or an initialisation's error.
    Reported(String),
    /// The process ended.
    Exited(ExitStatus),
    /// Nothing came within [`TIMEOUT`].
    TimedOut,
}

/// An invocation that failed. It prints with the log, which is where the reason stands.
pub struct LambdaError {
    function: String,
    /// What happened.
    pub cause: Cause,
    /// All that the function has written.
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
        let mut lambda = Lambda::spawn(&Function::new(Path::new("/bin/sleep"))).await; // which wants to know how long
        let error = lambda.invoke(&json!({})).await.unwrap_err();
        assert!(matches!(error.cause, Cause::Exited(status) if !status.success()));
        assert!(!error.log.lines().is_empty(), "{error}");
    }

    #[tokio::test]
    async fn the_environment_is_lambdas_and_not_ours() {
        let function = Function::new(Path::new("/usr/bin/env")).env("DATABASE_URL", "postgres://").without_env("TZ");
        let mut lambda = Lambda::spawn(&function).await;
        assert!(lambda.exit().await.success());
        let log = lambda.log().to_string();
        assert!(log.contains("AWS_LAMBDA_FUNCTION_NAME=env\n") && log.contains("DATABASE_URL=postgres://\n"), "{log}");
        assert!(!log.contains("CARGO") && !log.contains("TZ="), "{log}");
    }

    #[tokio::test]
    async fn what_the_template_gives_is_all_there_is() {
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
