//! The API at an address of this machine, for clients that are separate programs.

use std::convert::Infallible;

use futures_util::{StreamExt, stream::FuturesUnordered};
use http_body_util::{BodyExt, Full};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use crate::{Api, gateway::HttpRequest};

impl Api {
    /// Runs `client` with the API's address, and answers HTTP requests until it is done.
    pub async fn listening<T>(&self, client: impl AsyncFnOnce(&str) -> T) -> T {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("the loopback interface has a free port");
        let address = format!("http://{}", listener.local_addr().expect("it is bound"));
        tokio::select! {
            never = self.accept(listener) => match never {},
            result = client(&address) => result,
        }
    }

    async fn accept(&self, listener: TcpListener) -> Infallible {
        let mut connections = FuturesUnordered::new();
        loop {
            tokio::select! {
                Ok((stream, _)) = listener.accept() => connections.push(self.converse(stream)),
                Some(()) = connections.next() => {}
            }
        }
    }

    async fn converse(&self, stream: TcpStream) {
        let service = service_fn(async |request| self.pass_on(request).await);
        // It fails when the client goes away.
        let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
    }

    async fn pass_on(&self, request: Request<Incoming>) -> hyper::Result<Response<Full<Bytes>>> {
        let (head, body) = request.into_parts();
        let text = |value: &hyper::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let answer = self
            .answer(&HttpRequest {
                method: head.method.to_string(),
                target: head.uri.to_string(),
                headers: head.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
                body: body.collect().await?.to_bytes().to_vec(),
            })
            .await;
        let mut response = Response::builder().status(answer.status);
        for (name, value) in answer.headers() {
            response = response.header(name, value);
        }
        Ok(response.body(Full::from(answer.bytes().to_owned())).expect("an answer has valid headers"))
    }
}
