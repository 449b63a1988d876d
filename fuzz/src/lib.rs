//! What the targets share: a verifier with a key of each family, and the tokens that it takes.

use std::sync::LazyLock;

use futures_util::FutureExt;
use serde_json::json;
use shared::{
    auth::{Policy, TokenConfig, UserId, Verifier},
};
use testing::{
    jwks::set_of,
    token::{Key, SECRET, Token},
};

/// The user, the issuer and the audience of the honest tokens.
pub const USER: &str = "alice";
pub const ISSUER: &str = "https://issuer.example";
pub const AUDIENCE: &str = "tasks";

/// In 2100. Seeds are kept, so they must not expire.
const EXPIRES: u64 = 4_102_444_800;

/// Every key with every algorithm that it takes. A secret has no name in any set.
pub fn keys() -> Vec<(Key, &'static [&'static str])> {
    vec![
        (Key::secret(SECRET.as_bytes()), &["HS256", "HS384", "HS512"]),
        (Key::rsa("rsa"), &["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]),
        (Key::p256("p256"), &["ES256"]),
        (Key::p384("p384"), &["ES384"]),
        (Key::ed25519("ed25519"), &["EdDSA"]),
    ]
}

/// What the verifier takes.
pub fn honest() -> Vec<String> {
    let token = Token::of(USER).claim("iss", ISSUER).claim("aud", AUDIENCE).claim("iat", 0).claim("exp", EXPIRES);
    let tokens = keys().into_iter().flat_map(|(key, algorithms)| {
        let by = |algorithm: &&str| token.clone().key(&key, algorithm);
        algorithms.iter().map(by).collect::<Vec<_>>()
    });
    tokens.flat_map(|token| [token.sign(), token.without_header("kid").sign()]).collect()
}

/// A verifier with this key set, if it is one.
pub fn verifier(jwks: Option<String>, secrets: Vec<String>) -> Option<Verifier> {
    let policy = Policy {
        issuers: vec![ISSUER.to_owned(), "https://other.example".to_owned()],
        audiences: vec![AUDIENCE.to_owned()],
        audience_claim: "aud".to_owned(),
        user_claim: "sub".to_owned(),
        leeway: 30,
    };
    Verifier::new(TokenConfig { secrets, jwks, issuer: None, policy }).ok()
}

/// The verifier of all keys.
pub static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| {
    let public = keys().into_iter().filter(|(key, _)| key.kid().is_some());
    let set = set_of(public.map(|(key, _)| key.jwk_with(json!({ "use": "sig" }))));
    let verifier = verifier(Some(set.to_string()), vec![SECRET.to_owned()]).expect("a key set");
    for token in honest() {
        assert!(user(&verifier, &token).is_some(), "an honest token is not taken: {token}");
    }
    verifier
});

/// Whom a token speaks for. Without a URL of keys nothing is waited for.
pub fn user(verifier: &Verifier, token: &str) -> Option<UserId> {
    verifier.verify(token).now_or_never().expect("there is nothing to wait for").ok()
}
