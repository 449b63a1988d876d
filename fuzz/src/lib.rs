//! Shared by the targets: a verifier with a key of each family, and the tokens that it accepts.

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

/// The user, the issuer and the audience of the valid tokens.
pub const USER: &str = "alice";
pub const ISSUER: &str = "https://issuer.example";
pub const AUDIENCE: &str = "tasks";

/// In the year 2100. The seeds are kept, so they must not expire.
const EXPIRES: u64 = 4_102_444_800;

/// Every key with its algorithms. A secret has no key id, because it is in no key set.
pub fn keys() -> Vec<(Key, &'static [&'static str])> {
    vec![
        (Key::secret(SECRET.as_bytes()), &["HS256", "HS384", "HS512"]),
        (Key::rsa("rsa"), &["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]),
        (Key::p256("p256"), &["ES256"]),
        (Key::p384("p384"), &["ES384"]),
        (Key::ed25519("ed25519"), &["EdDSA"]),
    ]
}

/// The tokens that the verifier accepts.
pub fn honest() -> Vec<String> {
    let token = Token::of(USER).claim("iss", ISSUER).claim("aud", AUDIENCE).claim("iat", 0).claim("exp", EXPIRES);
    let tokens = keys().into_iter().flat_map(|(key, algorithms)| {
        let by = |algorithm: &&str| token.clone().key(&key, algorithm);
        algorithms.iter().map(by).collect::<Vec<_>>()
    });
    tokens.flat_map(|token| [token.sign(), token.without_header("kid").sign()]).collect()
}

/// A verifier with this key set, or `None` if the key set is not valid.
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

/// A verifier that knows all keys.
pub static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| {
    let public = keys().into_iter().filter(|(key, _)| key.kid().is_some());
    let set = set_of(public.map(|(key, _)| key.jwk_with(json!({ "use": "sig" }))));
    let verifier = verifier(Some(set.to_string()), vec![SECRET.to_owned()]).expect("a key set");
    for token in honest() {
        assert!(user(&verifier, &token).is_some(), "a valid token is refused: {token}");
    }
    verifier
});

/// The user of a token, if the verifier accepts it. There is no URL of keys, so nothing has to be fetched.
pub fn user(verifier: &Verifier, token: &str) -> Option<UserId> {
    verifier.verify(token).now_or_never().expect("nothing has to be fetched").ok()
}
