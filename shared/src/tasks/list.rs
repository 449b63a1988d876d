//! What of the list is asked for: filter, size, and where the page before it ended.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

use super::task::Task;
use crate::{
    error::{Error, Result},
    http,
};

/// The size of a page: at most, and where none is asked for.
const LIMIT: usize = 500;
const LIMIT_DEFAULT: usize = 100;

/// A page of the list, newest first.
#[derive(Clone, Debug)]
pub struct ListQuery {
    /// Which tasks.
    pub status: Status,
    /// How many at most, 1 to 500.
    pub limit: usize,
    /// The place after which the page begins.
    pub cursor: Cursor,
}

impl ListQuery {
    /// Reads a query string: `status`, `limit`, `cursor`, each at most once.
    pub fn parse(query: &str) -> Result<Self> {
        let [status, limit, cursor] = http::parameters(query, ["status", "limit", "cursor"])?;
        Ok(Self {
            status: status.as_deref().map_or(Ok(Status::All), Status::parse)?,
            limit: limit.as_deref().map_or(Ok(LIMIT_DEFAULT), parse_limit)?,
            cursor: cursor.as_deref().map_or(Ok(Cursor::START), Cursor::parse)?,
        })
    }

    /// The same page size and filter, from behind `last` on.
    #[must_use]
    pub fn after(&self, last: &Task) -> Self {
        Self { cursor: Cursor { created_at: last.created_at, id: last.id }, ..self.clone() }
    }

    /// As [`ListQuery::parse`] reads it.
    #[must_use]
    pub fn to_query_string(&self) -> String {
        let status = match self.status {
            Status::All => "",
            Status::Pending => "status=pending&",
            Status::Completed => "status=completed&",
        };
        format!("{status}limit={}&cursor={}", self.limit, self.cursor.encode())
    }
}

/// The filter by completion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Every task.
    All,
    /// Those that are not completed.
    Pending,
    /// Those that are.
    Completed,
}

impl Status {
    fn parse(text: &str) -> Result<Self> {
        match text {
            "all" => Ok(Self::All),
            "pending" => Ok(Self::Pending),
            "completed" => Ok(Self::Completed),
            _ => Err(Error::invalid("status", "must be all, pending or completed")),
        }
    }
}

fn parse_limit(text: &str) -> Result<usize> {
    text.parse()
        .ok()
        .filter(|limit| (1..=LIMIT).contains(limit))
        .ok_or_else(|| Error::invalid("limit", format!("must be a whole number from 1 to {LIMIT}")))
}

/// A place in the list: the task that was last seen, by the keys of the order. Pages after it cost the same at any
/// depth, and a task made or deleted meanwhile moves none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// When the task was made.
    pub created_at: OffsetDateTime,
    /// Its id, which breaks ties.
    pub id: Uuid,
}

impl Cursor {
    /// Before the newest task.
    pub const START: Self = Self { created_at: datetime!(9999-12-31 0:00 UTC), id: Uuid::max() };

    /// The first byte of a cursor. Another order gets another number, so that an old cursor is refused, not misread.
    const VERSION: u8 = 1;

    /// Opaque to clients: version, microseconds since 1970 (what Postgres keeps) and id, in base64url.
    fn encode(&self) -> String {
        let mut bytes = [0; 25];
        bytes[0] = Self::VERSION;
        bytes[1..9].copy_from_slice(&micros(self.created_at).to_be_bytes());
        bytes[9..].copy_from_slice(self.id.as_bytes());
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    fn parse(text: &str) -> Result<Self> {
        Self::decode(text).ok_or_else(|| Error::invalid("cursor", "must be one from a `Link` of this list"))
    }

    fn decode(text: &str) -> Option<Self> {
        let bytes: [u8; 25] = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (version, rest) = bytes.split_first()?;
        let (time, id) = rest.split_first_chunk::<8>()?;
        let nanos = i128::from(i64::from_be_bytes(*time)) * 1_000;
        let created_at = OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()?;
        // Postgres begins in 4713 BC; nothing was made before 1970 here.
        let valid = *version == Self::VERSION && nanos >= 0;
        valid.then_some(Self { created_at, id: Uuid::from_slice(id).ok()? })
    }
}

/// The years that [`time`] holds fit in 64 bits of microseconds many times over.
fn micros(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_was() {
        let cursor = Cursor { created_at: datetime!(2026-01-23 12:34:56.789012 UTC), id: Uuid::now_v7() };
        assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
    }

    #[test]
    fn what_is_no_cursor_of_ours_is_refused() {
        let good = Cursor::START.encode();
        let other_version = BASE64_URL_SAFE_NO_PAD.encode([2; 25]);
        let before_1970 = BASE64_URL_SAFE_NO_PAD.encode([[1].as_slice(), &[255; 24]].concat());
        let year_290_000 = BASE64_URL_SAFE_NO_PAD.encode([[1].as_slice(), &[127; 24]].concat());
        let padded = format!("{good}=");
        for text in ["", "x", "😀", &good[1..], &padded, &other_version, &before_1970, &year_290_000] {
            assert_eq!(Cursor::decode(text), None, "{text}");
        }
    }

    #[test]
    fn a_query_string_comes_back_as_it_was() {
        let query = "status=pending&limit=7&cursor=".to_owned() + &Cursor::START.encode();
        assert_eq!(ListQuery::parse(&query).map(|query| query.to_query_string()).ok(), Some(query));
    }
}
