//! Which servers a fetch trusts as the issuer.

use testing::{
    jwks::{Certificate, Issuer},
    token::Key,
};

use super::{assert_taken, assert_unavailable, list, token};
use crate::builder;

#[tokio::test]
async fn an_issuer_with_a_trusted_certificate_is_asked() {
    let (key, certificate) = (Key::p256("a"), Certificate::of("localhost"));
    let issuer = Issuer::with_certificate([&key], &certificate).await;
    let trusting = builder().env("SSL_CERT_FILE", certificate.file().to_str().unwrap());
    let api = trusting.env("JWKS_URL", &issuer.https("localhost")).start().await;
    assert_taken(&list(&api, &token(&key)).await);
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test]
async fn an_issuer_with_an_untrusted_certificate_or_one_for_another_host_is_not_asked() {
    let (key, certificate, other) = (Key::p256("a"), Certificate::of("localhost"), Certificate::of("localhost"));
    let issuer = Issuer::with_certificate([&key], &certificate).await;
    for (trusted, host) in [(other.file(), "localhost"), (certificate.file(), "127.0.0.1")] {
        let api = builder().env("SSL_CERT_FILE", trusted.to_str().unwrap());
        let api = api.env("JWKS_URL", &issuer.https(host)).start().await;
        assert_unavailable(&list(&api, &token(&key)).await);
        api.log().line_with("invalid peer certificate").await;
    }
    assert_eq!(issuer.fetches(), 0, "no request was sent");
}

/// The server answers without a TLS handshake, so the fetch must fail.
#[tokio::test]
async fn an_https_address_is_never_asked_without_tls() {
    let key = Key::p256("a");
    let issuer = Issuer::of([&key]).await;
    let api = builder().env("JWKS_URL", &issuer.https("127.0.0.1")).start().await;
    assert_unavailable(&list(&api, &token(&key)).await);
    assert_eq!(issuer.fetches(), 0);
}
