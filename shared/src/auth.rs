//! Who calls: bearer token → verified claims → [`UserId`].
//!
//! A token passes through the modules in this order: [`token`] takes it apart, [`key`] says which keys may have signed
//! it (out of the secrets, a fixed [`key_set`], or one that is fetched: [`jwks`] by [`fetch`]) and whether one has,
//! [`claims`] looks at what it says. Nothing of a token is believed before its signature has been verified.

mod claims;
mod fetch;
mod jwks;
mod key;
mod key_set;
mod token;

use std::sync::Arc;

use jsonwebtoken::AlgorithmFamily;

pub use claims::Policy;
pub use fetch::JwksUrl;
pub use jwks::Jwks;

use self::{key::Key, key_set::KeySet, token::Token};
use crate::{
    Request,
    config::{Fatal, TokenConfig},
    error::{Error, Result},
};

/// A verified subject: 1 to 255 bytes without control characters. It comes from [`Verifier::verify`] alone, so whoever
/// holds one has seen a valid token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserId(String);

impl UserId {
    /// Ids are opaque; the bound is that of an OpenID Connect subject (Core §2), and an empty one would match what
    /// row-level security sees between two transactions.
    fn parse(subject: &str) -> Result<Self, Unauthorized> {
        if subject.is_empty() || subject.len() > 255 || subject.chars().any(char::is_control) {
            return Err(Unauthorized::Malformed("the user's id is empty, too long or has control characters"));
        }
        Ok(Self(subject.to_owned()))
    }

    /// The id as the issuer spells it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a caller is not known. Text in a variant is for the log.
#[derive(Debug, PartialEq, Eq)]
pub enum Unauthorized {
    /// No bearer token at all.
    Missing,
    /// Not a token that can be read, or not with the claims that one must have.
    Malformed(&'static str),
    /// Signed with a key or an algorithm that is not known here.
    UnknownKey(&'static str),
    /// The signature does not hold.
    Signature,
    /// Its time is over: the front end fetches a new one.
    Expired,
    /// Its time has not come.
    NotYet(&'static str),
    /// Of another issuer.
    Issuer,
    /// For another audience.
    Audience,
}

impl Unauthorized {
    pub(crate) fn cause(&self) -> &'static str {
        match self {
            Self::Missing => "no bearer token",
            Self::Malformed(cause) | Self::UnknownKey(cause) | Self::NotYet(cause) => cause,
            Self::Signature => "the signature does not hold",
            Self::Expired => "expired",
            Self::Issuer => "another issuer",
            Self::Audience => "another audience",
        }
    }

    /// The challenge (RFC 6750 §3): it helps a developer whose token is honest. Without a token it names no error. A
    /// forger learns from it what the configuration page tells everybody.
    pub(crate) fn challenge(&self) -> String {
        let description = match self {
            Self::Missing => return r#"Bearer realm="tasks""#.to_owned(),
            Self::Malformed(_) | Self::Signature => "the token is not valid",
            Self::UnknownKey(_) => "the token is signed with a key or an algorithm that is not known here",
            Self::Expired => "the token has expired",
            Self::NotYet(_) => "the token is not valid yet",
            Self::Issuer => "the token is of another issuer",
            Self::Audience => "the token is for another audience",
        };
        format!(r#"Bearer realm="tasks", error="invalid_token", error_description="{description}""#)
    }
}

impl From<Unauthorized> for Error {
    fn from(reason: Unauthorized) -> Self {
        Self::Unauthorized(reason)
    }
}

/// Verifies tokens.
pub struct Verifier {
    policy: Policy,
    secrets: Vec<Key>,
    fixed: KeySet,
    issuer: Option<Arc<Jwks>>,
}

impl Verifier {
    /// Takes the keys that the configuration has; those of an issuer are fetched when they are needed.
    pub fn new(config: TokenConfig) -> Result<Self, Fatal> {
        let fixed = match &config.jwks {
            None => KeySet::default(),
            Some(set) => fixed(set).map_err(|error| Fatal::new(format!("JWKS is no key set: {error}")))?,
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

    /// Warns of what is allowed to be left open and is better not. Whoever runs an issuer may sign for many
    /// applications with one key: their tokens differ in these claims alone.
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

    /// The user whom a token speaks for.
    pub async fn verify(&self, token: &str) -> Result<UserId> {
        let token = Token::parse(token)?;
        self.check_signature(&token).await?;
        Ok(self.policy.check(&token.claims()?)?)
    }

    /// By a secret or by a public key, as the algorithm says: which of the two it is, no key leaves open.
    async fn check_signature(&self, token: &Token<'_>) -> Result<()> {
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

/// Keys that are set once and for all. None at all would be a mistake.
fn fixed(set: &str) -> Result<KeySet, String> {
    let keys = KeySet::parse(set.as_bytes())?;
    if keys.is_empty() { Err("it is empty".into()) } else { Ok(keys) }
}

/// Whether one of the keys has signed the token.
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

/// The token of a request (RFC 6750 §2.1; the scheme's case does not matter, RFC 9110 §11.1). Several headers arrive
/// joined by commas, which a token cannot have: who sends two gets neither looked at (RFC 6750 §3.1).
pub(crate) fn bearer(request: &Request) -> Result<&str> {
    let header = request.header("authorization").ok_or(Unauthorized::Missing)?;
    // What RFC 9110 §5.6.3 takes for white space around a value, and no more.
    let credentials = header.trim_matches([' ', '\t']);
    if credentials.contains(',') {
        return Err(Error::TwoTokens);
    }
    match credentials.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(token),
        _ => Err(Unauthorized::Missing.into()),
    }
}
