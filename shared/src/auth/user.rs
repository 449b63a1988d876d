//! Who is known by a token.

use super::error::Unauthorized;

/// A verified subject: 1 to 255 bytes without control characters. It comes from
/// [`Verifier::verify`](super::Verifier::verify) alone, so whoever holds one has seen a valid token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserId(String);

impl UserId {
    /// Ids are opaque; the bound is that of an OpenID Connect subject (Core §2), and an empty one would match what
    /// row-level security sees between two transactions.
    pub(super) fn parse(subject: &str) -> Result<Self, Unauthorized> {
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
