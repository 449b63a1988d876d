//! A task as it is kept and as clients read it.

use serde::{Serialize, Serializer, ser::Error as _};
use serde_json::Value;
use time::OffsetDateTime;
use tokio_postgres::{Row, types::Timestamp};
use uuid::Uuid;

use super::due_date::{DueDate, utc};
use crate::json::kind;

/// A task.
#[derive(Clone, Debug, Serialize)]
pub struct Task {
    /// Made by the client, or by the server: UUID version 7 (RFC 9562).
    pub id: Uuid,
    /// Whose it is: the subject of their tokens.
    pub owner_user_id: String,
    /// 1 to 200 characters, without white space around them.
    pub title: String,
    /// What it is sorted by under that name.
    #[serde(skip)]
    pub title_key: String,
    /// Up to 8,192 characters.
    pub description: Option<String>,
    /// Whether it is done.
    pub completed: bool,
    /// Since when it is done; null while it is not.
    #[serde(serialize_with = "optional_moment")]
    pub completed_at: Option<OffsetDateTime>,
    /// How much it matters.
    pub priority: Priority,
    /// When it is due.
    pub due_date: Option<DueDate>,
    /// Up to 20, each 1 to 50 characters without a comma.
    pub tags: Vec<String>,
    /// Its place in the manual order: compared as text, byte by byte.
    pub position: String,
    /// By the database's clock, to the microsecond.
    #[serde(serialize_with = "moment")]
    pub created_at: OffsetDateTime,
    /// When the task was last written.
    #[serde(serialize_with = "moment")]
    pub updated_at: OffsetDateTime,
    /// Since when it is in the trash; null while it is not.
    #[serde(serialize_with = "optional_moment")]
    pub deleted_at: Option<OffsetDateTime>,
    /// The owner's revision at that write: what `ETag` says. It grows with every write of any of their tasks.
    pub revision: i64,
}

impl Task {
    /// Reads a row of an operation's answer, by the names of its columns.
    pub fn read(row: &Row) -> Result<Self, tokio_postgres::Error> {
        let due_at: Timestamp<OffsetDateTime> = row.try_get("due_at")?;
        Ok(Self {
            id: row.try_get("id")?,
            owner_user_id: row.try_get("owner_user_id")?,
            title: row.try_get("title")?,
            title_key: row.try_get("title_key")?,
            description: row.try_get("description")?,
            completed: row.try_get("completed")?,
            completed_at: row.try_get("completed_at")?,
            priority: Priority::of_rank(row.try_get("priority")?),
            due_date: DueDate::of_columns(due_at, row.try_get("due_is_day")?),
            tags: row.try_get("tags")?,
            position: row.try_get("position")?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
            deleted_at: row.try_get("deleted_at")?,
            revision: row.try_get("revision")?,
        })
    }
}

fn moment<S: Serializer>(at: &OffsetDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    // Postgres answers in UTC, so there is no offset to convert.
    let text = utc(*at).ok_or_else(|| S::Error::custom("no moment that can be written"))?;
    serializer.serialize_str(&text)
}

/// By reference, as serde calls it.
#[allow(clippy::ref_option, reason = "serde's `serialize_with` passes a reference to the field")]
fn optional_moment<S: Serializer>(at: &Option<OffsetDateTime>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => moment(at, serializer),
        None => serializer.serialize_none(),
    }
}

/// How much a task matters. The order is that of the names here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// Nothing was said of it.
    None,
    /// Little.
    Low,
    /// More.
    Medium,
    /// Much.
    High,
}

impl Priority {
    const ALL: [(Self, &'static str); 4] =
        [(Self::None, "none"), (Self::Low, "low"), (Self::Medium, "medium"), (Self::High, "high")];

    /// Reads a JSON value; null is none.
    pub(super) fn parse(value: Value) -> Result<Self, String> {
        match value {
            Value::Null => Ok(Self::None),
            Value::String(name) => Self::parse_name(&name),
            other => Err(format!("must be a string or null, got {}", kind(&other))),
        }
    }

    /// Reads a name, in any case of letters.
    pub(super) fn parse_name(name: &str) -> Result<Self, String> {
        let named = Self::ALL.iter().find(|(_, known)| known.eq_ignore_ascii_case(name));
        named.map(|(priority, _)| *priority).ok_or_else(|| "must be none, low, medium or high".to_owned())
    }

    /// As the database has it, which lets nothing else in.
    fn of_rank(rank: i16) -> Self {
        let at = usize::try_from(rank).unwrap_or_default();
        Self::ALL.get(at).map_or(Self::None, |(priority, _)| *priority)
    }

    /// 0 to 3.
    pub(super) fn rank(self) -> i16 {
        self as i16
    }

    /// In lower case.
    pub(super) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(priority, _)| *priority == self).map_or("none", |(_, name)| name)
    }
}
