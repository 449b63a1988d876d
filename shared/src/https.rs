//! One HTTP exchange with another server: https, or http to this machine. Its size is limited and redirects are not
//! followed. Its time is not limited here.

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

/// The limit of the TCP handshake. A host that does not even refuse the connection will not answer a request.
const CONNECT: Duration = Duration::from_secs(1);

/// Whether a URL may be requested. It needs TLS, which verifies who answers, unless the connection stays on this
/// machine.
pub(crate) fn is_allowed(uri: &Uri) -> bool {
    match uri.scheme_str() {
        Some("https") => !host(uri).is_empty(),
        Some("http") => is_loopback(host(uri)),
        _ => false,
    }
}

/// Sends a request, and reads a response body of up to `limit` bytes. The error is for the log.
pub(crate) async fn exchange(request: Request<Full<Bytes>>, limit: usize) -> Result<Response<Bytes>, String> {
    if !is_allowed(request.uri()) {
        return Err("the URL is neither https nor on this machine".into());
    }
    let host = host(request.uri()).to_owned();
    let tls = request.uri().scheme_str() == Some("https");
    let port = request.uri().port_u16().unwrap_or(if tls { 443 } else { 80 });
    let tcp = timeout(CONNECT, TcpStream::connect((host.as_str(), port))).await;
    let tcp = tcp.map_err(|_| format!("no connection in {CONNECT:?}"))?.map_err(|error| error.to_string())?;
    if !tls {
        return send(tcp, request, limit).await;
    }
    let name = ServerName::try_from(host).map_err(|error| error.to_string())?;
    let config = tls::client(None, None).map_err(|error| error.to_string())?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, tcp).await;
    send(stream.map_err(|error| error.to_string())?, request, limit).await
}

async fn send(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    mut request: Request<Full<Bytes>>,
    limit: usize,
) -> Result<Response<Bytes>, String> {
    let text = |error: hyper::Error| error.to_string();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(text)?;
    let connection = tokio::spawn(connection);
    use_origin_form(&mut request)?;
    let (head, body) = sender.send_request(request).await.map_err(text)?.into_parts();
    let body = Limited::new(body, limit).collect().await.map_err(|error| error.to_string());
    connection.abort();
    Ok(Response::from_parts(head, body?.to_bytes()))
}

/// A request to a server, and not to a proxy, has only the path in its first line and the host in a header: the origin
/// form (RFC 9112 §3.2.1).
fn use_origin_form(request: &mut Request<Full<Bytes>>) -> Result<(), String> {
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
