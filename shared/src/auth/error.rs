//! Why a token was refused.

/// Why a token was not verified.
#[derive(Debug, PartialEq, Eq)]
pub enum Error {
    /// The token is not valid.
    Unauthorized(Unauthorized),
    /// The token cannot be verified. The issuer's keys have never been fetched, or the deadline ended during a fetch. A
    /// retry may help.
    KeysUnavailable,
}

impl From<Unauthorized> for Error {
    fn from(reason: Unauthorized) -> Self {
        Self::Unauthorized(reason)
    }
}

/// Why a token is not valid. The texts are for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unauthorized {
    /// The request has no bearer token.
    Missing,
    /// The token cannot be read, or lacks a claim that it must have.
    Malformed(&'static str),
    /// It is signed with a key or an algorithm that this API does not know.
    UnknownKey(&'static str),
    /// The signature is wrong.
    Signature,
    /// It has expired. The front end fetches a new one.
    Expired,
    /// It is not valid yet.
    NotYet(&'static str),
    /// It is from another issuer.
    Issuer,
    /// It is for another audience.
    Audience,
}

impl Unauthorized {
    /// What is wrong, for the log.
    #[must_use]
    pub fn cause(self) -> &'static str {
        match self {
            Self::Missing => "no bearer token",
            Self::Malformed(cause) | Self::UnknownKey(cause) | Self::NotYet(cause) => cause,
            Self::Signature => "the signature does not hold",
            Self::Expired => "expired",
            Self::Issuer => "another issuer",
            Self::Audience => "another audience",
        }
    }
}
