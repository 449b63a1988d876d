//! One HTTP GET of a key set: bounded in time and in size, without redirects.

use std::{net::IpAddr, sync::Arc, time::Duration};

use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::{
    Request, StatusCode, Uri,
    body::Bytes,
    client::conn::http1,
    header::{ACCEPT, HOST, USER_AGENT},
};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;

use crate::{config::Fatal, tls};

/// TCP to an issuer, and the whole fetch: a request may be waiting for it.
const CONNECT: Duration = Duration::from_secs(1);
const WHOLE: Duration = Duration::from_secs(3);

/// The largest key set, in bytes: room for 32 keys with their certificates.
const LIMIT: usize = 64 * 1024;

/// Where an issuer publishes its keys.
#[derive(Clone, Debug)]
pub struct JwksUrl {
    uri: Uri,
    host: String,
    tls: bool,
}

impl JwksUrl {
    /// Reads the URL: https, or http to this machine. Whoever can change what is fetched can be any user. It is not
    /// repeated in the error, because some have a password in it.
    pub fn parse(variable: &str, text: &str) -> Result<Self, Fatal> {
        let wrong = |reason: &str| Fatal::new(format!("{variable} {reason}"));
        let uri: Uri = text.parse().map_err(|_| wrong("is no URL"))?;
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let user_info = uri.authority().is_some_and(|authority| authority.as_str().contains('@'));
        if host.is_empty() || user_info {
            return Err(wrong("must be like https://example.com/.well-known/jwks.json"));
        }
        let tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") if is_loopback(&host) => false,
            _ => return Err(wrong("must begin with https:// (http:// is for this machine only)")),
        };
        Ok(Self { uri, host, tls })
    }

    /// Fetches the document. The error is for the log.
    pub(super) async fn fetch(&self) -> Result<Bytes, String> {
        timeout(WHOLE, self.get()).await.unwrap_or_else(|_| Err(format!("no answer in {WHOLE:?}")))
    }

    async fn get(&self) -> Result<Bytes, String> {
        let port = self.uri.port_u16().unwrap_or(if self.tls { 443 } else { 80 });
        let connecting = timeout(CONNECT, TcpStream::connect((self.host.as_str(), port))).await;
        let tcp =
            connecting.map_err(|_| format!("no connection in {CONNECT:?}"))?.map_err(|error| error.to_string())?;
        if !self.tls {
            return self.exchange(tcp).await;
        }
        let name = ServerName::try_from(self.host.clone()).map_err(|error| error.to_string())?;
        let config = tls::client(None, None).map_err(|error| error.to_string())?;
        let stream = TlsConnector::from(Arc::new(config)).connect(name, tcp).await;
        self.exchange(stream.map_err(|error| error.to_string())?).await
    }

    async fn exchange(&self, stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Result<Bytes, String> {
        let text = |error: hyper::Error| error.to_string();
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(text)?;
        let connection = tokio::spawn(connection);
        let request = Request::get(self.uri.path_and_query().map_or("/", |path| path.as_str()))
            .header(HOST, self.uri.authority().map_or("", |authority| authority.as_str()))
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, "task-api")
            .body(Empty::<Bytes>::new())
            .map_err(|error| error.to_string())?;
        let response = sender.send_request(request).await.map_err(text)?;
        if response.status() != StatusCode::OK {
            return Err(format!("status {} (redirects are not followed)", response.status().as_u16()));
        }
        let body = Limited::new(response.into_body(), LIMIT).collect().await.map_err(|error| error.to_string());
        connection.abort();
        Ok(body?.to_bytes())
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_fetched_by_https_or_from_this_machine() {
        for url in ["https://a.example/jwks", "http://localhost:3000/x", "http://127.0.0.1/", "http://[::1]:1/"] {
            assert!(JwksUrl::parse("JWKS_URL", url).is_ok(), "{url}");
        }
        for url in [
            "http://a.example/jwks",
            "http://localhost.a.example/",
            "http://127.0.0.1.a.example/",
            "ftp://a.example/",
            "a.example/jwks",
            "/jwks",
            "",
            "https://user:password@a.example/",
            "https://",
        ] {
            assert!(JwksUrl::parse("JWKS_URL", url).is_err(), "{url}");
        }
    }
}
