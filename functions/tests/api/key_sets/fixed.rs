//! A key set that is part of the configuration.

use serde_json::{Value, json};
use testing::{
    jwks::{Issuer, Reply, set, set_of},
    token::{Key, SECRET, Token, low_order, segment},
};

use super::{assert_taken, list, token, with};

#[tokio::test]
async fn fixed_keys_need_no_network() {
    let (fixed, issuer) = (Key::p256("fixed"), Issuer::that(Reply::HangUp).await);
    let api = with(&set([&fixed])).env("JWKS_URL", &issuer.url()).start().await;
    for _ in 0..3 {
        assert_taken(&list(&api, &token(&fixed)).await);
        assert_taken(&list(&api, &Token::of("alice").sign()).await);
    }
    assert_eq!(issuer.fetches(), 1, "once at the start, and never for these tokens");
}

#[tokio::test]
async fn a_set_may_have_32_keys() {
    let keys: Vec<_> = (0..32).map(|number| Key::p256(&number.to_string())).collect();
    let api = with(&set(&keys)).start().await;
    assert_taken(&list(&api, &token(&keys[0])).await);
    assert_taken(&list(&api, &Token::of("alice").key(&keys[31], "ES256").without_header("kid").sign()).await);
}

/// Bad keys stand beside a good one. The good one is accepted; for each bad one, the log says its place and the reason.
#[tokio::test]
async fn a_key_that_cannot_be_used_is_logged_and_does_not_affect_the_others() {
    let bad = bad_keys();
    let good = Key::p256("good");
    let keys = set_of(bad.iter().map(|(_, jwk)| jwk.clone()).chain([good.jwk()]));
    let api = with(&keys).start().await;
    assert_taken(&list(&api, &token(&good)).await);
    let lines = api.log().lines().into_iter().map(|line| serde_json::from_str::<Value>(&line).unwrap());
    let warnings: Vec<_> = lines.filter(|line| line["message"] == "a key of the key set cannot be used").collect();
    for (number, (reason, jwk)) in bad.iter().enumerate() {
        let Some(warning) = warnings.iter().find(|warning| warning["key"] == number) else { panic!("accepted: {jwk}") };
        assert_eq!((&warning["reason"], &warning["level"]), (&json!(reason), &json!("WARN")), "{jwk}");
    }
    assert_eq!(warnings.len(), bad.len());
}

fn bad_keys() -> Vec<(&'static str, Value)> {
    let (rsa, p256, p384, ed25519) = (Key::rsa("rsa"), Key::p256("a"), Key::p384("a"), Key::ed25519("a"));
    let not_for_signatures = "not for signatures";
    let alg = "alg does not fit the key, or is not supported";
    let length = "x or y does not have the curve's length";
    let unsupported = "a type of key that is not supported";
    let (long, short) = (segment([1; 33]), segment([1; 31]));
    vec![
        (not_for_signatures, rsa.jwk_with(json!({ "use": "enc" }))),
        (not_for_signatures, p256.jwk_with(json!({ "use": ["sig"] }))),
        (not_for_signatures, p256.jwk_with(json!({ "key_ops": ["sign", "encrypt"] }))),
        (not_for_signatures, p256.jwk_with(json!({ "key_ops": "verify" }))),
        (alg, rsa.jwk_with(json!({ "alg": "ES256" }))),
        (alg, p256.jwk_with(json!({ "alg": "ES384" }))),
        (alg, ed25519.jwk_with(json!({ "alg": 5 }))),
        (alg, rsa.jwk_with(json!({ "alg": "HS256" }))),
        ("kid is not a string", p256.jwk_with(json!({ "kid": 5 }))),
        ("an RSA key has 2048 to 4096 bits", rsa.jwk_with(json!({ "n": segment([0xff; 513]) }))),
        ("an RSA key has 2048 to 4096 bits", rsa.jwk_with(json!({ "n": segment([0x7f; 256]) }))),
        ("an RSA key has 2048 to 4096 bits", rsa.jwk_with(json!({ "n": segment([[0; 256], [1; 256]].concat()) }))),
        ("e is not a valid exponent", rsa.jwk_with(json!({ "e": segment([1]) }))),
        ("e is not a valid exponent", rsa.jwk_with(json!({ "e": segment([0, 0, 1]) }))),
        ("e is not a valid exponent", rsa.jwk_with(json!({ "e": segment([2]) }))),
        ("e is not a valid exponent", rsa.jwk_with(json!({ "e": "" }))),
        ("e is not a valid exponent", rsa.jwk_with(json!({ "e": segment([1, 0, 0, 0, 1]) }))),
        ("a part of the key is missing", json!({ "kty": "RSA", "n": "AQAB" })),
        ("a part of the key is not base64url", rsa.jwk_with(json!({ "n": "!" }))),
        (length, p256.jwk_with(json!({ "x": long }))),
        (length, p384.jwk_with(json!({ "y": short }))),
        ("not a key", p256.jwk_with(json!({ "y": segment([1; 32]) }))),
        ("not a key", p384.jwk_with(json!({ "x": segment([0; 48]), "y": segment([0; 48]) }))),
        ("ES512 is not supported", json!({ "kty": "EC", "crv": "P-521", "x": "AA", "y": "AA" })),
        ("x has not 32 bytes", ed25519.jwk_with(json!({ "x": long }))),
        ("x is of small order", ed25519.jwk_with(json!({ "x": segment(low_order()[10]) }))),
        ("x is no point of the curve", ed25519.jwk_with(json!({ "x": segment([2; 32]) }))),
        (unsupported, Key::secret(SECRET.as_bytes()).jwk()),
        (unsupported, json!({ "kty": "OKP", "crv": "X25519", "x": segment([1; 32]) })),
        (unsupported, json!({})),
        ("not an object", json!("a key")),
    ]
}
