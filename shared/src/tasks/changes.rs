//! What has changed since a client last asked.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use uuid::Uuid;

use super::task::Task;
use crate::{
    error::Result,
    http::{Parameters, Request, parse_whole},
};

/// The size of a page: at most, and where none is asked for.
const LIMIT: i64 = 500;
const LIMIT_DEFAULT: i64 = 100;

/// The first byte of a token. Another format gets another number, so that an old token is refused, not misread.
const VERSION: u8 = 1;

/// How much of an owner's changes a client has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The owner's.
    pub epoch: Uuid,
    /// Up to this revision.
    pub revision: i64,
}

impl Seen {
    /// Opaque to clients: base64url.
    #[must_use]
    pub fn encode(self) -> String {
        let revision = self.revision.to_be_bytes();
        BASE64_URL_SAFE_NO_PAD.encode([&[VERSION], self.epoch.as_bytes().as_slice(), &revision].concat())
    }

    /// What [`Seen::encode`] has made, and nothing else.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        // 25 bytes are 34 characters: no more is decoded.
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(Some(text).filter(|text| text.len() <= 34)?).ok()?;
        let (version, rest) = bytes.split_first()?;
        let (epoch, revision) = rest.split_first_chunk()?;
        let revision = i64::from_be_bytes(revision.try_into().ok()?);
        (*version == VERSION && revision >= 0).then_some(Self { epoch: Uuid::from_bytes(*epoch), revision })
    }
}

/// A page of the changes.
#[derive(Debug)]
pub struct ChangesQuery {
    /// What the client has seen; `None` for nothing.
    pub since: Option<Seen>,
    /// How many changes at most, 1 to 500.
    pub limit: i64,
}

impl ChangesQuery {
    /// Reads the query of a request.
    pub fn parse(request: &Request) -> Result<Self> {
        let mut parameters = Parameters::of(request);
        let since = parameters.optional(&["since"], |text| {
            Seen::decode(text).ok_or_else(|| "must be `next` of an answer of this route".to_owned())
        });
        let limit = parameters.optional(&["limit"], |text| parse_whole(text, 1, LIMIT)).unwrap_or(LIMIT_DEFAULT);
        parameters.finish().map(|()| Self { since, limit })
    }
}

/// One change: the task as it is now, or that it was deleted.
#[derive(Debug)]
pub enum Change {
    /// It was made, changed or restored.
    Written(Box<Task>),
    /// It is in the trash, or gone for good.
    Deleted {
        /// The task's.
        id: Uuid,
        /// The owner's, when it was deleted.
        revision: i64,
    },
}

impl Change {
    /// The owner's revision at the change.
    #[must_use]
    pub fn revision(&self) -> i64 {
        match self {
            Self::Written(task) => task.revision,
            Self::Deleted { revision, .. } => *revision,
        }
    }
}

/// What has changed, in the order of the revisions.
pub struct Changes {
    /// How the owner stood when they were read.
    pub owner: Seen,
    /// The page's changes, and one more if there is one.
    pub changes: Vec<Change>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_back_as_it_was_and_nothing_else_is_one() {
        let seen = Seen { epoch: Uuid::new_v4(), revision: i64::MAX };
        let token = seen.encode();
        assert_eq!(Seen::decode(&token), Some(seen));
        let negative = Seen { epoch: Uuid::nil(), revision: -1 }.encode();
        let other_version = BASE64_URL_SAFE_NO_PAD.encode([2; 25]);
        let short = BASE64_URL_SAFE_NO_PAD.encode([VERSION; 24]);
        for text in
            ["", "x", &token[1..], &format!("{token}A"), &format!("{token}="), &negative, &other_version, &short]
        {
            assert_eq!(Seen::decode(text), None, "{text}");
        }
    }
}
