//! An issuer that fails at the start or later, and how it is found again when it works.

use std::time::Duration;

use serde_json::json;
use testing::{
    Answer,
    gateway::{Gateway, HttpRequest},
    jwks::{BlackHole, Issuer, Reply, set, set_of},
    lambda::{Function, Lambda},
    postgres::Database,
    token::{Key, SECRET, Token},
};
use tokio::{task::JoinSet, time::sleep};

use super::{
    COOL_DOWN, COOL_DOWN_WITHOUT_KEYS, assert_failed, assert_taken, assert_unavailable, assert_unknown, garbage, list,
    of_bytes, token,
};
use crate::{binaries, builder, create};

/// Every way in which an issuer can give no keys, each with what the log says. Where an answer could be read by
/// mistake, it contains the key that the tokens are signed with.
fn failures(key: &Key) -> Vec<(Reply, &'static str)> {
    let many = (0..32).map(|number| Key::p256(&number.to_string()));
    let too_many: Vec<_> = many.chain([key.clone()]).collect();
    let nested = json!({ "data": set([key]) });
    vec![
        (Reply::Status(500), "status 500"),
        (Reply::Status(404), "status 404"),
        (Reply::Redirect(set([key])), "status 302"),
        (Reply::Hang, "no answer in 3s"),
        (Reply::Slow(Duration::from_secs(4), set([key])), "no answer in 3s"),
        (Reply::HangUp, "connection"),
        (Reply::Body("<html>Not found</html>".to_owned()), "not a JSON object"),
        (Reply::Body(String::new()), "not a JSON object"),
        (Reply::Body(json!([key.jwk()]).to_string()), "not a JSON object"),
        (Reply::Body(of_bytes(key, 64 * 1024 + 1)), "limit"),
        (Reply::Set(nested), "no array `keys`"),
        (Reply::Set(json!({ "keys": key.jwk() })), "no array `keys`"),
        (Reply::Set(set_of([key.jwk_with(json!({ "use": "enc" }))])), "none of its keys can be used"),
        (Reply::Set(set(&too_many)), "33 keys"),
    ]
}

/// One process and its issuer. Many of them run at once, so they share a database, which these tests do not test.
struct Process {
    issuer: Issuer,
    lambda: Lambda,
}

impl Process {
    async fn start(database_url: &str, issuer: Issuer, max_age: &str) -> Self {
        let function = Function::new(&binaries().join("list-tasks"))
            .env("DATABASE_URL", database_url)
            .env("JWT_SECRET", SECRET)
            .env("JWKS_URL", &issuer.url())
            .env("JWKS_MAX_AGE", max_age);
        Self { issuer, lambda: Lambda::spawn(&function).await }
    }

    async fn list(&mut self, token: &str) -> Answer {
        let (method, target) = ("GET".to_owned(), "/api/me/tasks".to_owned());
        let headers = vec![("authorization".to_owned(), format!("Bearer {token}"))];
        let request = HttpRequest { method, target, headers, body: vec![] };
        let event = Gateway::Aws.route(&request).expect("the path has a function").event;
        testing::openapi::answer("list-tasks", &self.lambda.invoke(&event).await.unwrap())
    }
}

#[tokio::test]
async fn an_issuer_that_is_down_at_the_start_is_a_503_for_its_own_tokens_only() {
    let (key, database) = (Key::p256("a"), Database::create().await);
    let mut tests = JoinSet::new();
    for (reply, cause) in failures(&key) {
        tests.spawn(down_at_the_start(database.url(), reply, cause));
    }
    tests.join_all().await;
}

async fn down_at_the_start(database_url: String, reply: Reply, cause: &'static str) {
    let mut process = Process::start(&database_url, Issuer::that(reply).await, "600").await;
    assert_unavailable(&process.list(&token(&Key::p256("a"))).await);
    assert_unavailable(&process.list(&garbage(1)).await);
    assert_taken(&process.list(&Token::of("alice").sign()).await);
    assert_failed(process.lambda.log(), cause).await;
}

#[tokio::test]
async fn an_issuer_that_comes_up_is_found_within_seconds() {
    let (key, database) = (Key::p256("a"), Database::create().await);
    let mut process = Process::start(&database.url(), Issuer::that(Reply::HangUp).await, "600").await;
    assert_unavailable(&process.list(&token(&key)).await);
    process.issuer.publish([&key]);
    assert_unavailable(&process.list(&token(&key)).await);
    assert_eq!(process.issuer.fetches(), 1, "not at once");
    sleep(COOL_DOWN_WITHOUT_KEYS).await;
    assert_taken(&process.list(&token(&key)).await);
    assert_eq!(process.issuer.fetches(), 2);
}

/// Better Auth publishes an empty set until somebody signs in. That is a valid answer, so every token is unknown.
#[tokio::test]
async fn an_issuer_without_keys_yet_is_asked_again_within_seconds() {
    let (key, database) = (Key::p256("a"), Database::create().await);
    let mut process = Process::start(&database.url(), Issuer::of([]).await, "600").await;
    assert_unknown(&process.list(&token(&key)).await);
    process.issuer.publish([&key]);
    sleep(COOL_DOWN_WITHOUT_KEYS).await;
    assert_taken(&process.list(&token(&key)).await);
    assert_eq!(process.issuer.fetches(), 2);
}

#[tokio::test]
async fn an_issuer_whose_port_refuses_connections_is_down() {
    let api = builder().env("JWKS_URL", "http://127.0.0.1:1/jwks").start().await;
    assert_unavailable(&list(&api, &token(&Key::p256("a"))).await);
    create(&api.user("alice"), "with a secret").await;
}

#[tokio::test]
async fn an_issuer_that_does_not_answer_connections_costs_a_second() {
    let issuer = BlackHole::open().await;
    let api = builder().env("JWKS_URL", &issuer.url()).start().await;
    assert_unavailable(&list(&api, &token(&Key::p256("a"))).await);
    assert_failed(api.log(), "no connection in 1s").await;
}

/// All tests that wait for the 30 seconds between two fetches, run at once.
#[tokio::test]
async fn after_the_cool_down_an_issuer_is_asked_once_more_and_a_failure_changes_nothing() {
    let (key, database) = (Key::p256("a"), Database::create().await);
    let mut tests = JoinSet::new();
    tests.spawn(rotation(database.url()));
    tests.spawn(rotation_beside_a_nameless_key(database.url()));
    tests.spawn(withdrawal(database.url()));
    tests.spawn(withdrawal_of_all(database.url()));
    tests.spawn(age(database.url()));
    for (reply, cause) in failures(&key) {
        tests.spawn(failure(database.url(), reply, cause));
    }
    tests.join_all().await;
}

async fn rotation(database_url: String) {
    let (old, new) = (Key::p256("old"), Key::p256("new"));
    let mut process = Process::start(&database_url, Issuer::of([&old]).await, "600").await;
    assert_taken(&process.list(&token(&old)).await);
    process.issuer.publish([&old, &new]);
    assert_unknown(&process.list(&token(&new)).await);
    sleep(COOL_DOWN_WITHOUT_KEYS).await;
    assert_unknown(&process.list(&token(&new)).await);
    assert_eq!(process.issuer.fetches(), 1, "not yet");
    sleep(COOL_DOWN).await;
    assert_taken(&process.list(&token(&old)).await);
    assert_eq!(process.issuer.fetches(), 1, "not for a key that is known");
    assert_taken(&process.list(&token(&new)).await);
    assert_taken(&process.list(&token(&old)).await);
    assert_unknown(&process.list(&garbage(1)).await);
    assert_eq!(process.issuer.fetches(), 2);
}

/// A key without a name may have signed any token. It must not prevent a fetch of the key that a token names.
async fn rotation_beside_a_nameless_key(database_url: String) {
    let (nameless, new) = (Key::p256("nameless"), Key::p256("new"));
    let published = json!({ "keys": [nameless.jwk_with(json!({ "kid": null }))] });
    let mut process = Process::start(&database_url, Issuer::that(Reply::Set(published)).await, "600").await;
    assert_taken(&process.list(&token(&nameless)).await);
    process.issuer.publish([&new]);
    sleep(COOL_DOWN).await;
    assert_taken(&process.list(&token(&new)).await);
    assert_eq!(process.issuer.fetches(), 2);
}

async fn withdrawal(database_url: String) {
    let (old, new) = (Key::p256("old"), Key::p256("new"));
    let mut process = Process::start(&database_url, Issuer::of([&old, &new]).await, "30").await;
    assert_taken(&process.list(&token(&old)).await);
    process.issuer.publish([&new]);
    assert_taken(&process.list(&token(&old)).await);
    sleep(COOL_DOWN).await;
    assert_unknown(&process.list(&token(&old)).await);
    assert_taken(&process.list(&token(&new)).await);
    assert_eq!(process.issuer.fetches(), 2);
}

async fn withdrawal_of_all(database_url: String) {
    let (old, new) = (Key::p256("old"), Key::p256("new"));
    let mut process = Process::start(&database_url, Issuer::of([&old]).await, "30").await;
    assert_taken(&process.list(&token(&old)).await);
    process.issuer.publish([]);
    sleep(COOL_DOWN).await;
    assert_unknown(&process.list(&token(&old)).await);
    process.issuer.publish([&new]);
    sleep(COOL_DOWN_WITHOUT_KEYS).await;
    assert_unknown(&process.list(&token(&old)).await);
    assert_taken(&process.list(&token(&new)).await);
    assert_eq!(process.issuer.fetches(), 3);
}

/// If keys are too old but cannot be replaced, they are still used.
async fn age(database_url: String) {
    let key = Key::p256("a");
    let mut process = Process::start(&database_url, Issuer::of([&key]).await, "30").await;
    assert_taken(&process.list(&token(&key)).await);
    process.issuer.reply(Reply::Hang);
    sleep(COOL_DOWN).await;
    for _ in 0..3 {
        assert_taken(&process.list(&token(&key)).await);
    }
    assert_eq!(process.issuer.fetches(), 2, "a failed fetch counts, too");
}

async fn failure(database_url: String, reply: Reply, cause: &'static str) {
    let key = Key::p256("a");
    let mut process = Process::start(&database_url, Issuer::of([&key]).await, "600").await;
    assert_taken(&process.list(&token(&key)).await);
    process.issuer.reply(reply);
    sleep(COOL_DOWN).await;
    for number in 0..3 {
        assert_unknown(&process.list(&garbage(number)).await);
        assert_taken(&process.list(&token(&key)).await);
    }
    assert_eq!(process.issuer.fetches(), 2, "{cause}: asked again exactly once");
    assert_failed(process.lambda.log(), cause).await;
}
