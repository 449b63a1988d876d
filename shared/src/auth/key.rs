//! A key and the algorithms it may be used with. The key decides how a token may be signed, not the token's header.
//! Otherwise an attacker could use a public RSA key as an HMAC secret, or name another algorithm than the key's.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, crypto};
use serde_json::Value;

use super::token::{Token, known_algorithm};
use crate::json::Object;

/// RFC 7518 §3.3 requires 2048 bits or more. Above 4096, an attacker could exploit the cost of verifying a signature.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

/// A key that verifies tokens.
#[derive(Debug)]
pub(super) struct Key {
    kid: Option<String>,
    algorithms: Vec<Algorithm>,
    decoding: DecodingKey,
}

impl Key {
    /// A shared secret, for HS256, HS384 and HS512.
    pub(super) fn from_secret(secret: &str) -> Self {
        let algorithms = AlgorithmFamily::Hmac.algorithms().to_vec();
        Self { kid: None, algorithms, decoding: DecodingKey::from_secret(secret.as_bytes()) }
    }

    /// Reads a public key of a key set (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2), or says why it cannot be used.
    pub(super) fn from_jwk(jwk: &Object) -> Result<Self, &'static str> {
        let has_other_use = jwk.get("use").is_some_and(|usage| usage != "sig");
        if has_other_use || jwk.get("key_ops").is_some_and(|ops| !verifies(ops)) {
            return Err("not for signatures");
        }
        let (decoding, family) = public_key(jwk)?;
        let algorithms = match jwk.get("alg") {
            None => family,
            Some(alg) => vec![pinned(alg, &family)?],
        };
        let kid = match jwk.get("kid") {
            None => None,
            Some(Value::String(kid)) => Some(kid.clone()),
            Some(_) => return Err("kid is not a string"),
        };
        // Verify an empty signature once. A point that is not on its curve is then an error here, and not at the first
        // token.
        if algorithms.iter().any(|algorithm| crypto::verify("", b"", &decoding, *algorithm).is_err()) {
            return Err("not a key");
        }
        Ok(Self { kid, algorithms, decoding })
    }

    /// Whether this key may have signed the token. If the key or the token has no `kid`, only the algorithm decides.
    pub(super) fn may_have_signed(&self, token: &Token<'_>) -> bool {
        let kids_differ = self.kid.is_some() && token.kid.is_some() && self.kid != token.kid;
        !kids_differ && self.algorithms.contains(&token.algorithm)
    }

    /// Whether the token names this key by its `kid`, or has no `kid`.
    pub(super) fn is_meant_by(&self, token: &Token<'_>) -> bool {
        token.kid.is_none() || self.kid == token.kid
    }

    /// Whether this key has signed the token. Ask [`Self::may_have_signed`] first.
    pub(super) fn has_signed(&self, token: &Token<'_>) -> bool {
        let verified = crypto::verify(token.signature, token.message.as_bytes(), &self.decoding, token.algorithm);
        verified.unwrap_or(false)
    }
}

fn verifies(ops: &Value) -> bool {
    ops.as_array().is_some_and(|ops| ops.iter().any(|op| op == "verify"))
}

/// The one algorithm of a key that has an `alg`.
fn pinned(alg: &Value, family: &[Algorithm]) -> Result<Algorithm, &'static str> {
    let algorithm = alg.as_str().and_then(known_algorithm);
    algorithm.filter(|algorithm| family.contains(algorithm)).ok_or("alg does not fit the key, or is not supported")
}

/// The key and the algorithms of its type. Symmetric keys (`oct`) are refused, because a published secret is no secret.
fn public_key(jwk: &Object) -> Result<(DecodingKey, Vec<Algorithm>), &'static str> {
    match (text(jwk, "kty"), text(jwk, "crv")) {
        (Some("RSA"), _) => {
            let (n, e) = (bytes(jwk, "n")?, bytes(jwk, "e")?);
            check_rsa(&n, &e)?;
            Ok((DecodingKey::from_rsa_raw_components(&n, &e), AlgorithmFamily::Rsa.algorithms().to_vec()))
        }
        (Some("EC"), Some("P-256")) => Ok((point::<32>(jwk)?, vec![Algorithm::ES256])),
        (Some("EC"), Some("P-384")) => Ok((point::<48>(jwk)?, vec![Algorithm::ES384])),
        (Some("EC"), Some("P-521")) => Err("ES512 is not supported"),
        (Some("OKP"), Some("Ed25519")) => {
            let x: [u8; 32] = bytes(jwk, "x")?.try_into().map_err(|_| "x has not 32 bytes")?;
            // With a key of small order, one signature is valid for nearly every message.
            let point = ed25519_dalek::VerifyingKey::from_bytes(&x).map_err(|_| "x is no point of the curve")?;
            if point.is_weak() {
                Err("x is of small order")
            } else {
                Ok((DecodingKey::from_ed_der(&x), vec![Algorithm::EdDSA]))
            }
        }
        _ => Err("a type of key that is not supported"),
    }
}

fn check_rsa(n: &[u8], e: &[u8]) -> Result<(), &'static str> {
    let leading_zeros = n.first().map_or(0, |first| first.leading_zeros() as usize);
    if leading_zeros == 8 || !RSA_BITS.contains(&(n.len() * 8 - leading_zeros)) {
        return Err("an RSA key has 2048 to 4096 bits");
    }
    // The exponent 1 is unsafe, because every signature would equal its message. Refuse it in the form 00 01 as well.
    // No issuer uses more than four bytes.
    if e.len() > 4 || e.first() == Some(&0) || e.last().is_none_or(|last| last % 2 == 0) || e == [1] {
        return Err("e is not a valid exponent");
    }
    Ok(())
}

/// The key of an uncompressed point (SEC 1 §2.3.3): the byte 4, then x, then y.
fn point<const N: usize>(jwk: &Object) -> Result<DecodingKey, &'static str> {
    let (x, y) = (bytes(jwk, "x")?, bytes(jwk, "y")?);
    if x.len() != N || y.len() != N {
        return Err("x or y does not have the curve's length");
    }
    Ok(DecodingKey::from_ec_der(&[&[4], x.as_slice(), &y].concat()))
}

fn text<'a>(jwk: &'a Object, name: &str) -> Option<&'a str> {
    jwk.get(name).and_then(Value::as_str)
}

fn bytes(jwk: &Object, name: &str) -> Result<Vec<u8>, &'static str> {
    let text = text(jwk, name).ok_or("a part of the key is missing")?;
    BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| "a part of the key is not base64url")
}
