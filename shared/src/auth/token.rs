//! A token split into its parts: a JSON Web Signature in compact form (RFC 7515 §7.1). No other form is accepted.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use serde_json::Value;

use super::error::Unauthorized;
use crate::json::{self, Object};

/// The longest token that is read, in bytes. API Gateway accepts 10 KB of headers. The tokens of the issuers in
/// docs/auth.md have 0.3 to 2 KB.
const MAX_LENGTH: usize = 8 * 1024;

/// A token in its parts. Nothing in it may be trusted before its signature has been verified.
pub(super) struct Token<'a> {
    /// Header and payload, exactly as they were signed.
    pub(super) message: &'a str,
    pub(super) signature: &'a str,
    payload: &'a str,
    /// The algorithm that the header names. The key decides whether it is allowed.
    pub(super) algorithm: Algorithm,
    /// The id of the key that the header names.
    pub(super) kid: Option<String>,
}

impl<'a> Token<'a> {
    pub(super) fn parse(token: &'a str) -> Result<Self, Unauthorized> {
        if token.len() > MAX_LENGTH {
            return Err(Unauthorized::Malformed("longer than 8 KiB"));
        }
        let (message, signature) = token.rsplit_once('.').ok_or(Unauthorized::Malformed("not three segments"))?;
        // A third dot would be in the payload, where it is not valid base64url.
        let (header, payload) = message.split_once('.').ok_or(Unauthorized::Malformed("not three segments"))?;
        let header = decode(header)?;
        // These members ask for extensions that a reader must understand (RFC 7515 §4.1.11), and we understand none.
        // (`b64`, RFC 7797, counts only together with `crit`.) Members that bring a key along (`jku`, `jwk`, `x5u`,
        // `x5c`) are ignored.
        for refused in ["crit", "b64", "zip", "enc"] {
            if header.contains_key(refused) {
                return Err(Unauthorized::Malformed("the header asks for an extension"));
            }
        }
        Ok(Self { message, signature, payload, algorithm: algorithm(&header)?, kid: kid(&header)? })
    }

    /// The claims. Call this only after the signature has been verified.
    pub(super) fn claims(&self) -> Result<Object, Unauthorized> {
        decode(self.payload)
    }
}

/// Decodes base64url without padding, in its one canonical form (the engine refuses trailing bits that are not zero),
/// and reads the JSON.
fn decode(segment: &str) -> Result<Object, Unauthorized> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(segment).map_err(|_| Unauthorized::Malformed("not base64url"))?;
    json::object(&bytes).map_err(|_| Unauthorized::Malformed("not a JSON object"))
}

fn algorithm(header: &Object) -> Result<Algorithm, Unauthorized> {
    match header.get("alg").and_then(Value::as_str) {
        Some("ES512" | "ES256K" | "Ed448") => {
            Err(Unauthorized::UnknownKey("ES512, ES256K and Ed448 are not supported: sign with ES256, ES384 or EdDSA"))
        }
        Some(name) => known_algorithm(name).ok_or(Unauthorized::Malformed("an algorithm that is not supported")),
        None => Err(Unauthorized::Malformed("no algorithm")),
    }
}

/// The algorithm of a name (RFC 7518 §3.1, RFC 8037 §3.1; RFC 9864 §2.2 renames `EdDSA`).
pub(super) fn known_algorithm(name: &str) -> Option<Algorithm> {
    if name == "Ed25519" { Some(Algorithm::EdDSA) } else { name.parse().ok() }
}

fn kid(header: &Object) -> Result<Option<String>, Unauthorized> {
    match header.get("kid") {
        None => Ok(None),
        Some(Value::String(kid)) => Ok(Some(kid.clone())),
        Some(_) => Err(Unauthorized::Malformed("a kid that is no string")),
    }
}
