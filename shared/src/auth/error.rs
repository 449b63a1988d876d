//! Why nobody is known by a token.

/// Why a token was not verified.
#[derive(Debug, PartialEq, Eq)]
pub enum Error {
    /// It does not hold.
    Unauthorized(Unauthorized),
    /// The issuer's keys have never been reached, so that no token of its can be judged: worth another try.
    KeysUnavailable,
}

impl From<Unauthorized> for Error {
    fn from(reason: Unauthorized) -> Self {
        Self::Unauthorized(reason)
    }
}

/// Why a caller is not known. Text in a variant is for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
