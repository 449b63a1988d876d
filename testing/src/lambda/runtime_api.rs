//! The [Runtime API](https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html) for one process.

use std::{
    collections::HashMap,
    fmt::Display,
    sync::{Arc, Mutex as SyncMutex},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{
    net::TcpListener,
    sync::{Mutex, mpsc, oneshot},
    task::JoinSet,
};
use uuid::Uuid;

/// The region that the functions are told.
pub(super) const REGION: &str = "eu-central-1";

/// The outcome of an event: the function's answer, or its error report.
type Outcome = Result<Bytes, Bytes>;

pub(super) struct RuntimeApi {
    address: String,
    events: mpsc::UnboundedSender<Invocation>,
    init_errors: mpsc::UnboundedReceiver<Bytes>,
    _server: JoinSet<()>,
}

struct Invocation {
    id: String,
    event: String,
    outcome: oneshot::Sender<Outcome>,
}

impl RuntimeApi {
    /// Listens on its own port until it is dropped. `deadline` is the time that each invocation is told to have.
    pub(super) async fn serve(function: &str, deadline: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("the loopback interface has a free port");
        let address = listener.local_addr().expect("it is bound").to_string();
        let (events, queue) = mpsc::unbounded_channel();
        let (init_error, init_errors) = mpsc::unbounded_channel();
        let state = State {
            arn: format!("arn:aws:lambda:{REGION}:123456789012:function:{function}"),
            deadline,
            queue: Mutex::new(queue),
            running: SyncMutex::default(),
            init_error,
        };
        let mut server = JoinSet::new();
        server.spawn(accept(listener, Arc::new(state)));
        Self { address, events, init_errors, _server: server }
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Sends an event and waits for the answer without a limit. An error is the function's report.
    pub(super) async fn invoke(&mut self, event: &(dyn Display + Sync)) -> Result<Value, String> {
        let answered = self.submit(event);
        tokio::select! {
            answer = answered => answer,
            Some(report) = self.init_errors.recv() => Err(text(&report)),
        }
    }

    /// The same for several events at once. It does not notice a failed start.
    pub(super) fn submit(&self, event: &(dyn Display + Sync)) -> impl Future<Output = Result<Value, String>> + use<> {
        let (outcome, answered) = oneshot::channel();
        let invocation = Invocation { id: Uuid::new_v4().to_string(), event: event.to_string(), outcome };
        self.events.send(invocation).unwrap_or_else(|_| panic!("the server runs as long as this"));
        async {
            let answer = answered.await.expect("the server runs as long as this").map_err(|report| text(&report))?;
            serde_json::from_slice(&answer).map_err(|_| format!("an answer that is not JSON: {}", text(&answer)))
        }
    }
}

fn text(report: &Bytes) -> String {
    String::from_utf8_lossy(report).into_owned()
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let state = Arc::clone(&state);
        connections.spawn(async move {
            let service = service_fn(|request| state.answer(request));
            // It fails when the process ends, and the owner of the process notices that.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// The server's state: the process fetches events here and returns answers.
struct State {
    arn: String,
    deadline: Duration,
    queue: Mutex<mpsc::UnboundedReceiver<Invocation>>,
    running: SyncMutex<HashMap<String, oneshot::Sender<Outcome>>>,
    init_error: mpsc::UnboundedSender<Bytes>,
}

impl State {
    async fn answer(&self, request: Request<Incoming>) -> hyper::Result<Response<Full<Bytes>>> {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let body = request.into_body().collect().await?.to_bytes();
        let path = path.strip_prefix("/2018-06-01/runtime/").unwrap_or_default();
        Ok(match (method, path.split('/').collect::<Vec<_>>().as_slice()) {
            (Method::GET, ["invocation", "next"]) => self.next().await,
            (Method::POST, ["invocation", id, "response"]) => self.finish(id, Ok(body)),
            (Method::POST, ["invocation", id, "error"]) => self.finish(id, Err(body)),
            (Method::POST, ["init", "error"]) => {
                let _ = self.init_error.send(body); // nobody may be waiting
                status(StatusCode::ACCEPTED)
            }
            _ => status(StatusCode::NOT_FOUND),
        })
    }

    /// Long polling: answers when there is an event.
    async fn next(&self) -> Response<Full<Bytes>> {
        let Some(Invocation { id, event, outcome }) = self.queue.lock().await.recv().await else {
            return status(StatusCode::GONE);
        };
        self.running.lock().unwrap().insert(id.clone(), outcome);
        Response::builder()
            .header("content-type", "application/json")
            .header("lambda-runtime-aws-request-id", id)
            .header("lambda-runtime-deadline-ms", deadline_ms(self.deadline).to_string())
            .header("lambda-runtime-invoked-function-arn", &self.arn)
            .header("lambda-runtime-trace-id", trace_id())
            .body(Full::from(event))
            .expect("these are headers")
    }

    fn finish(&self, id: &str, outcome: Outcome) -> Response<Full<Bytes>> {
        let Some(waiting) = self.running.lock().unwrap().remove(id) else {
            return status(StatusCode::BAD_REQUEST);
        };
        let _ = waiting.send(outcome); // the caller may have given up
        status(StatusCode::ACCEPTED)
    }
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from("{}"));
    *response.status_mut() = status;
    response
}

/// When Lambda would end the invocation, in milliseconds since 1970.
fn deadline_ms(left: Duration) -> u128 {
    (SystemTime::now() + left).duration_since(UNIX_EPOCH).expect("it is later than 1970").as_millis()
}

/// As in `Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1`.
fn trace_id() -> String {
    let (root, parent) = (Uuid::new_v4().simple().to_string(), Uuid::new_v4().simple().to_string());
    format!("Root=1-{:08x}-{};Parent={};Sampled=1", crate::token::now(), &root[..24], &parent[..16])
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        join,
        net::TcpStream,
    };

    use super::*;
    use crate::lambda::TIMEOUT;

    /// Sends one request as the process does. Returns the whole response, head and body.
    async fn call(address: &str, method: &str, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let length = body.len();
        let head = format!("{method} /2018-06-01/runtime/{path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
        stream.write_all(format!("{head}content-length: {length}\r\n\r\n{body}").as_bytes()).await.unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        response
    }

    /// Takes the next event and answers it at the path that ends with `end`. Returns what the process saw and what the
    /// caller got.
    async fn exchange(end: &str, answer: &str) -> (String, Result<Value, String>) {
        let mut runtime_api = RuntimeApi::serve("get-task", TIMEOUT).await;
        let address = runtime_api.address().to_owned();
        let process = async {
            let next = call(&address, "GET", "invocation/next", "").await;
            let id = next.split("request-id: ").nth(1).unwrap().lines().next().unwrap();
            let path = format!("invocation/{id}/{end}");
            assert!(call(&address, "POST", &path, answer).await.starts_with("HTTP/1.1 202"));
            assert!(call(&address, "POST", &path, answer).await.starts_with("HTTP/1.1 400"), "answered twice");
            next
        };
        let event = json!({ "version": "2.0" });
        join!(process, runtime_api.invoke(&event))
    }

    #[tokio::test]
    async fn an_event_is_sent_with_its_headers_and_the_answer_is_returned() {
        let (next, answer) = exchange("response", "{\"statusCode\":204}").await;
        assert!(next.contains("function:get-task\r\n") && next.contains("deadline-ms: "), "{next}");
        assert!(next.ends_with("{\"version\":\"2.0\"}"), "{next}");
        assert_eq!(answer, Ok(json!({ "statusCode": 204 })));
    }

    #[tokio::test]
    async fn an_error_report_is_the_answer() {
        let (_, answer) = exchange("error", "{\"errorType\":\"panic\"}").await;
        assert_eq!(answer, Err("{\"errorType\":\"panic\"}".to_owned()));
    }

    #[tokio::test]
    async fn a_failed_start_is_the_answer_to_the_first_event() {
        let mut runtime_api = RuntimeApi::serve("get-task", TIMEOUT).await;
        call(runtime_api.address(), "POST", "init/error", "{\"errorType\":\"settings\"}").await;
        assert_eq!(runtime_api.invoke(&json!({})).await, Err("{\"errorType\":\"settings\"}".to_owned()));
    }
}
