//! Shared secrets: their rotation, and that nothing else is accepted as one.

use testing::{
    jwks::{Issuer, set},
    token::{Key, SECRET, Token},
};

use super::{assert_taken, assert_unknown, list, token, with};
use crate::builder;

#[tokio::test]
async fn during_a_rotation_tokens_of_both_secrets_are_accepted() {
    let (new, old) = ("the-new-secret-which-has-enough-bytes", "the-old-secret-which-has-enough-bytes");
    let api = builder().env("JWT_SECRET", new).env("JWT_SECRET_PREVIOUS", old).start().await;
    for algorithm in ["HS256", "HS384", "HS512"] {
        for secret in [new, old] {
            assert_taken(&list(&api, &Token::of("alice").key(&Key::secret(secret.as_bytes()), algorithm).sign()).await);
        }
        let other = Token::of("alice").key(&Key::secret(SECRET.as_bytes()), algorithm).sign();
        assert_eq!(list(&api, &other).await.status, 401);
    }
    let (nowhere, old) = ("/api/me/tasks/01890a5d-ac96-774b-bcce-b302099a8057", Token::of("alice").secret(old).sign());
    let complete = format!("{nowhere}/complete");
    for (method, path) in
        [("POST", "/api/me/tasks"), ("GET", nowhere), ("PUT", nowhere), ("DELETE", nowhere), ("PATCH", &complete)]
    {
        let answer = api.request(method, path).token(&old).send().await;
        assert_ne!(answer.status, 401, "{method} {path}: {answer:?}");
    }
}

#[tokio::test]
async fn a_removed_secret_is_no_longer_accepted() {
    let api = builder().env("JWT_SECRET", "the-new-secret-which-has-enough-bytes").start().await;
    assert_eq!(list(&api, &Token::of("alice").sign()).await.status, 401);
}

#[tokio::test]
async fn without_a_secret_no_hmac_is_accepted() {
    let key = Key::p256("a");
    let api = with(&set([&key])).without_env("JWT_SECRET").start().await;
    assert_taken(&list(&api, &token(&key)).await);
    for secret in [SECRET.as_bytes(), b"", key.jwk().to_string().as_bytes()] {
        assert_unknown(&list(&api, &Token::of("alice").key(&Key::secret(secret), "HS256").sign()).await);
    }
}

#[tokio::test]
async fn without_keys_only_the_secrets_signatures_are_accepted() {
    let api = crate::start().await;
    assert_unknown(&list(&api, &token(&Key::p256("a"))).await);
    assert_unknown(&list(&api, &Token::of("alice").key(&Key::rsa("rsa"), "RS256").without_header("kid").sign()).await);
}

#[tokio::test]
async fn a_secret_fixed_keys_and_an_issuer_work_together() {
    let (fixed, fetched) = (Key::p256("fixed"), Key::p256("fetched"));
    let issuer = Issuer::of([&fetched]).await;
    let api = with(&set([&fixed])).env("JWKS_URL", &issuer.url()).start().await;
    for token in [Token::of("alice").sign(), token(&fixed), token(&fetched)] {
        assert_taken(&list(&api, &token).await);
    }
    for key in [fixed, fetched] {
        assert_taken(&list(&api, &Token::of("alice").key(&key, "ES256").without_header("kid").sign()).await);
    }
}
