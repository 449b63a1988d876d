//! Fetches a key set with one HTTP GET, within a time limit.

use std::time::Duration;

use http_body_util::Full;
use hyper::{Request, StatusCode, Uri, body::Bytes, header::ACCEPT};
use tokio::time::timeout;

use crate::{https, settings::Fatal};

/// The limit of the whole fetch. It is short because a request may be waiting for it.
const TOTAL_LIMIT: Duration = Duration::from_secs(3);

/// The largest key set, in bytes: enough for 32 keys with their certificates.
const LIMIT: usize = 64 * 1024;

/// Where an issuer publishes its keys.
#[derive(Clone, Debug)]
pub struct JwksUrl(Uri);

impl JwksUrl {
    /// Reads the URL. It must be https, or http to this machine, because anyone who can change the answer can sign in
    /// as any user. The error does not repeat the URL, because some URLs contain a password.
    pub fn parse(variable: &str, text: &str) -> Result<Self, Fatal> {
        let wrong = |reason: &str| Fatal::new(format!("{variable} {reason}"));
        let uri: Uri = text.parse().map_err(|_| wrong("is no URL"))?;
        let has_user_info = uri.authority().is_some_and(|authority| authority.as_str().contains('@'));
        if uri.host().is_none_or(str::is_empty) || has_user_info {
            return Err(wrong("must be like https://example.com/.well-known/jwks.json"));
        }
        if !https::is_allowed(&uri) {
            return Err(wrong("must begin with https:// (http:// is for this machine only)"));
        }
        Ok(Self(uri))
    }

    /// Fetches the key set. The error is for the log.
    pub(super) async fn fetch(&self) -> Result<Bytes, String> {
        timeout(TOTAL_LIMIT, self.get()).await.unwrap_or_else(|_| Err(format!("no answer in {TOTAL_LIMIT:?}")))
    }

    async fn get(&self) -> Result<Bytes, String> {
        let request = Request::get(&self.0).header(ACCEPT, "application/json").body(Full::default());
        let response = https::exchange(request.map_err(|error| error.to_string())?, LIMIT).await?;
        match response.status() {
            StatusCode::OK => Ok(response.into_body()),
            status => Err(format!("status {} (redirects are not followed)", status.as_u16())),
        }
    }
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
