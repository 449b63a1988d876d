//! Where the keys come from: secrets and their rotation, a fixed key set, a fetched one, and an issuer that fails.

mod failing;
mod fetched;
mod fixed;
mod over_tls;
mod secrets;
mod settings;

use std::time::Duration;

use serde_json::{Value, json};
use testing::{
    Answer, Api, ApiBuilder,
    jwks::Issuer,
    lambda::Log,
    token::{Key, Token},
};

use crate::builder;

/// The cool-down between two fetches with a margin, with keys and without any.
const COOL_DOWN: Duration = Duration::from_secs(31);
const COOL_DOWN_WITHOUT_KEYS: Duration = Duration::from_secs(6);

const UNKNOWN: &str = "the token is signed with a key or an algorithm that this API does not know";

fn with(keys: &Value) -> ApiBuilder {
    builder().env("JWKS", &keys.to_string())
}

fn of(issuer: &Issuer) -> ApiBuilder {
    builder().env("JWKS_URL", &issuer.url())
}

/// A token signed with this key.
fn token(key: &Key) -> String {
    Token::of("alice").key(key, "ES256").sign()
}

/// A token with an unknown key.
fn garbage(number: usize) -> String {
    token(&Key::p256("stranger").named(&format!("garbage-{number}")))
}

/// Always the same function, because each process has its own key set.
async fn list(api: &Api, token: &str) -> Answer {
    api.get("/api/me/tasks").token(token).send().await
}

fn assert_taken(answer: &Answer) {
    assert_eq!(answer.status, 200, "{answer:?}");
}

fn assert_unknown(answer: &Answer) {
    let challenge = answer.header("www-authenticate").unwrap_or_default();
    assert!(answer.status == 401 && challenge.contains(UNKNOWN), "{answer:?}");
}

/// The issuer has failed, not the caller. So the answer is not a 401, and it says when to retry.
fn assert_unavailable(answer: &Answer) {
    assert_eq!((answer.status, answer.error_code()), (503, Some("keys_unavailable")), "{answer:?}");
    assert_eq!(answer.header("retry-after"), Some("5"));
    assert_eq!(answer.header("www-authenticate"), None);
}

async fn assert_failed(log: &Log, cause: &str) {
    let line = log.line_with("the key set could not be fetched").await;
    assert!(line.contains("WARN") && line.contains(cause), "{cause:?} is not in {line}");
}

/// A set with this key, padded to this length.
fn of_bytes(key: &Key, length: usize) -> String {
    let set = |padding: usize| json!({ "keys": [key.jwk()], "padding": "x".repeat(padding) }).to_string();
    set(length - set(0).len())
}
