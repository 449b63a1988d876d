//! Starts a function and serves its events. This is the only module that knows the Lambda runtime.

use std::{
    panic::AssertUnwindSafe,
    process,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use futures_util::FutureExt as _;
use lambda_runtime::{Diagnostic, LambdaEvent, LambdaInvocation, Runtime, Service, service_fn, tower::layer::layer_fn};
use serde::de::IgnoredAny;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::RwLock,
    time::{Instant, timeout, timeout_at},
};

use crate::{
    auth::{self, Jwks, TokenConfig, Verifier},
    db::{DatabaseConfig, Db},
    error::{Error, Result},
    http::{self, Event, Request, Response, Unknown, UnknownInput},
    parameter_store::ParameterStore,
    settings::{Fatal, Settings, optional},
    tasks::Caller,
    telemetry::{Answered, Pepper, Telemetry},
};

/// How long a start waits for the database. Lambda gives the init phase a whole processor, which the handshakes can
/// use. A connection takes four to six round trips. If the database is asleep or down, the start does not wait longer:
/// the connection continues to open while the first request is read and its token is verified.
const CONNECT_AHEAD: Duration = Duration::from_millis(250);

/// Lambda's limit. It is used if the event does not name an end in the future, as with `cargo lambda watch`.
const LONGEST_INVOCATION: Duration = Duration::from_mins(15);

/// Each request holds this lock for reading until Lambda has its answer. The code that holds it for writing
/// (`close_on_sigterm`) knows that no request is in flight, and that none can begin.
static IN_FLIGHT: RwLock<()> = RwLock::const_new(());

/// How long a request may take. The variables are in milliseconds.
#[derive(Clone, Copy)]
pub struct TimeConfig {
    /// `REQUEST_BUDGET_MS`: the time after which the client gets a 503, 500 to 25,000; the default is 8,000. That is
    /// enough for a failed attempt, then a Neon compute that takes 3 s to wake, then another attempt. With more,
    /// execution environments would only fill up with waiting requests, and Lambda bills each of them by the
    /// millisecond. API Gateway gives up after 30 s.
    pub budget: Duration,
    /// `REQUEST_MARGIN_MS`: how much earlier than the end of the invocation the answer must be ready, 50 to 5,000; the
    /// default is 500. Lambda names that end in each event. The answer is sent within the margin. A function with
    /// little memory has only a part of a processor, and so needs longer for that.
    pub margin: Duration,
}

impl TimeConfig {
    fn new(settings: &Settings) -> Result<Self, Fatal> {
        Ok(Self {
            budget: settings.milliseconds("REQUEST_BUDGET_MS", 8_000, 500..=25_000)?,
            margin: settings.milliseconds("REQUEST_MARGIN_MS", 500, 50..=5_000)?,
        })
    }
}

/// What lives as long as the process: one of each, made at the start.
pub struct App {
    /// The database.
    pub db: Db,
    tokens: Verifier,
    time: TimeConfig,
    pepper: Option<Pepper>,
}

impl App {
    /// Reads the settings, opens a connection and fetches the issuer's keys, so that the first request need not wait
    /// for them. A start does not fail if the database or the issuer cannot be reached, because requests answer that
    /// with a 503. It fails if Parameter Store cannot be read.
    pub async fn start() -> Result<&'static Self, Fatal> {
        let (secrets, issuer) = (ParameterStore::from_env()?, auth::issuer()?.map(Arc::new));
        let key_fetch = tokio::spawn(warm(issuer.clone()));
        let settings = settings(secrets.as_ref()).await?;
        let app: &'static Self = Box::leak(Box::new(Self {
            db: database(&settings, secrets)?,
            tokens: Verifier::new(TokenConfig::new(&settings, issuer)?)?,
            time: TimeConfig::new(&settings)?,
            pepper: Pepper::from_settings(&settings)?,
        }));
        let _ = tokio::join!(timeout(CONNECT_AHEAD, app.db.open_ahead()), key_fetch);
        app.close_on_sigterm()?;
        Ok(app)
    }

    /// The caller of a request. A path that names another user is a 403.
    pub async fn authenticate(&self, request: &Request) -> Result<Caller> {
        let deadline = self.deadline(request);
        let token = http::bearer(request)?;
        let verified = timeout_at(deadline, self.tokens.verify(token)).await;
        let user = verified.unwrap_or(Err(auth::Error::KeysUnavailable))?;
        if let Some(pepper) = &self.pepper {
            request.record.set_owner(user.as_str(), pepper);
        }
        if !http::addresses(request, &user)? {
            return Err(Error::Forbidden);
        }
        Ok(Caller { user, deadline, record: Arc::clone(&request.record) })
    }

    /// The latest moment for the answer: the end of the budget, or a margin before Lambda ends the invocation,
    /// whichever is earlier. An end in the past is ignored, because `cargo lambda watch` names one in 1970.
    fn deadline(&self, request: &Request) -> Instant {
        let left = request.ends.and_then(|end| end.duration_since(SystemTime::now()).ok());
        let limit = left.map_or(self.time.budget, |left| self.time.budget.min(left.saturating_sub(self.time.margin)));
        Instant::now() + limit
    }

    /// Closes the connections when Lambda ends the execution environment. Lambda announces that with SIGTERM only if an
    /// extension is registered in it, and on Managed Instances. Otherwise it kills the process, and Postgres finds out
    /// by its own time-out. We do not register an extension for this, because every cold start would pay for a request
    /// to the Extensions API.
    ///
    /// Requests in flight get their answers first, because an answer is worth more than a clean close. There is no
    /// limit here: Lambda kills a process that has not ended after 300 ms, or after 500 ms with an internal extension
    /// (<https://github.com/aws-samples/graceful-shutdown-with-aws-lambda>).
    fn close_on_sigterm(&'static self) -> Result<(), Fatal> {
        let mut sigterm = signal(SignalKind::terminate())
            .map_err(|error| Fatal::new(format!("cannot listen for SIGTERM: {error}")))?;
        tokio::spawn(async move {
            sigterm.recv().await;
            let _nothing_in_flight = IN_FLIGHT.write().await;
            self.db.close().await;
            process::exit(0);
        });
        Ok(())
    }
}

async fn settings(secrets: Option<&ParameterStore>) -> Result<Settings, Fatal> {
    match secrets {
        Some(secrets) => Ok(Settings::with_parameters(secrets.fetch().await.map_err(Fatal::new)?)),
        None => Ok(Settings::default()),
    }
}

fn database(settings: &Settings, secrets: Option<ParameterStore>) -> Result<Db, Fatal> {
    // The variable has precedence over Parameter Store. A URL from the variable does not change. Only a URL from
    // Parameter Store can.
    let rotating = secrets.filter(|_| optional("DATABASE_URL").is_none());
    Db::new(&DatabaseConfig::new(settings)?, rotating)
}

async fn warm(issuer: Option<Arc<Jwks>>) {
    if let Some(issuer) = issuer {
        issuer.warm().await;
    }
}

/// Runs a function: `start` once, then `handler` for each request, until Lambda ends the process. It serves one request
/// at a time. On Managed Instances it serves as many as Lambda says, all on one thread.
pub async fn serve<S, F>(
    start: impl AsyncFnOnce() -> Result<S, Fatal>,
    handler: impl Fn(S, Request) -> F + Clone + Send + Sync + 'static,
) -> Result<(), Fatal>
where
    S: Copy + Send + Sync + 'static,
    F: Future<Output = Result<Response>> + Send + 'static,
{
    let telemetry = start_telemetry()?;
    let unknown_input = UnknownInput::from_env()?;
    let state = Box::pin(start()).await?; // boxed, so that its memory is freed afterwards
    // Boxed, because the runtime wraps the future in so many layers that the type exceeds the compiler's recursion
    // limit.
    let service = service_fn(move |event: LambdaEvent<Event>| {
        answer(telemetry, unknown_input, state, handler.clone(), event).map(Ok::<_, lambda_runtime::Error>).boxed()
    });
    Runtime::new(service)
        .layer(layer_fn(track_in_flight))
        .run_concurrent()
        .await
        .map_err(|error| Fatal::new(format!("the Lambda runtime ended: {error}")))
}

/// Runs a function that a schedule starts: `work` once for each invocation, with the time by which it should stop by
/// itself. If it fails, the invocation fails: Lambda retries it twice, and counts it among the function's errors.
pub async fn serve_schedule<F>(work: impl Fn(&'static Db, Instant) -> F + Clone + Send + 'static) -> Result<(), Fatal>
where
    F: Future<Output = Result<()>> + Send,
{
    start_telemetry()?;
    let secrets = ParameterStore::from_env()?;
    let settings = settings(secrets.as_ref()).await?;
    let margin = TimeConfig::new(&settings)?.margin;
    let db: &'static Db = Box::leak(Box::new(database(&settings, secrets)?));
    let service = service_fn(move |event: LambdaEvent<IgnoredAny>| {
        let end = UNIX_EPOCH.checked_add(Duration::from_millis(event.context.deadline));
        let left = end.and_then(|end| end.duration_since(SystemTime::now()).ok()).unwrap_or(LONGEST_INVOCATION);
        let outcome = work(db, Instant::now() + left.saturating_sub(margin));
        async move { outcome.await.map_err(|error| diagnostic(&error)) }
    });
    lambda_runtime::run(service).await.map_err(|error| Fatal::new(format!("the Lambda runtime ended: {error}")))
}

/// Logs why a scheduled invocation failed, and reports it to Lambda.
fn diagnostic(error: &Error) -> Diagnostic {
    let (code, cause) = (error.code(), error.cause().unwrap_or_default());
    tracing::error!(code, cause, "the scheduled run has failed");
    Diagnostic { error_type: code.to_owned(), error_message: cause.to_owned() }
}

/// Starts the log, the metrics and the traces. It fails outside of Lambda.
fn start_telemetry() -> Result<&'static Telemetry, Fatal> {
    if optional("AWS_LAMBDA_RUNTIME_API").is_none() {
        return Err(Fatal::new(
            "this is a Lambda function: run it on Lambda, or run `make dev` to start all functions on this machine",
        ));
    }
    Ok(Box::leak(Box::new(Telemetry::start()?)))
}

/// Holds [`IN_FLIGHT`] during an invocation. The inner service ends when Lambda has received the answer.
fn track_in_flight<S>(
    runtime: S,
) -> impl Service<LambdaInvocation, Response = (), Error = lambda_runtime::Error, Future: Send> + Clone + Send + 'static
where
    S: Service<LambdaInvocation, Response = (), Error = lambda_runtime::Error, Future: Send> + Clone + Send + 'static,
{
    service_fn(move |invocation| {
        let mut runtime = runtime.clone();
        async move {
            let _in_flight = IN_FLIGHT.read().await;
            runtime.call(invocation).await
        }
    })
}

/// Answers one request, whatever happens, and writes its line in the log.
async fn answer<S, F>(
    telemetry: &Telemetry,
    unknown_input: UnknownInput,
    state: S,
    handler: impl Fn(S, Request) -> F,
    LambdaEvent { payload: Event { mut request, verdict }, context, .. }: LambdaEvent<Event>,
) -> Response
where
    F: Future<Output = Result<Response>>,
{
    let route = request.route().unwrap_or(&context.env_config.function_name).to_owned();
    let id = request.id().unwrap_or(&context.request_id).to_owned();
    request.ends = UNIX_EPOCH.checked_add(Duration::from_millis(context.deadline));
    let record = Arc::clone(&request.record);
    let unknown = Arc::new(Unknown::new(unknown_input));
    request.unknown = Arc::clone(&unknown);
    // Without this, a client would get the gateway's error body after a panic. The state can be used afterwards: a
    // handler changes nothing in it but the pool, and the pool takes its connection back.
    let result = AssertUnwindSafe(async {
        verdict?;
        handler(state, request).await
    })
    .catch_unwind()
    .await
    .unwrap_or_else(|_| Err(Error::Internal("panic: its message is on standard error".into())));
    let (response, failure) = match result {
        Ok(response) => (response, None),
        Err(error) => (http::error_answer(&error), Some(error)),
    };
    let answered = Answered {
        route: &route,
        id: &id,
        trace: context.xray_trace_id.as_deref(),
        status: response.status_code,
        code: failure.as_ref().map(Error::code),
        cause: failure.as_ref().and_then(Error::cause),
    };
    telemetry.answered(&answered, &record);
    http::finish(response, &id, &unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn panics((): (), _: Request) -> Result<Response> {
        panic!("on purpose")
    }

    #[tokio::test]
    async fn a_panic_is_answered_like_any_other_defect() {
        let event = Event { request: Request::default(), verdict: Ok(()) };
        let event = LambdaEvent::new(event, lambda_runtime::Context::default());
        let response = answer(&Telemetry::start().unwrap(), UnknownInput::Refuse, (), panics, event).await;
        assert_eq!(response.status_code, 500);
        assert!(serde_json::to_string(&response).unwrap().contains("internal"), "{response:?}");
    }
}
