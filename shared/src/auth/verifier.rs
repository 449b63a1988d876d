//! Verifies a token: splits it, finds the keys that may have signed it, checks the signature, and checks the claims.

use std::sync::Arc;

use jsonwebtoken::AlgorithmFamily;

use super::{
    claims::Policy,
    error::{Error, Unauthorized},
    jwks::Jwks,
    key::Key,
    key_set::KeySet,
    settings::TokenConfig,
    token::Token,
    user::UserId,
};
use crate::settings::Fatal;

/// Verifies tokens.
pub struct Verifier {
    policy: Policy,
    secrets: Vec<Key>,
    fixed: KeySet,
    issuer: Option<Arc<Jwks>>,
}

impl Verifier {
    /// Reads the keys in the configuration. The keys at `JWKS_URL` are fetched when they are needed.
    pub fn new(config: TokenConfig) -> Result<Self, Fatal> {
        let fixed = match &config.jwks {
            None => KeySet::default(),
            Some(set) => fixed_keys(set).map_err(|error| Fatal::new(format!("JWKS is no key set: {error}")))?,
        };
        let verifier = Self {
            policy: config.policy,
            secrets: config.secrets.iter().map(|secret| Key::from_secret(secret)).collect(),
            fixed,
            issuer: config.issuer,
        };
        verifier.warn();
        Ok(verifier)
    }

    /// Warns if the issuer or the audience is not checked, which is allowed. An issuer may sign for many applications
    /// with one key, and their tokens differ only in these claims.
    fn warn(&self) {
        if self.issuer.is_none() && self.fixed.is_empty() {
            return;
        }
        for (variable, open) in
            [("JWT_ISSUER", self.policy.issuers.is_empty()), ("JWT_AUDIENCE", self.policy.audiences.is_empty())]
        {
            if open {
                tracing::warn!("{variable} is not set: a token that the issuer made for another application is taken");
            }
        }
    }

    /// The user that a token names.
    pub async fn verify(&self, token: &str) -> Result<UserId, Error> {
        let token = Token::parse(token)?;
        self.check_signature(&token).await?;
        Ok(self.policy.check(&token.claims()?)?)
    }

    /// Checks the signature with the secrets or with the public keys. The algorithm says which of the two, and no key
    /// allows both.
    async fn check_signature(&self, token: &Token<'_>) -> Result<(), Error> {
        if token.algorithm.family() == AlgorithmFamily::Hmac {
            return Ok(check(self.secrets.iter(), token)?);
        }
        let Some(issuer) = &self.issuer else { return Ok(check(self.fixed.candidates(token), token)?) };
        if check(self.fixed.candidates(token), token).is_ok() {
            return Ok(());
        }
        let keys = issuer.keys().await.ok_or(Error::KeysUnavailable)?;
        let checked = check(keys.candidates(token), token);
        if checked.is_ok() || keys.has_the_key_of(token) {
            return Ok(checked?);
        }
        let keys = issuer.newer_keys().await.ok_or(Error::KeysUnavailable)?;
        Ok(check(keys.candidates(token), token)?)
    }
}

/// Reads the keys of `JWKS`. An empty set would be a mistake, because nothing ever fetches another one.
fn fixed_keys(set: &str) -> Result<KeySet, String> {
    let keys = KeySet::parse(set.as_bytes())?;
    if keys.is_empty() { Err("it is empty".into()) } else { Ok(keys) }
}

/// Checks whether one of the keys has signed the token.
fn check<'a>(keys: impl Iterator<Item = &'a Key>, token: &Token<'_>) -> Result<(), Unauthorized> {
    let mut known = false;
    for key in keys {
        if key.has_signed(token) {
            return Ok(());
        }
        known = true;
    }
    Err(if known { Unauthorized::Signature } else { Unauthorized::UnknownKey("no key for it") })
}
