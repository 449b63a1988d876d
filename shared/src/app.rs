//! Starts a function and answers its invocations. Nothing else here knows that it runs on Lambda.

use std::{panic::AssertUnwindSafe, time::Instant};

use futures_util::FutureExt as _;
use lambda_runtime::{LambdaEvent, service_fn};

use crate::{
    Error, Request, Response, Result,
    auth::{self, UserId, Verifier},
    config::{Config, Fatal, optional},
    db::Db,
    http, telemetry,
};

/// What lives as long as the function's process: one of each, made at its start.
pub struct App {
    /// The database.
    pub db: Db,
    tokens: Verifier,
}

impl App {
    /// Reads the settings, connects and fetches the issuer's keys, both at once, so that the first request finds them:
    /// Lambda's init phase has a full CPU and nobody waits. What cannot be reached does not fail the start; the
    /// requests will say so.
    pub async fn start() -> Result<Self, Fatal> {
        let config = Config::from_env()?;
        let app = Self { db: Db::new(config.database)?, tokens: Verifier::new(config.tokens)? };
        let (connected, ()) = tokio::join!(app.db.connect(), app.tokens.warm());
        if let Err(error) = connected {
            tracing::warn!(cause = error.cause(), "no connection at the start");
        }
        Ok(app)
    }

    /// The caller, who may address no tasks but their own.
    pub async fn authenticate(&self, request: &Request) -> Result<UserId> {
        let user = self.tokens.verify(auth::bearer(request)?).await?;
        if http::addresses(request, &user) { Ok(user) } else { Err(Error::Forbidden) }
    }
}

/// Runs a function: `start` once, then `handler` for every request, until Lambda ends the process.
pub async fn serve<S>(
    start: impl AsyncFnOnce() -> Result<S, Fatal>,
    handler: impl AsyncFn(&S, &Request) -> Result<Response>,
) -> Result<(), Fatal> {
    if optional("AWS_LAMBDA_RUNTIME_API").is_none() {
        return Err(Fatal::new("this is a Lambda function: run it on Lambda, or all of them here by `make dev`"));
    }
    telemetry::init()?;
    let state = start().await?;
    let (state, handler) = (&state, &handler);
    lambda_runtime::run(service_fn(async move |event: LambdaEvent<Request>| {
        Ok::<_, lambda_runtime::Error>(answer(state, handler, event).await)
    }))
    .await
    .map_err(|error| Fatal::new(format!("the Lambda runtime ended: {error}")))
}

/// One request: answered whatever happens, with one line in the log.
async fn answer<S>(
    state: &S,
    handler: &impl AsyncFn(&S, &Request) -> Result<Response>,
    event: LambdaEvent<Request>,
) -> Response {
    let started = Instant::now();
    let request = event.payload;
    let route = request.route().unwrap_or(&event.context.env_config.function_name);
    let request_id = request.id().unwrap_or(&event.context.request_id);
    // A panic would reach the client as the gateway's own error body. The state is fit for use afterwards: the
    // connection of an unfinished flight is not put back (db/flight.rs), and nothing else changes.
    let result = AssertUnwindSafe(handler(state, &request))
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Err(Error::Internal("panic: its message is on standard error".into())));
    let (response, failure) = match result {
        Ok(response) => (response, None),
        Err(error) => (error.response(), Some(error)),
    };
    telemetry::request(route, request_id, response.status_code, failure.as_ref(), started.elapsed());
    http::finish(response, request_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn panics((): &(), _: &Request) -> Result<Response> {
        panic!("on purpose")
    }

    #[tokio::test]
    async fn a_panic_is_answered_like_any_other_defect() {
        let event = LambdaEvent::new(Request::default(), lambda_runtime::Context::default());
        let response = answer(&(), &panics, event).await;
        assert_eq!(response.status_code, 500);
        assert!(serde_json::to_string(&response).unwrap().contains("internal"), "{response:?}");
    }
}
