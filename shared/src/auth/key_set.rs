//! A JSON Web Key Set (RFC 7517 §5).

use serde_json::Value;

use super::{key::Key, token::Token};
use crate::json;

/// The most keys that a set may have. Issuers publish one to five. A token without a `kid` is checked against every
/// key, so each key adds to its cost.
const MAX_KEYS: usize = 32;

/// The public keys of an issuer.
#[derive(Debug, Default)]
pub(super) struct KeySet(Vec<Key>);

impl KeySet {
    /// Reads a set. A key that cannot be used is left out and logged. A set in which no key can be used is an error. An
    /// empty set is not an error: an issuer publishes one when it withdraws all keys, or has not made the first one.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let set = json::object(bytes).map_err(|error| format!("not a JSON object: {error}"))?;
        let keys = set.get("keys").and_then(Value::as_array).ok_or("it has no array `keys`")?;
        if keys.len() > MAX_KEYS {
            return Err(format!("it has {} keys, and {MAX_KEYS} is the most", keys.len()));
        }
        let mut usable = Vec::new();
        for (number, key) in keys.iter().enumerate() {
            match key.as_object().ok_or("not an object").and_then(Key::from_jwk) {
                Ok(key) => usable.push(key),
                Err(reason) => tracing::warn!(key = number, reason, "a key of the key set cannot be used"),
            }
        }
        let none_usable = usable.is_empty() && !keys.is_empty();
        if none_usable { Err("none of its keys can be used".into()) } else { Ok(Self(usable)) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the set has the key that the token names.
    pub(super) fn has_the_key_of(&self, token: &Token<'_>) -> bool {
        self.candidates(token).any(|key| key.is_meant_by(token))
    }

    /// The keys that may have signed the token.
    pub(super) fn candidates<'a>(&'a self, token: &'a Token<'_>) -> impl Iterator<Item = &'a Key> {
        self.0.iter().filter(|key| key.may_have_signed(token))
    }
}
