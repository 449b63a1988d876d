//! The change feed: what has changed since a client last asked.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use uuid::Uuid;

use super::task::Task;
use crate::{
    error::Result,
    http::{Parameters, Request, parse_whole},
};

/// The size of a page: the maximum, and the default.
const MAX_LIMIT: i64 = 500;
const DEFAULT_LIMIT: i64 = 100;

/// The first byte of an encoded position. Another format must get another number, so that an old position is refused
/// and not misread.
const VERSION: u8 = 1;

/// A position in the change feed: how much of an owner's changes a client has seen. Clients get it as `next` and send
/// it as `since`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedPosition {
    /// The owner's epoch.
    pub epoch: Uuid,
    /// The client has seen the changes up to this revision.
    pub revision: i64,
}

impl FeedPosition {
    /// Encodes the position in base64url. It is opaque to clients.
    #[must_use]
    pub fn encode(self) -> String {
        let revision = self.revision.to_be_bytes();
        BASE64_URL_SAFE_NO_PAD.encode([&[VERSION], self.epoch.as_bytes().as_slice(), &revision].concat())
    }

    /// Reads what [`FeedPosition::encode`] has made, and nothing else.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        // 25 bytes are 34 characters. A longer text is not decoded.
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(Some(text).filter(|text| text.len() <= 34)?).ok()?;
        let (version, rest) = bytes.split_first()?;
        let (epoch, revision) = rest.split_first_chunk()?;
        let revision = i64::from_be_bytes(revision.try_into().ok()?);
        (*version == VERSION && revision >= 0).then_some(Self { epoch: Uuid::from_bytes(*epoch), revision })
    }
}

/// A request for a page of the change feed.
#[derive(Debug)]
pub struct ChangesQuery {
    /// What the client has seen. `None` if it has seen nothing.
    pub since: Option<FeedPosition>,
    /// The most changes to return, 1 to 500.
    pub limit: i64,
}

impl ChangesQuery {
    /// Reads the query of a request.
    pub fn parse(request: &Request) -> Result<Self> {
        let mut parameters = Parameters::of(request);
        let since = parameters.optional(&["since"], |text| {
            FeedPosition::decode(text).ok_or_else(|| "must be a `next` from an earlier answer of this route".to_owned())
        });
        let limit = parameters.optional(&["limit"], |text| parse_whole(text, 1, MAX_LIMIT)).unwrap_or(DEFAULT_LIMIT);
        parameters.finish().map(|()| Self { since, limit })
    }
}

/// One change: the task as it is now, or that it was deleted.
#[derive(Debug)]
pub enum Change {
    /// The task was created, changed or restored.
    Written(Box<Task>),
    /// The task is in the trash, or gone for good.
    Deleted {
        /// The task's id.
        id: Uuid,
        /// The owner's revision when it was deleted.
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

/// The changes, in the order of their revisions.
pub struct Changes {
    /// The owner's epoch and revision when the changes were read.
    pub owner: FeedPosition,
    /// The changes of the page, and one more if there is one.
    pub changes: Vec<Change>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_decoded_as_it_was_and_nothing_else_is_one() {
        let position = FeedPosition { epoch: Uuid::new_v4(), revision: i64::MAX };
        let encoded = position.encode();
        assert_eq!(FeedPosition::decode(&encoded), Some(position));
        let negative = FeedPosition { epoch: Uuid::nil(), revision: -1 }.encode();
        let other_version = BASE64_URL_SAFE_NO_PAD.encode([2; 25]);
        let short = BASE64_URL_SAFE_NO_PAD.encode([VERSION; 24]);
        for text in
            ["", "x", &encoded[1..], &format!("{encoded}A"), &format!("{encoded}="), &negative, &other_version, &short]
        {
            assert_eq!(FeedPosition::decode(text), None, "{text}");
        }
    }
}
