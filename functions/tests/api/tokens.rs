//! Bearer tokens: which are accepted, and how others are refused.

use serde_json::{Value, json};
use testing::{
    Answer, Api,
    jwks::set_of,
    token::{Key, SECRET, Token, compact, join, now, other_s, split},
};

use crate::{builder, create, path, start};

/// Status and challenge of every operation with this `Authorization` header.
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

/// The scheme may be in upper or lower case, and one or more spaces may follow it (RFC 9110 §11).
#[tokio::test]
async fn a_token_is_found_after_its_scheme_in_any_spelling() {
    let api = start().await;
    let token = Token::of("alice").sign();
    for authorization in [format!("Bearer {token}"), format!("bearer  {token}"), format!(" BEARER   {token} ")] {
        let answer = api.get("/api/me/tasks").header("authorization", &authorization).send().await;
        assert_eq!(answer.status, 200, "{authorization:?}: {answer:?}");
    }
}

/// `openssl rand … | aws ssm put-parameter` and editors leave a new line at the end.
#[tokio::test]
async fn a_new_line_at_the_end_of_a_secret_is_ignored() {
    let api = builder().env("JWT_SECRET", &format!("{SECRET}\r\n")).start().await;
    assert_eq!(api.user("alice").get("/api/me/tasks").send().await.status, 200);
}

#[tokio::test]
async fn an_invalid_token_is_401_for_every_operation() {
    let api = start().await;
    let bad = Token::of("alice").secret("another-secret-that-is-long-enough-too").sign();
    for (status, challenge) in statuses(&api, Some(&format!("Bearer {bad}"))).await {
        assert_eq!(status, 401);
        assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
    }
}

#[tokio::test]
async fn tokens_that_are_wrong_in_one_respect_are_refused() {
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
        ("not a token", "x".to_owned()),
    ] {
        let request = api.get("/api/me/tasks").header("authorization", &format!("Bearer {token}"));
        let answer = request.send().await;
        assert_eq!((answer.status, answer.error_code()), (401, Some("unauthorized")), "{what}: {answer:?}");
    }
}

#[tokio::test]
async fn two_tokens_are_400() {
    let api = start().await;
    let answer = api.user("alice").get("/api/me/tasks").header("authorization", "Bearer x").send().await;
    assert_eq!((answer.status, answer.error_code()), (400, Some("invalid_request")), "{answer:?}");
    assert!(answer.header("www-authenticate").is_some_and(|challenge| challenge.contains("invalid_request")));
}

#[tokio::test]
async fn valid_tokens_are_accepted() {
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
async fn the_secret_may_be_in_better_auths_variable() {
    let api = builder().without_env("JWT_SECRET").env("BETTER_AUTH_SECRET", SECRET).start().await;
    create(&api.user("alice"), "x").await;
}

/// Lists tasks with this token.
async fn list(api: &Api, token: &str) -> Answer {
    api.get("/api/me/tasks").token(token).send().await
}

/// The challenge's reason if a token is refused, `None` if it is accepted.
async fn refusal(api: &Api, token: &str) -> Option<String> {
    let answer = list(api, token).await;
    assert!([200, 401].contains(&answer.status), "{answer:?}");
    let challenge = answer.header("www-authenticate").unwrap_or_default();
    let description = challenge.split_once("error_description=").map(|(_, rest)| rest.trim_matches('"').to_owned());
    (answer.status == 401).then(|| description.expect("a refused token has an error"))
}

const RSA: [&str; 6] = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];

/// One key of each family, with all its algorithms.
fn families() -> [(Key, &'static [&'static str]); 4] {
    [
        (Key::rsa("rsa"), &RSA),
        (Key::p256("p256"), &["ES256"]),
        (Key::p384("p384"), &["ES384"]),
        (Key::ed25519("ed25519"), &["EdDSA"]),
    ]
}

#[tokio::test]
async fn a_key_without_alg_accepts_every_algorithm_of_its_family() {
    let keys = set_of(families().iter().map(|(key, _)| key.jwk()));
    let api = builder().env("JWKS", &keys.to_string()).start().await;
    for (key, algorithms) in families() {
        for algorithm in algorithms {
            let token = Token::of("alice").key(&key, algorithm);
            assert_eq!(refusal(&api, &token.sign()).await, None, "{algorithm}");
            assert_eq!(refusal(&api, &token.without_header("kid").sign()).await, None, "{algorithm} without kid");
        }
    }
    for algorithm in ["HS256", "HS384", "HS512"] {
        let token = Token::of("alice").key(&Key::secret(SECRET.as_bytes()), algorithm);
        assert_eq!(refusal(&api, &token.sign()).await, None, "{algorithm}");
        assert_eq!(refusal(&api, &token.header("kid", "rsa").sign()).await, None, "a kid does not matter for a secret");
    }
}

#[tokio::test]
async fn a_key_with_alg_accepts_that_algorithm_only() {
    let pinned = |(key, algorithms): (Key, &'static [&'static str])| {
        algorithms.iter().map(move |algorithm| (key.clone().named(algorithm), *algorithm))
    };
    let keys: Vec<_> = families().into_iter().flat_map(pinned).collect();
    let pin = |algorithm: &str| json!({ "alg": algorithm, "use": "sig", "key_ops": ["verify"], "x5c": ["MIIB"] });
    let set = set_of(keys.iter().map(|(key, algorithm)| key.jwk_with(pin(algorithm))));
    let api = builder().env("JWKS", &set.to_string()).start().await;
    for (key, algorithm) in keys {
        let token = Token::of("alice").key(&key, algorithm);
        assert_eq!(refusal(&api, &token.sign()).await, None, "{algorithm}");
        assert_eq!(refusal(&api, &token.without_header("kid").sign()).await, None, "{algorithm} without kid");
        for other in RSA.into_iter().filter(|other| RSA.contains(&algorithm) && *other != algorithm) {
            let token = Token::of("alice").key(&key, other).sign();
            assert!(refusal(&api, &token).await.is_some(), "{other} by a key for {algorithm}");
        }
    }
}

/// RFC 9864 §2.2 gives `EdDSA` with this curve its own name.
#[tokio::test]
async fn ed25519_is_accepted_under_both_of_its_names() {
    let (old, new) = (Key::ed25519("old"), Key::ed25519("new"));
    let set = set_of([old.jwk_with(json!({ "alg": "EdDSA" })), new.jwk_with(json!({ "alg": "Ed25519" }))]);
    let api = builder().env("JWKS", &set.to_string()).start().await;
    for key in [&old, &new] {
        for name in ["EdDSA", "Ed25519"] {
            let token = Token::of("alice").key(key, "EdDSA").header("alg", name).sign();
            assert_eq!(refusal(&api, &token).await, None, "{name}");
        }
    }
}

#[tokio::test]
async fn a_key_without_a_name_may_have_signed_any_token() {
    let nameless = Key::p256("p256").jwk_with(json!({ "kid": null }));
    let set = set_of([Key::p256("another").jwk(), nameless]);
    let api = builder().env("JWKS", &set.to_string()).start().await;
    let token = Token::of("alice").key(&Key::p256("p256"), "ES256");
    for token in [token.clone(), token.clone().header("kid", "whatever"), token.without_header("kid")] {
        assert_eq!(refusal(&api, &token.sign()).await, None);
    }
}

/// Anybody can replace s by n - s, and the signature stays valid. That is harmless, because nothing here compares
/// tokens by their bytes.
#[tokio::test]
async fn both_forms_of_an_ecdsa_signature_are_accepted() {
    let key = Key::p256("p256");
    let api = builder().env("JWKS", &set_of([key.jwk()]).to_string()).start().await;
    let token = Token::of("alice").key(&key, "ES256").sign();
    let (message, signature) = split(&token);
    for signature in [signature.clone(), other_s(&signature)] {
        assert_eq!(refusal(&api, &join(message, &signature)).await, None);
    }
}

/// Tokens that only look wrong. Each is close to a row in `attacks.rs`.
#[tokio::test]
async fn odd_but_valid_tokens_are_accepted() {
    let api = start().await;
    let alice = || Token::of("alice");
    let secret = Key::secret(SECRET.as_bytes());
    let (header, claims) = (alice().header_text(), alice().claims_text());
    let longest = (5000..7000).map(|bytes| alice().claim("padding", "x".repeat(bytes)).sign());
    let longest = longest.take_while(|token| token.len() <= 8192).last().unwrap();
    assert!(longest.len() > 8185, "{}", longest.len());
    for (what, token) in [
        ("no typ", alice().without_header("typ").sign()),
        ("another typ", alice().header("typ", "at+jwt").sign()),
        ("no iat", alice().without_claim("iat").sign()),
        ("a fraction in exp", alice().claim("exp", 4_102_444_800.5).sign()),
        ("exp in the last second of the year 9999", alice().claim("exp", 253_402_300_799_u64).sign()),
        ("a future nbf within the leeway", alice().claim("nbf", now() + 20).sign()),
        ("a future iat within the leeway", alice().claim("iat", now() + 20).sign()),
        ("nbf and iat of 1970", alice().claim("nbf", 0).claim("iat", 0).sign()),
        (
            "an issuer and an audience that are not required",
            alice().claim("iss", "x").claim("aud", json!(["x"])).sign(),
        ),
        ("a subject in Greek", alice().claim("sub", "Ἀλίκη").sign()),
        ("a subject that is an address", alice().claim("sub", "auth0|alice+tag@example.com").sign()),
        ("spaces in the JSON", compact(header.replace(':', " :\n"), claims.replace(',', ",\t"), &secret, "HS256")),
        ("an escaped name", compact(r#"{"\u0061lg":"\u0048S256"}"#, &claims, &secret, "HS256")),
        ("a key in the header, which is ignored", alice().header("jwk", Key::p256("stranger").jwk()).sign()),
        ("a URL in the header, which is ignored", alice().header("jku", "https://stranger.example").sign()),
        ("a certificate in the header, which is ignored", alice().header("x5c", json!(["MIIB"])).sign()),
        ("unknown members", alice().header("x", json!({ "y": [null] })).sign()),
        ("8 KiB", longest),
    ] {
        assert_eq!(refusal(&api, &token).await, None, "{what}");
    }
}

#[tokio::test]
async fn a_token_needs_one_of_the_issuers_and_one_of_the_audiences() {
    let api = builder().env("JWT_ISSUER", "https://a.example,https://b.example").env("JWT_AUDIENCE", " x , y,");
    let api = api.start().await;
    let token = |issuer: &str, audience: Value| Token::of("alice").claim("iss", issuer).claim("aud", audience).sign();
    for audience in [json!("x"), json!("y"), json!(["y"]), json!(["other", "x"]), json!(["x", "y"])] {
        for issuer in ["https://a.example", "https://b.example"] {
            assert_eq!(refusal(&api, &token(issuer, audience.clone())).await, None, "{issuer} {audience}");
        }
        let other = refusal(&api, &token("https://c.example", audience)).await;
        assert_eq!(other.as_deref(), Some("the token is from another issuer"));
    }
    let other = refusal(&api, &token("https://a.example", json!(["other"]))).await;
    assert_eq!(other.as_deref(), Some("the token is for another audience"));
}

/// Cognito's access tokens have it in `client_id`, and Clerk's in `azp`.
#[tokio::test]
async fn the_audience_may_be_in_another_claim() {
    let api = builder().env("JWT_AUDIENCE", "x").env("JWT_AUDIENCE_CLAIM", "client_id").start().await;
    let token = Token::of("alice").claim("client_id", "x");
    assert_eq!(refusal(&api, &token.sign()).await, None);
    assert_eq!(refusal(&api, &token.clone().claim("aud", "other").sign()).await, None);
    for token in [token.clone().claim("client_id", "other"), Token::of("alice").claim("aud", "x")] {
        assert_eq!(refusal(&api, &token.sign()).await.as_deref(), Some("the token is for another audience"));
    }
}

#[tokio::test]
async fn the_user_may_be_in_another_claim() {
    let api = builder().env("JWT_USER_CLAIM", "https://a.example/user").start().await;
    let token = Token::of("subject").claim("https://a.example/user", "alice");
    let listed = api.get("/api/alice/tasks").token(&token.sign()).send().await;
    assert_eq!(listed.status, 200, "{listed:?}");
    let listed = api.get("/api/subject/tasks").token(&token.sign()).send().await;
    assert_eq!(listed.status, 403, "{listed:?}");
    for token in [Token::of("alice"), token.claim("https://a.example/user", "")] {
        assert_eq!(refusal(&api, &token.sign()).await.as_deref(), Some("the token is not valid"));
    }
}

#[tokio::test]
async fn the_leeway_is_the_variables_value() {
    for (leeway, taken) in [("0", [false, false, false]), ("300", [true, true, true])] {
        let api = builder().env("JWT_LEEWAY", leeway).start().await;
        let times = [("exp", now() - 60), ("nbf", now() + 120), ("iat", now() + 120)];
        for ((claim, time), taken) in times.into_iter().zip(taken) {
            let refusal = refusal(&api, &Token::of("alice").claim(claim, time).sign()).await;
            assert_eq!(refusal.is_none(), taken, "{claim} with a leeway of {leeway}");
        }
    }
}

/// RFC 6750 §2.2 and §2.3 allow other places, but there tokens end up in logs and histories.
#[tokio::test]
async fn a_token_is_only_read_from_the_authorization_header() {
    let api = start().await;
    let token = Token::of("alice").sign();
    for request in [
        api.get(&format!("/api/me/tasks?access_token={token}")),
        api.get("/api/me/tasks").header("cookie", &format!("access_token={token}")),
        api.get("/api/me/tasks").header("x-authorization", &format!("Bearer {token}")),
        api.request("POST", "/api/me/tasks").json(json!({ "title": "x", "access_token": token })),
    ] {
        let answer = request.send().await;
        assert_eq!((answer.status, answer.header("www-authenticate")), (401, Some("Bearer realm=\"tasks\"")));
    }
}
