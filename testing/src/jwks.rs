//! An issuer that publishes its keys on the loopback interface, or fails in the way that a test chooses.

mod certificate;

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use http_body_util::Full;
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{CONTENT_TYPE, LOCATION},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpSocket, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;

pub use certificate::Certificate;

use crate::token::Key;

/// A key set with the public halves of these keys.
pub fn set<'a>(keys: impl IntoIterator<Item = &'a Key>) -> Value {
    set_of(keys.into_iter().map(Key::jwk))
}

/// A key set with these members, valid or not.
pub fn set_of(keys: impl IntoIterator<Item = Value>) -> Value {
    json!({ "keys": keys.into_iter().collect::<Vec<_>>() })
}

/// The issuer's answer.
#[derive(Clone, Debug)]
pub enum Reply {
    /// 200 with this document.
    Set(Value),
    /// 200 with this document, after this time.
    Slow(Duration, Value),
    /// 200 with a body of any kind.
    Body(String),
    /// An error.
    Status(u16),
    /// 302 to another path, where this document is.
    Redirect(Value),
    /// The connection stays open without an answer.
    Hang,
    /// The connection is closed without an answer.
    HangUp,
}

/// A server with a key set. It ends when the value is dropped.
pub struct Issuer {
    address: SocketAddr,
    state: Arc<State>,
    _server: JoinSet<()>,
}

impl Issuer {
    /// Starts an issuer with these keys.
    pub async fn of<'a>(keys: impl IntoIterator<Item = &'a Key>) -> Self {
        Self::that(Reply::Set(set(keys))).await
    }

    /// Starts an issuer with this answer.
    pub async fn that(replies: Reply) -> Self {
        Self::listening(replies, None).await
    }

    /// Starts an issuer with TLS and this certificate.
    pub async fn with_certificate<'a>(keys: impl IntoIterator<Item = &'a Key>, certificate: &Certificate) -> Self {
        Self::listening(Reply::Set(set(keys)), Some(certificate.acceptor())).await
    }

    async fn listening(reply: Reply, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("the loopback interface has a free port");
        let address = listener.local_addr().expect("it is bound");
        let state = Arc::new(State { reply: Mutex::new(reply), fetches: AtomicUsize::new(0) });
        let mut server = JoinSet::new();
        server.spawn(accept(listener, Arc::clone(&state), tls));
        Self { address, state, _server: server }
    }

    /// What goes into `JWKS_URL`.
    pub fn url(&self) -> String {
        format!("http://{}/api/auth/jwks", self.address)
    }

    /// The same with TLS and this host name.
    pub fn https(&self, host: &str) -> String {
        format!("https://{host}:{}/api/auth/jwks", self.address.port())
    }

    /// Changes the published keys.
    pub fn publish<'a>(&self, keys: impl IntoIterator<Item = &'a Key>) {
        self.reply(Reply::Set(set(keys)));
    }

    /// Changes the answer.
    pub fn reply(&self, reply: Reply) {
        *self.state.reply.lock().unwrap() = reply;
    }

    /// The number of requests so far, for any path.
    pub fn fetches(&self) -> usize {
        self.state.fetches.load(Ordering::SeqCst)
    }
}

async fn accept(listener: TcpListener, state: Arc<State>, tls: Option<TlsAcceptor>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (state, tls) = (Arc::clone(&state), tls.clone());
        connections.spawn(async move {
            match tls {
                None => state.serve(stream).await,
                // The handshake fails if the client does not trust the certificate.
                Some(tls) => {
                    if let Ok(stream) = tls.accept(stream).await {
                        state.serve(stream).await;
                    }
                }
            }
        });
    }
}

struct State {
    reply: Mutex<Reply>,
    fetches: AtomicUsize,
}

impl State {
    async fn serve(&self, stream: impl AsyncRead + AsyncWrite + Unpin) {
        let service = service_fn(|request| self.answer(request));
        // It fails if the reply says so, or if the client closes the connection.
        let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
    }

    async fn answer(&self, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
        self.fetches.fetch_add(1, Ordering::SeqCst);
        let reply = self.reply.lock().unwrap().clone();
        Ok(match reply {
            Reply::Set(set) => ok(set.to_string()),
            Reply::Slow(after, set) => {
                sleep(after).await;
                ok(set.to_string())
            }
            Reply::Body(body) => ok(body),
            Reply::Status(status) => with_status(StatusCode::from_u16(status).expect("a status")),
            Reply::Redirect(set) if request.uri().path() == "/elsewhere" => ok(set.to_string()),
            Reply::Redirect(_) => {
                let mut response = with_status(StatusCode::FOUND);
                response.headers_mut().insert(LOCATION, "/elsewhere".parse().expect("a path"));
                response
            }
            Reply::Hang => std::future::pending().await,
            Reply::HangUp => return Err(io::ErrorKind::ConnectionAborted.into()),
        })
    }
}

fn ok(body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    response.headers_mut().insert(CONTENT_TYPE, "application/json".parse().expect("a media type"));
    response
}

fn with_status(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}

/// An address that does not even refuse connections: its queue is full and nobody accepts.
pub struct BlackHole {
    address: SocketAddr,
    _full: (TcpListener, Vec<TcpStream>),
}

impl BlackHole {
    /// Fills a queue.
    pub async fn open() -> Self {
        let socket = TcpSocket::new_v4().expect("there are sockets");
        socket.bind(([127, 0, 0, 1], 0).into()).expect("the loopback interface has a free port");
        let listener = socket.listen(1).expect("it is bound");
        let address = listener.local_addr().expect("it is bound");
        let mut queue = Vec::new();
        while let Ok(Ok(stream)) = timeout(Duration::from_millis(200), TcpStream::connect(address)).await {
            queue.push(stream);
        }
        Self { address, _full: (listener, queue) }
    }

    /// What goes into `JWKS_URL`.
    pub fn url(&self) -> String {
        format!("http://{}/jwks", self.address)
    }
}
