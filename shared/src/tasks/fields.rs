//! The fields that a client may write, as bodies contain them. A value of these types is valid. An error lists each
//! wrong field.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    due_date::{DueDate, utc},
    task::Priority,
    text::{Description, Tags, Title},
};
use crate::{
    error::{Detail, Error, Result},
    http::{self, Members, Request},
    json::{Object, kind},
};

/// The read-only members of a task. They are ignored in a body, so that a client can send back what it has read.
const READ_ONLY: [&str; 8] =
    ["id", "owner_user_id", "completed_at", "position", "created_at", "updated_at", "deleted_at", "revision"];

/// A change to a task. A field that is `None` stays as it is, and one that is `Some(None)` is cleared.
#[derive(Debug, Default)]
pub struct TaskPatch {
    /// A new title.
    pub title: Option<Title>,
    /// A new description.
    pub description: Option<Option<Description>>,
    /// Whether the task is completed.
    pub completed: Option<bool>,
    /// A new priority.
    pub priority: Option<Priority>,
    /// A new due date.
    pub due_date: Option<Option<DueDate>>,
    /// New tags.
    pub tags: Option<Tags>,
}

impl TaskPatch {
    /// Reads the body of a request: any of the fields.
    pub fn parse(request: &Request) -> Result<Self> {
        Ok(Self::read(Members::of(request)?)?)
    }

    /// Reads a part of a task.
    pub(super) fn read(mut fields: Members<'_>) -> Result<Self, Vec<Detail>> {
        let title = fields.optional("title", Title::parse);
        let patch = Self::rest(&mut fields, title);
        fields.finish(&READ_ONLY).map(|()| patch)
    }

    fn rest(fields: &mut Members<'_>, title: Option<Title>) -> Self {
        Self {
            title,
            description: fields.optional("description", nullable(Description::parse)),
            completed: fields.optional("completed", |value| boolean(&value)),
            priority: fields.optional("priority", Priority::parse),
            due_date: fields.optional("due_date", DueDate::parse),
            tags: fields
                .optional("tags", |value| if value.is_null() { Ok(Tags::default()) } else { Tags::parse(value) }),
        }
    }

    /// The columns to change, as the SQL functions expect them.
    pub(super) fn columns(&self) -> Object {
        let mut columns = Object::new();
        let mut set = |name: &str, value: Value| columns.insert(name.to_owned(), value);
        if let Some(title) = &self.title {
            set("title", json!(title));
            set("title_key", title.key().into());
        }
        if let Some(description) = &self.description {
            set("description", json!(description));
        }
        if let Some(completed) = self.completed {
            set("completed", completed.into());
        }
        if let Some(priority) = self.priority {
            set("priority", priority.rank().into());
        }
        if let Some(due) = self.due_date {
            set("due_at", due.and_then(|due| utc(due.at())).unwrap_or_else(|| "infinity".to_owned()).into());
            set("due_is_day", due.is_some_and(DueDate::is_day).into());
        }
        if let Some(tags) = &self.tags {
            set("tags", json!(tags));
        }
        columns
    }
}

/// A task to create.
#[derive(Debug)]
pub struct NewTask {
    /// The id, if the client has chosen one.
    pub id: Option<Uuid>,
    fields: TaskPatch,
}

impl NewTask {
    /// Reads the body of a request: `title`, and optionally `id` and the other fields.
    pub fn parse(request: &Request) -> Result<Self> {
        Ok(Self::read(Members::of(request)?)?)
    }

    /// Reads a task to create.
    pub(super) fn read(mut fields: Members<'_>) -> Result<Self, Vec<Detail>> {
        let id = fields.optional("id", nullable(|value| uuid(&value)));
        let title = fields.required("title", Title::parse);
        let task = TaskPatch::rest(&mut fields, title);
        fields.finish(&READ_ONLY)?;
        Ok(Self { id: id.flatten(), fields: task })
    }

    /// All columns that a client may write, with defaults.
    pub(super) fn columns(&self) -> Object {
        let default = TaskPatch {
            title: None,
            description: Some(None),
            completed: Some(false),
            priority: Some(Priority::None),
            due_date: Some(None),
            tags: Some(Tags::default()),
        };
        let mut columns = default.columns();
        columns.extend(self.fields.columns());
        columns
    }
}

/// What a request to `complete` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completion {
    /// Change it to the other state. Two requests change it twice.
    Toggle,
    /// Set it to this state. Two requests do the same as one.
    Set(bool),
}

impl Completion {
    /// Reads the body of a request. No body, or an empty object, toggles.
    pub fn parse(request: &Request) -> Result<Self> {
        let mut fields = Members::of_optional(request)?;
        let completed = fields.optional("completed", |value| boolean(&value));
        fields.finish(&[])?;
        Ok(completed.map_or(Self::Toggle, Self::Set))
    }

    /// The state to set. `None` toggles.
    #[must_use]
    pub fn state(self) -> Option<bool> {
        match self {
            Self::Toggle => None,
            Self::Set(completed) => Some(completed),
        }
    }
}

/// Where a task is moved to in the manual order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Directly after a task; `None` is the start of the list.
    After(Option<Uuid>),
    /// Directly before a task; `None` is the end of the list.
    Before(Option<Uuid>),
}

impl Place {
    /// Reads the body of a request: `after` or `before`, with an id or null.
    pub fn parse(request: &Request) -> Result<Self> {
        let mut fields = Members::of(request)?;
        let place = Self::take(&mut fields);
        Ok(fields.finish_with(place, &[])?)
    }

    /// Takes `after` and `before` out of an object.
    pub(super) fn take(fields: &mut Members<'_>) -> Option<Self> {
        let (names_after, names_before) = (fields.has("after"), fields.has("before"));
        let after = fields.optional("after", nullable(|value| uuid(&value))).map(Self::After);
        let before = fields.optional("before", nullable(|value| uuid(&value))).map(Self::Before);
        if names_after == names_before {
            fields.refuse("after", "give either `after` or `before`, not both");
        }
        after.or(before)
    }

    /// The task next to the place.
    pub(super) fn anchor(self) -> Option<Uuid> {
        let (Self::After(anchor) | Self::Before(anchor)) = self;
        anchor
    }

    /// Whether the place is after that task.
    pub(super) fn is_behind(self) -> bool {
        matches!(self, Self::After(_))
    }

    /// The error if there is no such task.
    pub(super) fn no_anchor(self) -> Error {
        let member = if self.is_behind() { "after" } else { "before" };
        Error::ValidationFailed(vec![Detail::new(member, "is not one of your tasks")])
    }
}

pub(super) fn boolean(value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| format!("must be true or false, got {}", kind(value)))
}

pub(super) fn uuid(value: &Value) -> Result<Uuid, String> {
    http::uuid(value.as_str().unwrap_or_default()).map_err(ToOwned::to_owned)
}

/// Reads null as `None`, which clears the field.
pub(super) fn nullable<T>(
    parse: impl FnOnce(Value) -> Result<T, String>,
) -> impl FnOnce(Value) -> Result<Option<T>, String> {
    |value| if value.is_null() { Ok(None) } else { parse(value).map(Some) }
}
