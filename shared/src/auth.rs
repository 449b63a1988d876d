//! Who calls: bearer token → verified claims → [`UserId`].

use jsonwebtoken::{Algorithm, DecodingKey, Validation, errors::ErrorKind};
use serde::Deserialize;

use crate::{Request, error::Result};

/// How far an issuer's clock may be off ours, in seconds.
const LEEWAY: u64 = 30;

/// A verified subject: 1 to 255 bytes without control characters. It comes from [`Keys::verify`] alone, so whoever
/// holds one has seen a valid token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserId(String);

impl UserId {
    /// Ids are opaque; the bound is that of an OpenID Connect subject (Core §2), and an empty one would match what
    /// row-level security sees between two transactions.
    fn parse(subject: String) -> Result<Self, Unauthorized> {
        if subject.is_empty() || subject.len() > 255 || subject.chars().any(char::is_control) {
            return Err(Unauthorized::Invalid("the subject is empty, too long or has control characters"));
        }
        Ok(Self(subject))
    }

    /// The id as the issuer spells it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a caller is not known.
#[derive(Debug, PartialEq, Eq)]
pub enum Unauthorized {
    /// No bearer token at all.
    Missing,
    /// A token whose time is over: the front end fetches a new one.
    Expired,
    /// A token that does not hold. The reason is for the log; the client learns no more than that.
    Invalid(&'static str),
}

impl Unauthorized {
    pub(crate) fn message(&self) -> &'static str {
        match self {
            Self::Missing => "A bearer token is needed: send `Authorization: Bearer <token>`.",
            Self::Expired => "The bearer token has expired: fetch a new one.",
            Self::Invalid(_) => "The bearer token is not valid.",
        }
    }

    pub(crate) fn cause(&self) -> &'static str {
        match self {
            Self::Missing => "no bearer token",
            Self::Expired => "expired",
            Self::Invalid(cause) => cause,
        }
    }

    /// The challenge of RFC 6750 §3: without a token it names no error.
    pub(crate) fn challenge(&self) -> &'static str {
        match self {
            Self::Missing => r#"Bearer realm="tasks""#,
            Self::Expired => {
                r#"Bearer realm="tasks", error="invalid_token", error_description="the token has expired""#
            }
            Self::Invalid(_) => {
                r#"Bearer realm="tasks", error="invalid_token", error_description="the token is not valid""#
            }
        }
    }
}

impl From<Unauthorized> for crate::Error {
    fn from(reason: Unauthorized) -> Self {
        Self::Unauthorized(reason)
    }
}

/// What tokens are checked with.
pub struct Keys {
    secret: DecodingKey,
    validation: Validation,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
}

impl Keys {
    /// HS256 under a shared secret.
    #[must_use]
    pub fn new(secret: &str) -> Self {
        // The algorithm is pinned here, never taken from the token's header. What is not named as required would be
        // checked only where it happens to be present.
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_required_spec_claims(&["exp", "sub"]);
        validation.validate_nbf = true;
        validation.validate_aud = false;
        validation.leeway = LEEWAY;
        Self { secret: DecodingKey::from_secret(secret.as_bytes()), validation }
    }

    /// The user whom a token speaks for.
    pub fn verify(&self, token: &str) -> Result<UserId, Unauthorized> {
        let token =
            jsonwebtoken::decode::<Claims>(token, &self.secret, &self.validation).map_err(|error| {
                match error.kind() {
                    ErrorKind::ExpiredSignature => Unauthorized::Expired,
                    ErrorKind::ImmatureSignature => Unauthorized::Invalid("not valid yet"),
                    ErrorKind::InvalidSignature => Unauthorized::Invalid("the signature does not hold"),
                    ErrorKind::InvalidAlgorithm => Unauthorized::Invalid("the algorithm is not the key's"),
                    ErrorKind::MissingRequiredClaim(_) => Unauthorized::Invalid("exp or sub is missing"),
                    _ => Unauthorized::Invalid("not a token"),
                }
            })?;
        UserId::parse(token.claims.sub)
    }
}

/// The token of a request (RFC 6750 §2.1; the scheme's case does not matter, RFC 9110 §11.1).
pub(crate) fn bearer(request: &Request) -> Result<&str, Unauthorized> {
    let credentials = request.header("authorization").ok_or(Unauthorized::Missing)?;
    match credentials.trim().split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(token.trim_start()),
        _ => Err(Unauthorized::Missing),
    }
}
