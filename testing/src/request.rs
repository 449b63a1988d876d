use futures_util::{StreamExt, stream};
use serde_json::Value;

use crate::{Answer, Api, gateway::HttpRequest, token::Token};

impl Api {
    /// A signed-in user. The id is the subject of the token, so any text will do.
    pub fn user(&self, id: &str) -> User<'_> {
        User::new(self, id)
    }

    /// A `GET` without a token.
    pub fn get(&self, target: &str) -> Request<'_> {
        self.request("GET", target)
    }

    /// A request without a token.
    pub fn request(&self, method: &str, target: &str) -> Request<'_> {
        Request::new(self, method, target)
    }
}

/// A user of the API, signed in.
#[derive(Clone)]
pub struct User<'a> {
    api: &'a Api,
    id: String,
    token: String,
}

impl<'a> User<'a> {
    fn new(api: &'a Api, id: &str) -> Self {
        Self { api, id: id.to_owned(), token: Token::of(id).sign() }
    }

    /// The subject of the token.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The token that goes with the user's requests.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// A `GET` of path and query, percent-encoded.
    pub fn get(&self, target: &str) -> Request<'a> {
        self.request("GET", target)
    }

    /// A `POST`.
    pub fn post(&self, target: &str) -> Request<'a> {
        self.request("POST", target)
    }

    /// A `PUT`.
    pub fn put(&self, target: &str) -> Request<'a> {
        self.request("PUT", target)
    }

    /// A `PATCH`.
    pub fn patch(&self, target: &str) -> Request<'a> {
        self.request("PATCH", target)
    }

    /// A `DELETE`.
    pub fn delete(&self, target: &str) -> Request<'a> {
        self.request("DELETE", target)
    }

    /// Any method.
    pub fn request(&self, method: &str, target: &str) -> Request<'a> {
        self.api.request(method, target).token(&self.token)
    }
}

/// A request that is being built.
#[derive(Clone)]
#[must_use = "nothing happens until it is sent"]
pub struct Request<'a> {
    api: &'a Api,
    http: HttpRequest,
}

impl<'a> Request<'a> {
    fn new(api: &'a Api, method: &str, target: &str) -> Self {
        let headers = vec![("user-agent".to_owned(), "tests".to_owned())];
        Self { api, http: HttpRequest { method: method.to_owned(), target: target.to_owned(), headers, body: vec![] } }
    }

    /// Adds a header. Headers with the same name are joined, as by any gateway.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.http.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets a JSON body and its content type.
    pub fn json(self, body: impl Into<Value>) -> Self {
        self.header("content-type", "application/json").body(&body.into().to_string())
    }

    /// Sets this body. The test must set a content type.
    pub fn body(self, body: &str) -> Self {
        self.bytes(body.as_bytes())
    }

    /// Sets a body that need not be text.
    pub fn bytes(mut self, body: &[u8]) -> Self {
        self.http.body = body.to_vec();
        self
    }

    /// Sets this bearer token, and replaces any other.
    pub fn token(self, token: &str) -> Self {
        self.without_token().header("authorization", &format!("Bearer {token}"))
    }

    /// Removes the token.
    pub fn without_token(mut self) -> Self {
        self.http.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("authorization"));
        self
    }

    /// The gateway's event for this request, for tests that change it.
    pub fn event(&self) -> Value {
        self.api.event(&self.http).expect("the request has a route")
    }

    /// Sends it through the gateway to the function that the route names.
    pub async fn send(self) -> Answer {
        self.api.answer(&self.http).await
    }
}

/// Sends several requests, up to `limit` of them at a time. The answers are in the order of the requests.
pub async fn concurrently<F: Future<Output = Answer>>(
    limit: usize,
    requests: impl IntoIterator<Item = F>,
) -> Vec<Answer> {
    stream::iter(requests).buffered(limit).collect().await
}

/// Runs all of them at once and waits for all. The results are in their order.
pub async fn concurrently_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    futures_util::future::join_all(futures).await
}

/// The same with a task for each, so that one that blocks does not stop the others.
pub async fn spawn_all<F>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    let tasks: Vec<_> = futures.into_iter().map(tokio::spawn).collect();
    let mut outputs = Vec::new();
    for task in tasks {
        outputs.push(task.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic())));
    }
    outputs
}
