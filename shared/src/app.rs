//! Starts a function and answers its invocations. Nothing else here knows that it runs on Lambda.

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

/// How long a start waits for the database. Lambda gives the init phase a whole processor, which a handshake can use;
/// a connection takes four to six round trips. A database that is asleep or down is waited for no longer: the
/// connection goes on being opened while the first request is read and its token checked.
const HEAD_START: Duration = Duration::from_millis(250);

/// Lambda's limit, for where no end is named that is still to come (by `cargo lambda watch`).
const LONGEST_INVOCATION: Duration = Duration::from_mins(15);

/// Held for reading by every request in flight, until Lambda has its answer. Whoever gets it for writing knows that there
/// is none, and lets no other begin.
static IN_FLIGHT: RwLock<()> = RwLock::const_new(());

/// How long a request may take. The variables are in milliseconds.
#[derive(Clone, Copy)]
pub struct TimeConfig {
    /// `REQUEST_BUDGET_MS`: after how long the client gets its 503, 500 to 25,000; 8,000 if unset. Enough for a compute
    /// that wakes in 3 s, with a try before and one after; more would only fill every environment with requests that
    /// wait, and each of them is paid for by the millisecond. The gateway gives up after 30 s.
    pub budget: Duration,
    /// `REQUEST_MARGIN_MS`: how much earlier than the invocation's end, which Lambda names with each, 50 to 5,000; 500
    /// if unset: what the answer takes to leave, also at a small function's share of a processor.
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

/// What lives as long as the function's process: one of each, made at its start.
pub struct App {
    /// The database.
    pub db: Db,
    tokens: Verifier,
    time: TimeConfig,
    pepper: Option<Pepper>,
}

impl App {
    /// Reads the settings and connects, and fetches the issuer's keys meanwhile, so that the first request finds all of
    /// it: nobody waits yet. What cannot be reached does not fail the start, the requests will say so; but without its
    /// secrets a function is nothing.
    pub async fn start() -> Result<&'static Self, Fatal> {
        let (secrets, issuer) = (ParameterStore::from_env()?, auth::issuer()?.map(Arc::new));
        let warming = tokio::spawn(warm(issuer.clone()));
        let settings = settings(secrets.as_ref()).await?;
        let app: &'static Self = Box::leak(Box::new(Self {
            db: database(&settings, secrets)?,
            tokens: Verifier::new(TokenConfig::new(&settings, issuer)?)?,
            time: TimeConfig::new(&settings)?,
            pepper: Pepper::from_settings(&settings)?,
        }));
        let _ = tokio::join!(timeout(HEAD_START, app.db.open_ahead()), warming);
        app.close_at_the_end()?;
        Ok(app)
    }

    /// The caller, who may address no tasks but their own.
    pub async fn authenticate(&self, request: &Request) -> Result<Caller> {
        let deadline = self.deadline(request);
        let token = http::bearer(request)?;
        let verified = timeout_at(deadline, self.tokens.verify(token)).await;
        let user = verified.unwrap_or(Err(auth::Error::KeysUnavailable))?;
        if let Some(pepper) = &self.pepper {
            request.record.is_of(user.as_str(), pepper);
        }
        if !http::addresses(request, &user)? {
            return Err(Error::Forbidden);
        }
        Ok(Caller { user, deadline, record: Arc::clone(&request.record) })
    }

    /// When the request must have its answer: after its budget, or before Lambda ends the invocation. An end that has
    /// passed is none: `cargo lambda watch` names one in 1970.
    fn deadline(&self, request: &Request) -> Instant {
        let left = request.ends.and_then(|end| end.duration_since(SystemTime::now()).ok());
        let limit = left.map_or(self.time.budget, |left| self.time.budget.min(left.saturating_sub(self.time.margin)));
        Instant::now() + limit
    }

    /// Lambda announces the end of an environment by SIGTERM, if anything in it has registered as an extension, and on
    /// Managed Instances. (Without, it kills: then Postgres finds out by its own time-out. Registering for the sake of
    /// this would cost every cold start a request to the Extensions API.)
    ///
    /// What is in flight gets its answer first. There is no limit for that here: Lambda kills a process that has not ended
    /// in 300 ms, or in 500 ms where the extension runs inside it
    /// (<https://github.com/aws-samples/graceful-shutdown-with-aws-lambda>), and an answer is worth more than a goodbye.
    fn close_at_the_end(&'static self) -> Result<(), Fatal> {
        let mut end = signal(SignalKind::terminate())
            .map_err(|error| Fatal::new(format!("SIGTERM cannot be listened for: {error}")))?;
        tokio::spawn(async move {
            end.recv().await;
            let _none = IN_FLIGHT.write().await;
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
    // The environment goes first: a URL that stands there does not change.
    let rotating = secrets.filter(|_| optional("DATABASE_URL").is_none());
    Db::new(&DatabaseConfig::new(settings)?, rotating)
}

async fn warm(issuer: Option<Arc<Jwks>>) {
    if let Some(issuer) = issuer {
        issuer.warm().await;
    }
}

/// Runs a function: `start` once, then `handler` for every request, until Lambda ends the process. It serves one request
/// at a time, or on Managed Instances as many as Lambda says, all on one thread.
pub async fn serve<S, F>(
    start: impl AsyncFnOnce() -> Result<S, Fatal>,
    handler: impl Fn(S, Request) -> F + Clone + Send + Sync + 'static,
) -> Result<(), Fatal>
where
    S: Copy + Send + Sync + 'static,
    F: Future<Output = Result<Response>> + Send + 'static,
{
    let telemetry = telemetry()?;
    let unknown_input = UnknownInput::from_env()?;
    let state = Box::pin(start()).await?; // boxed to be gone afterwards
    // Boxed, because the runtime wraps the future so often that its type is deeper than the compiler looks.
    let service = service_fn(move |event: LambdaEvent<Event>| {
        answer(telemetry, unknown_input, state, handler.clone(), event).map(Ok::<_, lambda_runtime::Error>).boxed()
    });
    Runtime::new(service)
        .layer(layer_fn(counted))
        .run_concurrent()
        .await
        .map_err(|error| Fatal::new(format!("the Lambda runtime ended: {error}")))
}

/// Runs a function that a schedule starts: `work` once for each invocation, with the moment at which it should end by
/// itself. Where it fails, so does the invocation: Lambda tries it twice more, and counts it among the function's errors.
pub async fn serve_schedule<F>(work: impl Fn(&'static Db, Instant) -> F + Clone + Send + 'static) -> Result<(), Fatal>
where
    F: Future<Output = Result<()>> + Send,
{
    telemetry()?;
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

/// What Lambda is told of an invocation that has failed, and the log.
fn diagnostic(error: &Error) -> Diagnostic {
    let (code, cause) = (error.code(), error.cause().unwrap_or_default());
    tracing::error!(code, cause, "what the schedule asked for has failed");
    Diagnostic { error_type: code.to_owned(), error_message: cause.to_owned() }
}

/// The log and what else is told, if this is a Lambda function's process.
fn telemetry() -> Result<&'static Telemetry, Fatal> {
    if optional("AWS_LAMBDA_RUNTIME_API").is_none() {
        return Err(Fatal::new("this is a Lambda function: run it on Lambda, or all of them here by `make dev`"));
    }
    Ok(Box::leak(Box::new(Telemetry::start()?)))
}

/// What the runtime does with an invocation ends when Lambda has taken the answer.
fn counted<S>(
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

/// One request: answered whatever happens, with one line in the log.
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
    // A panic would reach the client as the gateway's own error body. The state is fit for use afterwards: a handler
    // changes nothing in it but the pool, which takes its connection back.
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
