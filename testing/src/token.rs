//! Bearer tokens. [`Token::of`] makes a valid one. Each further method changes one thing about it.
//!
//! If even the JSON must be wrong, [`compact`] signs any bytes and [`seal`] any text. [`split`] and [`join`] help to
//! change a signature afterwards. So a forged token can be right in everything except what is tested.

mod forge;
mod key;

use std::time::{SystemTime, UNIX_EPOCH};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

pub use forge::{bad_ecdsa, low_order, non_canonical_s, other_s, under_low_order};
pub use key::Key;

/// The secret that every function of a test gets as `JWT_SECRET`.
pub const SECRET: &str = "the-secret-of-the-tests-which-guards-nothing";

/// In seconds; far longer than any test takes.
const LIFETIME: u64 = 3600;

/// A token that is being built. Header and claims are plain JSON, so that wrong ones are possible, too.
#[derive(Clone)]
#[must_use = "it must be signed to become a token"]
pub struct Token {
    header: Map<String, Value>,
    claims: Map<String, Value>,
    key: Key,
    algorithm: String,
}

impl Token {
    /// A valid HS256 token for `subject`, issued now.
    pub fn of(subject: &str) -> Self {
        let now = now();
        let (header, claims, key) = (Map::new(), Map::new(), Key::secret(SECRET.as_bytes()));
        let token = Self { header, claims, key, algorithm: "HS256".to_owned() };
        token
            .header("alg", "HS256")
            .header("typ", "JWT")
            .claim("sub", subject)
            .claim("iat", now)
            .claim("exp", now + LIFETIME)
    }

    /// Sets a claim.
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// Removes a claim.
    pub fn without_claim(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self
    }

    /// Sets a member of the header. This does not change how the token is signed.
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.to_owned(), value.into());
        self
    }

    /// Removes a member of the header.
    pub fn without_header(mut self, name: &str) -> Self {
        self.header.remove(name);
        self
    }

    /// Signs with another secret.
    pub fn secret(self, secret: &str) -> Self {
        Self { key: Key::secret(secret.as_bytes()), ..self }
    }

    /// Signs with this key and algorithm. The header names both.
    pub fn key(self, key: &Key, algorithm: &str) -> Self {
        let named = key.kid().into_iter().fold(self, |token, kid| token.header("kid", kid));
        Self { key: key.clone(), algorithm: algorithm.to_owned(), ..named.header("alg", algorithm) }
    }

    /// The first part of the token before it is encoded: JSON.
    pub fn header_text(&self) -> String {
        json!(self.header).to_string()
    }

    /// The second part of the token before it is encoded: JSON.
    pub fn claims_text(&self) -> String {
        json!(self.claims).to_string()
    }

    /// The token: three parts, joined by dots.
    pub fn sign(&self) -> String {
        compact(self.header_text(), self.claims_text(), &self.key, &self.algorithm)
    }
}

/// A correctly signed token with these bytes, which need not be JSON or text.
pub fn compact(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>, key: &Key, algorithm: &str) -> String {
    seal(&format!("{}.{}", segment(header), segment(payload)), key, algorithm)
}

/// This text with a correct signature.
pub fn seal(message: &str, key: &Key, algorithm: &str) -> String {
    join(message, &key.sign(message, algorithm))
}

/// Splits a token into the signed part and the signature.
pub fn split(token: &str) -> (&str, Vec<u8>) {
    let (message, signature) = token.rsplit_once('.').expect("a token has dots");
    (message, BASE64_URL_SAFE_NO_PAD.decode(signature).expect("a signature is base64url"))
}

/// The reverse of [`split`].
pub fn join(message: &str, signature: &[u8]) -> String {
    format!("{message}.{}", segment(signature))
}

/// base64url without padding, as the parts of a token are encoded.
pub fn segment(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// The time as tokens have it: seconds since 1970.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later than 1970").as_secs()
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};

    use super::*;

    fn accepted(token: &str, key: &DecodingKey, algorithm: &str) -> bool {
        decode::<Value>(token, key, &Validation::new(algorithm.parse::<Algorithm>().unwrap())).is_ok()
    }

    #[test]
    fn a_verifier_accepts_a_token_until_something_in_it_is_wrong() {
        let key = DecodingKey::from_secret(SECRET.as_bytes());
        let accepted = |token: Token| accepted(&token.sign(), &key, "HS256");
        assert!(accepted(Token::of("alice")));
        assert!(accepted(Token::of("alice").claim("name", "Alice")));
        assert!(!accepted(Token::of("alice").secret("another")));
        assert!(!accepted(Token::of("alice").header("alg", "none")));
        assert!(!accepted(Token::of("alice").without_claim("exp")));
        assert!(!accepted(Token::of("alice").claim("exp", now() - LIFETIME)));
    }

    #[test]
    fn a_token_of_any_key_is_accepted_with_its_public_half_only() {
        for (key, algorithms) in [
            (Key::rsa("a"), &["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"][..]),
            (Key::p256("a"), &["ES256"]),
            (Key::p384("a"), &["ES384"]),
            (Key::ed25519("a"), &["EdDSA"]),
        ] {
            let public = DecodingKey::from_jwk(&serde_json::from_value(key.jwk()).unwrap()).unwrap();
            for algorithm in algorithms {
                let token = Token::of("alice").key(&key, algorithm).sign();
                assert!(accepted(&token, &public, algorithm), "{algorithm}");
                let (message, signature) = split(&token);
                assert!(!accepted(&join(&message.replace('.', "A."), &signature), &public, algorithm), "{algorithm}");
            }
        }
    }

    #[test]
    fn a_key_is_derived_from_its_name() {
        assert_eq!(Key::p256("a").jwk(), Key::p256("a").jwk());
        assert_ne!(Key::p256("a").jwk()["x"], Key::p256("b").jwk()["x"]);
        assert_ne!(Key::ed25519("a").jwk()["x"], Key::p256("a").jwk()["x"]);
    }
}
