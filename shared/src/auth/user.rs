//! The verified user.

use super::error::Unauthorized;

/// A verified subject: 1 to 255 bytes without control characters. Only [`Verifier::verify`](super::Verifier::verify)
/// makes one, so a value of this type proves that a valid token was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserId(String);

impl UserId {
    /// Checks a subject. Ids are opaque; the bound is that of an OpenID Connect subject (Core §2). An empty id is
    /// refused: after a transaction `app.user_id` is the empty text, and a user with an empty id would match it.
    pub(super) fn parse(subject: &str) -> Result<Self, Unauthorized> {
        if subject.is_empty() || subject.len() > 255 || subject.chars().any(char::is_control) {
            return Err(Unauthorized::Malformed("the user's id is empty, too long or has control characters"));
        }
        Ok(Self(subject.to_owned()))
    }

    /// The id, exactly as the issuer writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
