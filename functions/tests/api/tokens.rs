//! Bearer tokens.

use serde_json::json;
use testing::{
    Api,
    token::{SECRET, Token, now},
};

use crate::{builder, create, path, start};

/// Every operation with this `Authorization` header.
async fn statuses(api: &Api, authorization: Option<&str>) -> Vec<(u16, String)> {
    let alice = api.user("alice");
    let task = create(&alice, "x").await;
    let one = path(&task);
    let mut statuses = Vec::new();
    for request in [
        alice.get("/api/me/tasks"),
        alice.post("/api/me/tasks").json(json!({ "title": "x" })),
        alice.get(&one),
        alice.put(&one).json(json!({ "title": "x" })),
        alice.patch(&one).json(json!({ "title": "x" })),
        alice.patch(&format!("{one}/complete")),
        alice.delete(&one),
    ] {
        let request = request.without_token();
        let request = match authorization {
            Some(value) => request.header("authorization", value),
            None => request,
        };
        let answer = request.send().await;
        if answer.status == 401 {
            assert_eq!(answer.error_code(), Some("unauthorized"));
        }
        statuses.push((answer.status, answer.header("www-authenticate").unwrap_or_default().to_owned()));
    }
    statuses
}

#[tokio::test]
async fn without_a_bearer_token_every_operation_is_401_and_asks_for_one() {
    let api = start().await;
    for authorization in [None, Some(""), Some("Bearer"), Some("Basic YTpi"), Some("Token x")] {
        for (status, challenge) in statuses(&api, authorization).await {
            assert_eq!((status, challenge.as_str()), (401, "Bearer realm=\"tasks\""), "{authorization:?}");
        }
    }
}

#[tokio::test]
async fn a_token_that_does_not_hold_is_401_for_every_operation() {
    let api = start().await;
    let bad = Token::of("alice").secret("another-secret-that-is-long-enough-too").sign();
    for (status, challenge) in statuses(&api, Some(&format!("Bearer {bad}"))).await {
        assert_eq!(status, 401);
        assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
    }
}

#[tokio::test]
async fn tokens_are_refused_for_what_is_wrong_with_them() {
    let api = start().await;
    let good = || Token::of("alice");
    let signed = good().sign();
    let (message, signature) = signed.rsplit_once('.').unwrap();
    let reversed: String = signature.chars().rev().collect();
    for (what, token) in [
        ("another secret", good().secret("another-secret-that-is-long-enough-too").sign()),
        ("no signature", format!("{message}.")),
        ("another signature", format!("{message}.{reversed}")),
        ("another algorithm", good().header("alg", "HS512").sign()),
        ("no algorithm", good().header("alg", "none").sign()),
        ("expired", good().claim("exp", now() - 31).sign()),
        ("no exp", good().without_claim("exp").sign()),
        ("exp as a string", good().claim("exp", (now() + 60).to_string()).sign()),
        ("not yet valid", good().claim("nbf", now() + 120).sign()),
        ("no sub", good().without_claim("sub").sign()),
        ("an empty sub", good().claim("sub", "").sign()),
        ("sub as a number", good().claim("sub", 5).sign()),
        ("a sub of 256 bytes", good().claim("sub", "a".repeat(256)).sign()),
        ("a sub with NUL", good().claim("sub", "alice\0").sign()),
        ("no token at all", "x".to_owned()),
    ] {
        let request = api.get("/api/me/tasks").header("authorization", &format!("Bearer {token}"));
        let answer = request.send().await;
        assert_eq!((answer.status, answer.error_code()), (401, Some("unauthorized")), "{what}: {answer:?}");
    }
}

#[tokio::test]
async fn two_tokens_are_400_even_if_both_hold() {
    let api = start().await;
    let answer = api.user("alice").get("/api/me/tasks").header("authorization", "Bearer x").send().await;
    assert_eq!((answer.status, answer.error_code()), (400, Some("invalid_request")), "{answer:?}");
    assert_eq!(answer.json()["details"][0]["field"], "Authorization");
}

#[tokio::test]
async fn tokens_that_hold_are_taken() {
    let api = start().await;
    let long = "a".repeat(255);
    for (what, token) in [
        ("plain", Token::of("alice").sign()),
        ("within the leeway", Token::of("alice").claim("exp", now() - 10).sign()),
        ("valid since now", Token::of("alice").claim("nbf", now()).sign()),
        ("with more claims", Token::of("alice").claim("email", "a@example.com").claim("aud", "x").sign()),
        ("255 bytes", Token::of(&long).sign()),
    ] {
        for scheme in ["Bearer", "bearer", "BEARER"] {
            let request = api.get("/api/me/tasks").header("authorization", &format!("{scheme} {token}"));
            assert_eq!(request.send().await.status, 200, "{what}");
        }
    }
}

#[tokio::test]
async fn the_secret_may_come_as_better_auth_names_it() {
    let api = builder().without_env("JWT_SECRET").env("BETTER_AUTH_SECRET", SECRET).start().await;
    create(&api.user("alice"), "x").await;
}
