//! Requests with forged and malformed tokens. Each one is refused with the documented answer, and changes nothing.
//!
//! Each row is wrong in one respect only. Unless the signature is what is wrong, it is valid, so that each row tests
//! its own check. (`tokens.rs` has the tokens that are accepted.)

mod claims;
mod form;
mod keys;
mod signatures;

use serde_json::{Value, json};
use testing::{
    Answer, Api,
    jwks::{Issuer, set_of},
    token::{Key, SECRET, Token, compact, low_order, segment, split},
};

use crate::builder;

/// The user that the attackers pretend to be. None of these claims may appear in a log.
const ALICE: &str = "alice-the-subject";
const EMAIL: &str = "alice-of-the-claims@example.com";
const ISSUER: &str = "https://issuer.example";
const AUDIENCE: &str = "https://tasks.example";

/// One row: an `Authorization` header, and the refusal that it must get.
struct Attack {
    name: String,
    authorization: Option<String>,
    refusal: Refusal,
}

/// The answer that an attack must get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    /// 400: more than one set of credentials.
    BadRequest,
    /// 401 without an error, because there is no token (RFC 6750 §3.1).
    Missing,
    /// 401 with a description that helps an honest developer, as all that follow.
    Invalid,
    UnknownKey,
    Expired,
    NotYet,
    Issuer,
    Audience,
}

impl Refusal {
    fn challenge(self) -> String {
        let description = match self {
            Self::BadRequest => return r#"Bearer realm="tasks", error="invalid_request""#.to_owned(),
            Self::Missing => return r#"Bearer realm="tasks""#.to_owned(),
            Self::Invalid => "the token is not valid",
            Self::UnknownKey => "the token is signed with a key or an algorithm that this API does not know",
            Self::Expired => "the token has expired",
            Self::NotYet => "the token is not valid yet",
            Self::Issuer => "the token is from another issuer",
            Self::Audience => "the token is for another audience",
        };
        format!(r#"Bearer realm="tasks", error="invalid_token", error_description="{description}""#)
    }
}

impl Attack {
    /// An attack with this bearer token.
    fn new(name: impl Into<String>, token: &str, refusal: Refusal) -> Self {
        Self::with_header(name, &format!("Bearer {token}"), refusal)
    }

    /// An attack with this `Authorization` header.
    fn with_header(name: impl Into<String>, authorization: &str, refusal: Refusal) -> Self {
        Self { name: name.into(), authorization: Some(authorization.to_owned()), refusal }
    }

    fn with_nothing() -> Self {
        Self { name: "no header".to_owned(), authorization: None, refusal: Refusal::Missing }
    }

    /// Says what is wrong with an answer, if anything is.
    fn fault(&self, answer: &Answer, unauthorized: &str) -> Option<String> {
        let status = if self.refusal == Refusal::BadRequest { 400 } else { 401 };
        let (challenge, expected) = (answer.header("www-authenticate"), self.refusal.challenge());
        let right = answer.status == status
            && challenge == Some(expected.as_str())
            && (status == 400 || answer.text() == unauthorized);
        (!right).then(|| format!("{}: {} {challenge:?} instead of {:?}", self.name, answer.status, self.refusal))
    }
}

/// The valid token that the attacks change.
fn honest() -> Token {
    Token::of(ALICE).claim("iss", ISSUER).claim("aud", AUDIENCE).claim("email", EMAIL)
}

/// The honest token, signed with this key.
fn honest_by(key: &Key, algorithm: &str) -> Token {
    honest().key(key, algorithm)
}

/// The functions' own secret.
fn secret() -> Key {
    Key::secret(SECRET.as_bytes())
}

/// This header with the honest claims, correctly signed with the secret.
fn with_header(header: impl AsRef<[u8]>) -> String {
    compact(header, honest().claims_text(), &secret(), "HS256")
}

/// The honest header with this payload, correctly signed with the secret.
fn with_payload(payload: impl AsRef<[u8]>) -> String {
    compact(honest().header_text(), payload, &secret(), "HS256")
}

/// Adds a member to an object's text. The result need not be valid JSON.
fn with_member(object: &str, name: &str, raw: &str) -> String {
    let members = object.strip_suffix('}').expect("an object");
    format!("{members},\"{name}\":{raw}}}")
}

/// The honest token with this text as the value of one claim.
fn with_claim(name: &str, raw: &str) -> String {
    with_payload(with_member(&honest().without_claim(name).claims_text(), name, raw))
}

/// The keys that may sign tokens: one of each family, and one for PS256 only.
fn published() -> [Value; 5] {
    [
        Key::rsa("rsa").jwk(),
        Key::rsa("rsa-ps256").jwk_with(json!({ "alg": "PS256", "use": "sig" })),
        Key::p256("p256").jwk(),
        Key::p384("p384").jwk(),
        Key::ed25519("ed25519").jwk(),
    ]
}

/// Keys that are also in the set, but must not be used. The attackers have their private halves.
fn unusable() -> Vec<(Value, Key, &'static str)> {
    let (rsa, p256, ed25519) = (Key::rsa("not-for-signatures"), Key::p256("wrap"), Key::ed25519("derive"));
    let short = Key::rsa_of_bits("short", 1024);
    vec![
        (rsa.jwk_with(json!({ "use": "enc" })), rsa, "RS256"),
        (p256.jwk_with(json!({ "key_ops": ["wrapKey", "encrypt"] })), p256, "ES256"),
        (ed25519.jwk_with(json!({ "alg": "ES256" })), ed25519, "EdDSA"),
        (short.jwk(), short, "RS256"),
    ]
}

fn weak(number: usize, point: &[u8; 32]) -> Value {
    json!({ "kty": "OKP", "crv": "Ed25519", "x": segment(point), "kid": format!("weak-{number}") })
}

/// The key set that the functions get.
fn key_set() -> Value {
    let symmetric = Key::secret(b"a-secret-that-stands-in-the-set-by-mistake").named("oct");
    let weak = low_order().into_iter().enumerate().map(|(number, point)| weak(number, &point));
    let unusable = unusable().into_iter().map(|(jwk, ..)| jwk);
    set_of(published().into_iter().chain([symmetric.jwk()]).chain(unusable).chain(weak))
}

async fn start() -> Api {
    builder()
        .env("JWKS", &key_set().to_string())
        .env("JWT_ISSUER", &format!("https://other-issuer.example, {ISSUER}"))
        .env("JWT_AUDIENCE", &format!("https://other-tasks.example,{AUDIENCE}"))
        .env("LOG_LEVEL", "trace")
        .without_env("METRICS_NAMESPACE") // because metric lines have other members
        .start()
        .await
}

/// Sends one read and one write with the same header.
async fn attempt(api: &Api, authorization: Option<&str>) -> [Answer; 2] {
    let requests = [
        api.get("/api/me/tasks"),
        api.request("POST", "/api/me/tasks").json(json!({ "title": "whatever the attacker wants" })),
    ];
    let [read, write] = requests.map(|request| match authorization {
        Some(authorization) => request.header("authorization", authorization),
        None => request,
    });
    tokio::join!(read.send(), write.send()).into()
}

/// All users with their revisions, and the number of tasks.
async fn rows(api: &Api) -> Vec<(String, i64, i64)> {
    let count = "select id, revision, (select count(*) from tasks) from users order by id";
    let rows = api.database().connect().await.query(count, &[]).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
}

fn all(stranger: &Issuer) -> Vec<Attack> {
    [keys::all(stranger), signatures::all(), claims::all(), form::all()].into_iter().flatten().collect()
}

#[tokio::test]
async fn every_forged_token_gets_its_documented_refusal_and_changes_nothing() {
    let (api, stranger) = (start().await, Issuer::of(&[Key::rsa("stranger")]).await);
    let alice = format!("Bearer {}", honest().sign());
    let [read, write] = attempt(&api, Some(&alice)).await;
    assert_eq!((read.status, write.status), (200, 201), "the honest token is accepted");
    let before = rows(&api).await;
    let unauthorized = api.get("/api/me/tasks").send().await.text().to_owned();

    let attacks = all(&stranger);
    let mut faults = Vec::new();
    for attack in &attacks {
        let answers = attempt(&api, attack.authorization.as_deref()).await;
        faults.extend(answers.iter().filter_map(|answer| attack.fault(answer, &unauthorized)));
    }

    assert!(attacks.len() >= 80, "{} rows", attacks.len());
    assert!(faults.is_empty(), "{} of {} rows:\n{}", faults.len(), attacks.len(), faults.join("\n"));
    assert_eq!(rows(&api).await, before, "nothing was created");
    assert_eq!(stranger.fetches(), 0, "no key was fetched from an address in a token");
    let [read, write] = attempt(&api, Some(&alice)).await;
    assert_eq!((read.status, write.status), (200, 201), "the honest token is still accepted");
    api.log().line_with(write.header("x-request-id").unwrap()).await;
    check_log(&api.log().to_string(), &attacks);
}

/// Every log line is JSON with known members only. No line contains anything that was sent.
fn check_log(log: &str, attacks: &[Attack]) {
    let members = ["timestamp", "level", "message", "request_id", "trace", "route", "status", "duration_ms"];
    let more = ["cold_start", "tries", "database_ms", "code", "cause"];
    let of_the_key_set = ["key", "reason"];
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).expect(line);
        let known = |name: &String| members.iter().chain(&more).chain(&of_the_key_set).any(|member| member == name);
        assert!(line.as_object().expect("an object").keys().all(known), "{line}");
    }
    let sent = attacks.iter().flat_map(|attack| attack.authorization.as_deref().unwrap_or_default().split(['.', ' ']));
    let (own, keys) = (honest().sign(), key_set());
    let material = keys["keys"].as_array().unwrap().iter().flat_map(|key| ["n", "x", "y", "k"].map(|name| &key[name]));
    let told = [ALICE, EMAIL, SECRET, ISSUER, AUDIENCE, "weak-", "dev/null", split(&own).0].into_iter();
    let told = told.chain(sent.filter(|part| part.len() >= 16)).chain(material.filter_map(Value::as_str));
    for secret in told {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}
