//! Keys that sign tokens. Each is derived from its name, so that it is the same in every process and the repository
//! contains no private key. Anybody can derive them, so they protect nothing.

use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex},
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::pkcs8::spki::EncodePublicKey;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use p256::{
    elliptic_curve::sec1::ToEncodedPoint,
    pkcs8::{EncodePrivateKey, LineEnding},
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use rsa::{
    RsaPrivateKey,
    pkcs1::{EncodeRsaPrivateKey, EncodeRsaPublicKey},
    traits::PublicKeyParts,
};
use serde_json::{Map, Value, json};

use super::segment;

/// A key of an issuer, private half included.
#[derive(Clone)]
pub struct Key {
    kid: Option<String>,
    signs: EncodingKey,
    jwk: Map<String, Value>,
    encodings: Vec<(&'static str, Vec<u8>)>,
}

impl Key {
    /// A shared secret, which has no `kid`.
    pub fn secret(secret: &[u8]) -> Self {
        let jwk = json!({ "kty": "oct", "k": segment(secret) });
        Self { kid: None, ..Self::new("", EncodingKey::from_secret(secret), &jwk, vec![]) }
    }

    /// RSA with 2048 bits. `kid` is its name.
    pub fn rsa(kid: &str) -> Self {
        Self::rsa_of_bits(kid, 2048)
    }

    /// RSA, which is weak below 2048 bits and slow above.
    pub fn rsa_of_bits(kid: &str, bits: usize) -> Self {
        let private = rsa_private_key(kid, bits);
        let public = private.to_public_key();
        let (n, e) = (public.n().to_bytes_be(), public.e().to_bytes_be());
        let jwk = json!({ "kty": "RSA", "n": segment(n), "e": segment(e) });
        let pkcs1_pem = public.to_pkcs1_pem(LineEnding::LF).unwrap().into_bytes();
        let pkcs1_der = public.to_pkcs1_der().unwrap().as_bytes().to_vec();
        let mut encodings = vec![("PKCS #1 PEM", pkcs1_pem), ("PKCS #1 DER", pkcs1_der)];
        encodings.extend(spki(&public));
        let signs = EncodingKey::from_rsa_der(private.to_pkcs1_der().unwrap().as_bytes());
        Self::new(kid, signs, &jwk, encodings)
    }

    /// A key for ES256.
    pub fn p256(kid: &str) -> Self {
        let private = p256::SecretKey::random(&mut random("P-256", kid));
        let public = private.public_key();
        let (point, compressed) = (public.to_encoded_point(false), public.to_encoded_point(true));
        let (x, y) = (point.x().unwrap(), point.y().unwrap());
        let jwk = json!({ "kty": "EC", "crv": "P-256", "x": segment(x), "y": segment(y) });
        let points = [("point", point.to_bytes()), ("compressed point", compressed.to_bytes())];
        let mut encodings: Vec<_> = points.map(|(name, point)| (name, point.into_vec())).into();
        encodings.extend(spki(&public));
        Self::new(kid, EncodingKey::from_ec_der(private.to_pkcs8_der().unwrap().as_bytes()), &jwk, encodings)
    }

    /// A key for ES384.
    pub fn p384(kid: &str) -> Self {
        let private = p384::SecretKey::random(&mut random("P-384", kid));
        let public = private.public_key();
        let point = public.to_encoded_point(false);
        let (x, y) = (point.x().unwrap(), point.y().unwrap());
        let jwk = json!({ "kty": "EC", "crv": "P-384", "x": segment(x), "y": segment(y) });
        let mut encodings = vec![("point", point.as_bytes().to_vec())];
        encodings.extend(spki(&public));
        Self::new(kid, EncodingKey::from_ec_der(private.to_pkcs8_der().unwrap().as_bytes()), &jwk, encodings)
    }

    /// A key for `EdDSA`.
    pub fn ed25519(kid: &str) -> Self {
        let private = ed25519_dalek::SigningKey::from_bytes(&seed("Ed25519", kid));
        let public = private.verifying_key();
        let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": segment(public.as_bytes()) });
        let signs = EncodingKey::from_ed_der(private.to_pkcs8_der().unwrap().as_bytes());
        Self::new(kid, signs, &jwk, spki(&public).into())
    }

    fn new(kid: &str, signs: EncodingKey, jwk: &Value, encodings: Vec<(&'static str, Vec<u8>)>) -> Self {
        let jwk = jwk.as_object().cloned().unwrap_or_default();
        Self { kid: Some(kid.to_owned()), signs, jwk, encodings }
    }

    /// Its name.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Under another name.
    pub fn named(self, kid: &str) -> Self {
        Self { kid: Some(kid.to_owned()), ..self }
    }

    /// The public half with the members that an issuer must publish: `kid` and the key. (For a secret, it is the
    /// secret.)
    pub fn jwk(&self) -> Value {
        self.jwk_with(json!({}))
    }

    /// The same with more or other members. Null removes a member.
    pub fn jwk_with(&self, members: Value) -> Value {
        let mut jwk = self.jwk.clone();
        jwk.extend(self.kid().map(|kid| ("kid".to_owned(), kid.into())));
        let Value::Object(members) = members else { panic!("members are an object") };
        jwk.extend(members);
        jwk.into_iter().filter(|(_, value)| !value.is_null()).collect()
    }

    /// Every usual encoding of the public half, which a verifier might use as a secret by mistake.
    pub fn public_encodings(&self) -> Vec<(&'static str, Vec<u8>)> {
        let text = |name: &str| self.jwk.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
        let coordinate = text("n").or_else(|| text("x")).expect("a public key has n or x");
        let mut encodings = self.encodings.clone();
        encodings.extend([
            ("JWK", self.jwk().to_string().into_bytes()),
            ("JWK without kid", json!(self.jwk).to_string().into_bytes()),
            ("n or x in base64url", coordinate.clone().into_bytes()),
            ("n or x", BASE64_URL_SAFE_NO_PAD.decode(coordinate).expect("it is base64url")),
        ]);
        encodings
    }

    /// The signature of a text.
    pub fn sign(&self, message: &str, algorithm: &str) -> Vec<u8> {
        let algorithm: Algorithm = algorithm.parse().expect("an algorithm that can be signed with");
        let signature = crypto::sign(message.as_bytes(), &self.signs, algorithm).expect("the key fits the algorithm");
        BASE64_URL_SAFE_NO_PAD.decode(signature).expect("a signature is base64url")
    }
}

/// `SubjectPublicKeyInfo`, the content of `-----BEGIN PUBLIC KEY-----`.
fn spki(public: &impl EncodePublicKey) -> [(&'static str, Vec<u8>); 3] {
    let pem = public.to_public_key_pem(LineEnding::LF).unwrap();
    let trimmed = pem.trim_end().as_bytes().to_vec();
    let der = public.to_public_key_der().unwrap().as_bytes().to_vec();
    [("PEM", pem.into_bytes()), ("PEM without its last line feed", trimmed), ("DER", der)]
}

/// RSA keys are cached, because generating one takes long.
fn rsa_private_key(kid: &str, bits: usize) -> RsaPrivateKey {
    static FOUND: LazyLock<Mutex<HashMap<String, RsaPrivateKey>>> = LazyLock::new(Mutex::default);
    let family = format!("RSA {bits}");
    let mut found = FOUND.lock().unwrap();
    let find = || RsaPrivateKey::new(&mut random(&family, kid), bits).unwrap();
    found.entry(format!("{family} {kid}")).or_insert_with(find).clone()
}

fn random(family: &str, kid: &str) -> ChaCha20Rng {
    ChaCha20Rng::from_seed(seed(family, kid))
}

/// Family and name, cut or filled up to 32 bytes.
fn seed(family: &str, kid: &str) -> [u8; 32] {
    let text = format!("{family} {kid:.<32}");
    text.as_bytes()[..32].try_into().unwrap()
}
