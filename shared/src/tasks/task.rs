//! A task, as it is stored and as clients read it.

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
    /// The id. The client may choose a UUID of any version. Otherwise the server makes one of version 7 (RFC 9562).
    pub id: Uuid,
    /// The owner: the subject of the user's tokens.
    pub owner_user_id: String,
    /// 1 to 200 characters, without white space around them.
    pub title: String,
    /// The key for the sort by title.
    #[serde(skip)]
    pub title_key: String,
    /// Up to 8,192 characters.
    pub description: Option<String>,
    /// Whether the task is completed.
    pub completed: bool,
    /// When the task was completed; null if it is not.
    #[serde(serialize_with = "optional_moment")]
    pub completed_at: Option<OffsetDateTime>,
    /// How important the task is.
    pub priority: Priority,
    /// When the task is due.
    pub due_date: Option<DueDate>,
    /// Up to 20 tags, each with 1 to 50 characters and without a comma.
    pub tags: Vec<String>,
    /// The place in the manual order. Positions are compared as text, byte by byte.
    pub position: String,
    /// When the task was created, by the database's clock, to the microsecond.
    #[serde(serialize_with = "moment")]
    pub created_at: OffsetDateTime,
    /// When the task was last written.
    #[serde(serialize_with = "moment")]
    pub updated_at: OffsetDateTime,
    /// When the task was moved to the trash; null if it is not there.
    #[serde(serialize_with = "optional_moment")]
    pub deleted_at: Option<OffsetDateTime>,
    /// The owner's revision grows with every write to any of the owner's tasks. This field keeps its value at the last
    /// write of this task. `ETag` contains it.
    pub revision: i64,
}

impl Task {
    /// Reads a row of an SQL function's answer, by the names of its columns.
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
    let text = utc(*at).ok_or_else(|| S::Error::custom("a moment that cannot be written"))?;
    serializer.serialize_str(&text)
}

#[allow(clippy::ref_option, reason = "serde's `serialize_with` passes a reference to the field")]
fn optional_moment<S: Serializer>(at: &Option<OffsetDateTime>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => moment(at, serializer),
        None => serializer.serialize_none(),
    }
}

/// How important a task is, in ascending order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// No priority was set.
    None,
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
}

impl Priority {
    const ALL: [(Self, &'static str); 4] =
        [(Self::None, "none"), (Self::Low, "low"), (Self::Medium, "medium"), (Self::High, "high")];

    /// Reads a JSON value. Null means no priority.
    pub(super) fn parse(value: Value) -> Result<Self, String> {
        match value {
            Value::Null => Ok(Self::None),
            Value::String(name) => Self::parse_name(&name),
            other => Err(format!("must be a string or null, got {}", kind(&other))),
        }
    }

    /// Reads a name, in upper or lower case.
    pub(super) fn parse_name(name: &str) -> Result<Self, String> {
        let named = Self::ALL.iter().find(|(_, known)| known.eq_ignore_ascii_case(name));
        named.map(|(priority, _)| *priority).ok_or_else(|| "must be none, low, medium or high".to_owned())
    }

    /// Reads the number that the database stores. A constraint allows only 0 to 3.
    fn of_rank(rank: i16) -> Self {
        let at = usize::try_from(rank).unwrap_or_default();
        Self::ALL.get(at).map_or(Self::None, |(priority, _)| *priority)
    }

    /// The number that the database stores, 0 to 3.
    pub(super) fn rank(self) -> i16 {
        self as i16
    }

    /// The name, in lower case.
    pub(super) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(priority, _)| *priority == self).map_or("none", |(_, name)| name)
    }
}
