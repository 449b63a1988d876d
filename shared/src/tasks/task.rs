//! A task, and what may be written to one. What could be made of a body is valid; what is not, is told field by field.

use serde::{Serialize, Serializer};
use serde_json::Value;
use time::{OffsetDateTime, format_description::StaticFormatDescription, macros::format_description};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::{
    error::{DETAILS, Detail, Error, Result},
    json::Object,
};

/// Lengths in characters (Unicode scalar values, as Postgres' `char_length` counts them).
const TITLE: usize = 200;
const DESCRIPTION: usize = 8_192;

/// A task as it is kept and as clients read it.
#[derive(Clone, Debug, Serialize)]
pub struct Task {
    /// Made by the server: UUID version 7 (RFC 9562).
    pub id: Uuid,
    /// Whose it is: the subject of their tokens.
    pub owner_user_id: String,
    /// 1 to 200 characters, without white space around them.
    pub title: String,
    /// Up to 8,192 characters.
    pub description: Option<String>,
    /// Whether it is done.
    pub completed: bool,
    /// Since when it is done; null while it is not.
    #[serde(serialize_with = "optional_utc")]
    pub completed_at: Option<OffsetDateTime>,
    /// By the database's clock, to the microsecond.
    #[serde(serialize_with = "utc")]
    pub created_at: OffsetDateTime,
    /// When the task was last written.
    #[serde(serialize_with = "utc")]
    pub updated_at: OffsetDateTime,
    /// The owner's revision at that write: what `ETag` says. It grows with every write of any of their tasks.
    pub revision: i64,
}

impl Task {
    /// Reads a row of an operation's answer, by the names of its columns.
    pub fn read(row: &Row) -> Result<Self, tokio_postgres::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            owner_user_id: row.try_get("owner_user_id")?,
            title: row.try_get("title")?,
            description: row.try_get("description")?,
            completed: row.try_get("completed")?,
            completed_at: row.try_get("completed_at")?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
            revision: row.try_get("revision")?,
        })
    }
}

/// RFC 3339 in UTC, always with six digits: what Postgres keeps, and sortable as text.
const UTC: StaticFormatDescription =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

fn utc<S: Serializer>(at: &OffsetDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    // Postgres answers in UTC, so there is no offset to convert.
    let text = at.format(UTC).map_err(serde::ser::Error::custom)?;
    serializer.serialize_str(&text)
}

/// By reference, as serde calls it.
#[allow(clippy::ref_option, reason = "serde's `serialize_with` passes a reference to the field")]
fn optional_utc<S: Serializer>(at: &Option<OffsetDateTime>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => utc(at, serializer),
        None => serializer.serialize_none(),
    }
}

/// A task to be made.
#[derive(Debug)]
pub struct NewTask {
    /// What is to be done.
    pub title: Title,
    /// More about it.
    pub description: Option<Description>,
    /// Whether it is made as one that is done.
    pub completed: bool,
}

impl NewTask {
    /// Reads a body: `title`, and `description` and `completed` where given.
    pub fn parse(members: Object) -> Result<Self> {
        let mut fields = Fields::new(members);
        let title = fields.required("title", Title::parse);
        let description = fields.optional("description", nullable(Description::parse));
        let completed = fields.optional("completed", |value| boolean(&value));
        fields.finish()?;
        match title {
            Some(title) => {
                Ok(Self { title, description: description.flatten(), completed: completed.unwrap_or_default() })
            }
            // Not reached: a title that is missing or wrong is among what `finish` refuses.
            None => Err(Error::ValidationFailed(Vec::new())),
        }
    }
}

/// A change to a task: what is absent stays as it is. `update_task` in the database takes it as JSON, in which that
/// stays absent.
#[derive(Debug, Serialize)]
pub struct TaskPatch {
    /// A new title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Title>,
    /// A new description; the inner `None` clears it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Option<Description>>,
    /// Whether it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed: Option<bool>,
}

impl TaskPatch {
    /// Reads a body: any of `title`, `description` and `completed`.
    pub fn parse(members: Object) -> Result<Self> {
        let mut fields = Fields::new(members);
        let patch = Self {
            title: fields.optional("title", Title::parse),
            description: fields.optional("description", nullable(Description::parse)),
            completed: fields.optional("completed", |value| boolean(&value)),
        };
        fields.finish().map(|()| patch)
    }
}

/// What `complete` is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completion {
    /// To turn the state round. Asked twice, it does so twice.
    Toggle,
    /// To see that it is so. Asked twice, it does so once.
    Set(bool),
}

impl Completion {
    /// Reads a body: none or an empty one toggles.
    pub fn parse(members: Option<Object>) -> Result<Self> {
        let mut fields = Fields::new(members.unwrap_or_default());
        let completed = fields.optional("completed", |value| boolean(&value));
        fields.finish().map(|()| completed.map_or(Self::Toggle, Self::Set))
    }

    /// The state asked for; `None` for the other one.
    #[must_use]
    pub fn state(self) -> Option<bool> {
        match self {
            Self::Toggle => None,
            Self::Set(completed) => Some(completed),
        }
    }
}

/// 1 to 200 characters, trimmed, without NUL.
#[derive(Debug, Serialize)]
pub struct Title(String);

impl Title {
    fn parse(value: Value) -> Result<Self, String> {
        let title = text(value)?.trim().to_owned();
        match title.chars().count() {
            1..=TITLE => Ok(Self(title)),
            length => Err(format!("must be 1 to {TITLE} characters, got {length}")),
        }
    }

    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Up to 8,192 characters, without NUL.
#[derive(Debug, Serialize)]
pub struct Description(String);

impl Description {
    fn parse(value: Value) -> Result<Self, String> {
        let description = text(value)?;
        match description.chars().count() {
            ..=DESCRIPTION => Ok(Self(description)),
            length => Err(format!("must be at most {DESCRIPTION} characters, got {length}")),
        }
    }

    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Postgres keeps every character but NUL.
fn text(value: Value) -> Result<String, String> {
    match value {
        Value::String(text) if text.contains('\0') => Err("must not contain the character NUL".into()),
        Value::String(text) => Ok(text),
        other => Err(format!("must be a string, got {}", kind(&other))),
    }
}

fn boolean(value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| format!("must be true or false, got {}", kind(value)))
}

/// Takes null for a value of its own: it clears the field.
fn nullable<T>(parse: impl FnOnce(Value) -> Result<T, String>) -> impl FnOnce(Value) -> Result<Option<T>, String> {
    |value| if value.is_null() { Ok(None) } else { parse(value).map(Some) }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Takes the members of a body one by one and gathers what is wrong with each, so that the client learns all at once.
struct Fields {
    members: Object,
    details: Vec<Detail>,
}

impl Fields {
    fn new(members: Object) -> Self {
        Self { members, details: Vec::new() }
    }

    fn optional<T>(&mut self, name: &str, parse: impl FnOnce(Value) -> Result<T, String>) -> Option<T> {
        let parsed = parse(self.members.remove(name)?);
        parsed.map_err(|message| self.details.push(Detail::new(name, message))).ok()
    }

    fn required<T>(&mut self, name: &str, parse: impl FnOnce(Value) -> Result<T, String>) -> Option<T> {
        if !self.members.contains_key(name) {
            self.details.push(Detail::new(name, "is required"));
        }
        self.optional(name, parse)
    }

    /// What nobody has taken is no field that can be written.
    fn finish(mut self) -> Result<()> {
        let unknown = self.members.keys().take(DETAILS);
        self.details.extend(unknown.map(|name| Detail::new(name, "is not a field that can be written here")));
        if self.details.is_empty() { Ok(()) } else { Err(Error::ValidationFailed(self.details)) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::json;

    fn title(text: &str) -> Option<String> {
        Title::parse(json!(text)).ok().map(|title| title.0)
    }

    #[test]
    fn a_title_has_1_to_200_characters_after_trimming() {
        assert_eq!(title(""), None);
        assert_eq!(title(" \t\u{2003}\n"), None);
        assert_eq!(title(" a "), Some("a".into()));
        assert_eq!(title(&"é".repeat(200)), Some("é".repeat(200)));
        assert_eq!(title(&"👩🏽".repeat(100)), Some("👩🏽".repeat(100)), "a skin tone is a character of its own");
        assert_eq!(title(&"👩🏽".repeat(101)), None);
        assert_eq!(title("a\0b"), None);
    }

    #[test]
    fn every_wrong_field_is_told_at_once() {
        let members = json::object(br#"{"title": 5, "completed": null, "colour": "red"}"#).unwrap();
        let Err(Error::ValidationFailed(details)) = TaskPatch::parse(members) else { panic!("taken") };
        let fields: Vec<_> = details.iter().map(|detail| detail.field.as_str()).collect();
        assert_eq!(fields, ["title", "completed", "colour"]);
    }
}
