//! Cursors: where the next page of a list begins.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use uuid::Uuid;

/// The longest cursor, in characters: enough for the key of the longest title.
const MAX_LENGTH: usize = 3_600;

/// The first byte of a cursor. Another format must get another number, so that an old cursor is refused and not
/// misread.
const VERSION: u8 = 2;

/// The task after which a page begins, by its key in the order. So a page costs the same at any depth, and a task that
/// is created or deleted meanwhile does not shift it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Identifies the sort, the order and the filters that the cursor was made for.
    pub fingerprint: [u8; 8],
    /// The epoch of the list's owner. The database compares it.
    pub epoch: Uuid,
    /// The task's key in the order, as Postgres writes it.
    pub key: String,
    /// The task's id, which breaks ties.
    pub id: Uuid,
}

impl Cursor {
    /// Encodes the cursor in base64url. It is opaque to clients.
    #[must_use]
    pub fn encode(&self) -> String {
        let parts =
            [&[VERSION], self.fingerprint.as_slice(), self.epoch.as_bytes(), self.id.as_bytes(), self.key.as_bytes()];
        BASE64_URL_SAFE_NO_PAD.encode(parts.concat())
    }

    /// Reads what [`Cursor::encode`] has made, and nothing else.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(Some(text).filter(|text| text.len() <= MAX_LENGTH)?).ok()?;
        let (version, rest) = bytes.split_first()?;
        let (fingerprint, rest) = rest.split_first_chunk()?;
        let (epoch, rest) = rest.split_first_chunk()?;
        let (id, key) = rest.split_first_chunk()?;
        let key = String::from_utf8(key.to_vec()).ok()?;
        (*version == VERSION).then_some(Self {
            fingerprint: *fingerprint,
            epoch: Uuid::from_bytes(*epoch),
            key,
            id: Uuid::from_bytes(*id),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(key: &str) -> Cursor {
        Cursor { fingerprint: *b"12345678", epoch: Uuid::new_v4(), key: key.to_owned(), id: Uuid::now_v7() }
    }

    #[test]
    fn a_cursor_comes_back_as_it_was() {
        // The longest key: 200 characters, each of which becomes three characters of up to four bytes.
        for key in ["", "infinity", "é", &"\u{10ffff}".repeat(600)] {
            let cursor = cursor(key);
            assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        }
    }

    #[test]
    fn what_is_no_cursor_of_ours_is_refused() {
        let good = cursor("x").encode();
        let other_version = BASE64_URL_SAFE_NO_PAD.encode([3; 60]);
        let short = BASE64_URL_SAFE_NO_PAD.encode([VERSION; 40]);
        let not_text = BASE64_URL_SAFE_NO_PAD.encode([[VERSION; 41].as_slice(), &[0xff]].concat());
        let long = cursor(&"x".repeat(MAX_LENGTH)).encode();
        for text in ["", "x", "😀", &good[1..], &format!("{good}="), &other_version, &short, &not_text, &long] {
            assert_eq!(Cursor::decode(text), None, "{text}");
        }
    }
}
