//! How often an issuer that works is asked for its keys.

use std::{sync::Arc, time::Duration};

use shared::auth::{Jwks, JwksUrl, Policy, TokenConfig, Verifier};
use testing::{
    jwks::{Issuer, Reply, set},
    token::{Key, Token},
};
use tokio::task::JoinSet;

use super::{assert_taken, assert_unknown, garbage, list, of, of_bytes, token};

#[tokio::test]
async fn keys_are_fetched_at_the_start_and_no_request_costs_a_fetch() {
    let key = Key::p256("a");
    let issuer = Issuer::of([&key]).await;
    let api = of(&issuer).start().await;
    for _ in 0..10 {
        assert_taken(&list(&api, &token(&key)).await);
        assert_eq!(list(&api, &(token(&key) + "A")).await.status, 401);
    }
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test]
async fn a_warm_request_is_one_round_trip_to_the_database_and_none_to_the_issuer() {
    let key = Key::p256("a");
    let issuer = Issuer::of([&key]).await;
    let api = of(&issuer).through_proxy(Duration::from_millis(5)).start().await;
    assert_taken(&list(&api, &token(&key)).await);
    api.proxy().reset();
    assert_taken(&list(&api, &token(&key)).await);
    assert_eq!((api.proxy().flights(), issuer.fetches()), (1, 1));
}

#[tokio::test]
async fn tokens_with_invented_kids_cause_no_fetch() {
    let key = Key::p256("a");
    let issuer = Issuer::of([&key]).await;
    let api = of(&issuer).start().await;
    for number in 0..20 {
        assert_unknown(&list(&api, &garbage(number)).await);
    }
    assert_taken(&list(&api, &token(&key)).await);
    assert_eq!(issuer.fetches(), 1);
}

/// This calls the verifier directly, because a function serves one request at a time.
#[tokio::test]
async fn concurrent_requests_that_need_the_keys_share_a_fetch() {
    let key = Key::p256("a");
    let issuer = Issuer::that(Reply::Slow(Duration::from_millis(300), set([&key]))).await;
    let url = JwksUrl::parse("JWKS_URL", &issuer.url()).unwrap();
    let policy = Policy {
        issuers: vec![],
        audiences: vec![],
        audience_claim: "aud".to_owned(),
        user_claim: "sub".to_owned(),
        leeway: 0,
    };
    let issuer_keys = Some(Arc::new(Jwks::new(url, Duration::from_mins(10))));
    let config = TokenConfig { secrets: vec![], jwks: None, issuer: issuer_keys, policy };
    let verifier = Arc::new(Verifier::new(config).unwrap());
    let mut requests = JoinSet::new();
    for _ in 0..20 {
        let (verifier, token) = (Arc::clone(&verifier), token(&key));
        requests.spawn(async move { verifier.verify(&token).await });
    }
    assert!(requests.join_all().await.iter().all(Result::is_ok));
    assert_eq!(issuer.fetches(), 1);
}

/// A malformed token must not cause a fetch either.
#[tokio::test]
async fn malformed_tokens_are_refused_without_asking_the_issuer() {
    let issuer = Issuer::that(Reply::HangUp).await;
    let api = of(&issuer).start().await;
    for token in ["x", "a.b.c", &Token::of("alice").header("alg", "none").sign()] {
        assert_eq!(list(&api, token).await.status, 401, "{token}");
    }
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test]
async fn an_issuer_may_take_a_second_at_the_start() {
    let key = Key::p256("a");
    let issuer = Issuer::that(Reply::Slow(Duration::from_secs(1), set([&key]))).await;
    assert_taken(&list(&of(&issuer).start().await, &token(&key)).await);
}

#[tokio::test]
async fn the_largest_set_has_64_kib() {
    let key = Key::p256("a");
    let issuer = Issuer::that(Reply::Body(of_bytes(&key, 64 * 1024))).await;
    assert_taken(&list(&of(&issuer).start().await, &token(&key)).await);
}
