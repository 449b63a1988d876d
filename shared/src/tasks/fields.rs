//! What may be written to a task, as bodies say it. What could be made of a body is valid; what is not, is told field by
//! field.

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

/// What a task has beside its fields: ignored where it is sent, so that what was read can be sent back.
const READ_ONLY: [&str; 8] =
    ["id", "owner_user_id", "completed_at", "position", "created_at", "updated_at", "deleted_at", "revision"];

/// A change to a task: what is absent stays as it is, and what is `Some(None)` is cleared.
#[derive(Debug, Default)]
pub struct TaskPatch {
    /// A new title.
    pub title: Option<Title>,
    /// A new description.
    pub description: Option<Option<Description>>,
    /// Whether it is done.
    pub completed: Option<bool>,
    /// A new priority.
    pub priority: Option<Priority>,
    /// Another due date.
    pub due_date: Option<Option<DueDate>>,
    /// Other tags.
    pub tags: Option<Tags>,
}

impl TaskPatch {
    /// Reads the body of a request: any of the fields.
    pub fn parse(request: &Request) -> Result<Self> {
        Ok(Self::read(Members::of(request)?)?)
    }

    /// Reads a task that is sent in part.
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

    /// The columns that it changes, as the operations take them.
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

/// A task to be made.
#[derive(Debug)]
pub struct NewTask {
    /// Its id, where the client has made one.
    pub id: Option<Uuid>,
    fields: TaskPatch,
}

impl NewTask {
    /// Reads the body of a request: `title`, and where given the other fields and `id`.
    pub fn parse(request: &Request) -> Result<Self> {
        Ok(Self::read(Members::of(request)?)?)
    }

    /// Reads a task that is to be made.
    pub(super) fn read(mut fields: Members<'_>) -> Result<Self, Vec<Detail>> {
        let id = fields.optional("id", nullable(|value| uuid(&value)));
        let title = fields.required("title", Title::parse);
        let task = TaskPatch::rest(&mut fields, title);
        fields.finish(&READ_ONLY)?;
        Ok(Self { id: id.flatten(), fields: task })
    }

    /// All columns that a client may write.
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

/// What `complete` is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completion {
    /// To turn the state round. Asked twice, it does so twice.
    Toggle,
    /// To see that it is so. Asked twice, it does so once.
    Set(bool),
}

impl Completion {
    /// Reads the body of a request: none or an empty one toggles.
    pub fn parse(request: &Request) -> Result<Self> {
        let mut fields = Members::of_optional(request)?;
        let completed = fields.optional("completed", |value| boolean(&value));
        fields.finish(&[])?;
        Ok(completed.map_or(Self::Toggle, Self::Set))
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

/// Where a task is put in the manual order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Directly behind a task, or at the start of all.
    After(Option<Uuid>),
    /// Directly ahead of a task, or at the end of all.
    Before(Option<Uuid>),
}

impl Place {
    /// Reads the body of a request: `after` or `before`, each an id or null.
    pub fn parse(request: &Request) -> Result<Self> {
        let mut fields = Members::of(request)?;
        let place = Self::take(&mut fields);
        Ok(fields.finish_with(place, &[])?)
    }

    /// Takes the two members out of several.
    pub(super) fn take(fields: &mut Members<'_>) -> Option<Self> {
        let (names_after, names_before) = (fields.has("after"), fields.has("before"));
        let after = fields.optional("after", nullable(|value| uuid(&value))).map(Self::After);
        let before = fields.optional("before", nullable(|value| uuid(&value))).map(Self::Before);
        if names_after == names_before {
            fields.refuse("after", "must be given, or `before`, and not both");
        }
        after.or(before)
    }

    /// The task beside which it is.
    pub(super) fn anchor(self) -> Option<Uuid> {
        let (Self::After(anchor) | Self::Before(anchor)) = self;
        anchor
    }

    /// Whether it is behind that task.
    pub(super) fn is_behind(self) -> bool {
        matches!(self, Self::After(_))
    }

    /// What is wrong where there is no such task.
    pub(super) fn no_anchor(self) -> Error {
        let member = if self.is_behind() { "after" } else { "before" };
        Error::ValidationFailed(vec![Detail::new(member, "is none of your tasks")])
    }
}

pub(super) fn boolean(value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| format!("must be true or false, got {}", kind(value)))
}

pub(super) fn uuid(value: &Value) -> Result<Uuid, String> {
    http::uuid(value.as_str().unwrap_or_default()).map_err(ToOwned::to_owned)
}

/// Takes null for a value of its own: it clears the field.
pub(super) fn nullable<T>(
    parse: impl FnOnce(Value) -> Result<T, String>,
) -> impl FnOnce(Value) -> Result<Option<T>, String> {
    |value| if value.is_null() { Ok(None) } else { parse(value).map(Some) }
}
