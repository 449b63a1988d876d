//! Bearer tokens. [`Token::of`] is one that is accepted; each method after it takes one thing away from that.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Map, Value, json};

/// The secret that every function of a test gets as `JWT_SECRET`.
pub const SECRET: &str = "the-secret-of-the-tests-which-guards-nothing";

/// Far longer than a test takes, in seconds; what an expired token looks like is for a test to say.
const LIFETIME: u64 = 3600;

/// A token that is being made. Header and claims are plain JSON, so that wrong ones can be made too.
#[must_use = "it is no token until it is signed"]
pub struct Token {
    header: Map<String, Value>,
    claims: Map<String, Value>,
    secret: String,
}

impl Token {
    /// A valid HS256 token of `subject`, issued now.
    pub fn of(subject: &str) -> Self {
        let now = now();
        let token = Self { header: Map::new(), claims: Map::new(), secret: SECRET.to_owned() };
        token
            .header("alg", "HS256")
            .header("typ", "JWT")
            .claim("sub", subject)
            .claim("iat", now)
            .claim("exp", now + LIFETIME)
    }

    /// With this claim, in place of the one of that name.
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// Without this claim.
    pub fn without_claim(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self
    }

    /// With this member of the header. The signature is HS256 whatever `alg` says.
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.to_owned(), value.into());
        self
    }

    /// Signed with another secret.
    pub fn secret(mut self, secret: &str) -> Self {
        secret.clone_into(&mut self.secret);
        self
    }

    /// The token: three parts, joined by dots.
    pub fn sign(self) -> String {
        let message = format!("{}.{}", part(&self.header), part(&self.claims));
        let key = EncodingKey::from_secret(self.secret.as_bytes());
        let signature = crypto::sign(message.as_bytes(), &key, Algorithm::HS256).expect("HMAC takes any key");
        format!("{message}.{signature}")
    }
}

/// The time as tokens have it: seconds since 1970.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later than 1970").as_secs()
}

fn part(members: &Map<String, Value>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(json!(members).to_string())
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{DecodingKey, Validation, decode};

    use super::*;

    #[test]
    fn a_token_is_one_that_a_verifier_accepts_until_something_is_wrong_with_it() {
        let accepted = |token: Token| {
            let key = DecodingKey::from_secret(SECRET.as_bytes());
            decode::<Value>(&token.sign(), &key, &Validation::new(Algorithm::HS256)).is_ok()
        };
        assert!(accepted(Token::of("alice")));
        assert!(accepted(Token::of("alice").claim("name", "Alice")));
        assert!(!accepted(Token::of("alice").secret("another")));
        assert!(!accepted(Token::of("alice").header("alg", "none")));
        assert!(!accepted(Token::of("alice").without_claim("exp")));
        assert!(!accepted(Token::of("alice").claim("exp", now() - LIFETIME)));
    }
}
