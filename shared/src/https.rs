//! One HTTP exchange with the outside: https, or http to this machine; bounded in size, without redirects. Its time is
//! bounded by whoever asks.

use std::{net::IpAddr, sync::Arc, time::Duration};

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    Request, Response, Uri,
    body::Bytes,
    client::conn::http1,
    header::{HOST, HeaderValue, USER_AGENT},
};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;

use crate::tls;

/// For TCP alone: who does not even refuse will not answer either.
const CONNECT: Duration = Duration::from_secs(1);

/// Whether a URL may be asked: only with TLS is it known who answers, and http does where it stays on this machine.
pub(crate) fn is_allowed(uri: &Uri) -> bool {
    match uri.scheme_str() {
        Some("https") => !host(uri).is_empty(),
        Some("http") => is_loopback(host(uri)),
        _ => false,
    }
}

/// Asks, and reads a body of up to `limit` bytes. The error is for the log.
pub(crate) async fn exchange(request: Request<Full<Bytes>>, limit: usize) -> Result<Response<Bytes>, String> {
    if !is_allowed(request.uri()) {
        return Err("the URL is neither https nor of this machine".into());
    }
    let host = host(request.uri()).to_owned();
    let tls = request.uri().scheme_str() == Some("https");
    let port = request.uri().port_u16().unwrap_or(if tls { 443 } else { 80 });
    let tcp = timeout(CONNECT, TcpStream::connect((host.as_str(), port))).await;
    let tcp = tcp.map_err(|_| format!("no connection in {CONNECT:?}"))?.map_err(|error| error.to_string())?;
    if !tls {
        return speak(tcp, request, limit).await;
    }
    let name = ServerName::try_from(host).map_err(|error| error.to_string())?;
    let config = tls::client(None, None).map_err(|error| error.to_string())?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, tcp).await;
    speak(stream.map_err(|error| error.to_string())?, request, limit).await
}

async fn speak(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    mut request: Request<Full<Bytes>>,
    limit: usize,
) -> Result<Response<Bytes>, String> {
    let text = |error: hyper::Error| error.to_string();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(text)?;
    let connection = tokio::spawn(connection);
    address(&mut request)?;
    let (head, body) = sender.send_request(request).await.map_err(text)?.into_parts();
    let body = Limited::new(body, limit).collect().await.map_err(|error| error.to_string());
    connection.abort();
    Ok(Response::from_parts(head, body?.to_bytes()))
}

/// To a server itself a request names the host in a header and only the path in its first line (RFC 9112 §3.2.1).
fn address(request: &mut Request<Full<Bytes>>) -> Result<(), String> {
    let authority = request.uri().authority().map_or("", |authority| authority.as_str());
    let authority = HeaderValue::from_str(authority).map_err(|error| error.to_string())?;
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    *request.uri_mut() = path.parse().map_err(|_| "the URL has no path".to_owned())?;
    request.headers_mut().entry(HOST).or_insert(authority);
    request.headers_mut().entry(USER_AGENT).or_insert(HeaderValue::from_static("task-api"));
    Ok(())
}

fn host(uri: &Uri) -> &str {
    uri.host().unwrap_or_default().trim_matches(['[', ']'])
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
