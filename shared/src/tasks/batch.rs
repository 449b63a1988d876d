//! Several operations as one request.

use serde_json::{Value, json};
use uuid::Uuid;

use super::fields::{NewTask, Place, TaskPatch, boolean, nullable, uuid};
use crate::{
    error::{Detail, Error, Result},
    http::{self, Members, Request},
    json::{Object, kind},
};

/// So many operations a batch has at most.
const OPERATIONS: usize = 100;

/// 1 to 100 operations, which are done in order: all of them, or none.
#[derive(Debug)]
pub struct Batch(pub(super) Vec<Operation>);

/// One of them.
#[derive(Debug)]
pub(super) struct Operation {
    /// The task it is about. `None` for one that is to be made under an id of the server's.
    id: Option<Uuid>,
    /// The revision that the task has to be at.
    if_match: Option<i64>,
    what: What,
}

/// What is done with the task.
#[derive(Debug)]
enum What {
    Create(NewTask),
    Update(TaskPatch),
    Complete(bool),
    Move(Place),
    Delete,
    Restore,
}

impl Batch {
    /// Reads the body of a request. What is wrong is told of all operations at once.
    pub fn parse(request: &Request) -> Result<Self> {
        let mut members = Members::inside(request, http::batch_object(request)?);
        let values = members.required("operations", |value| match value {
            Value::Array(values) if (1..=OPERATIONS).contains(&values.len()) => Ok(values),
            Value::Array(values) => Err(format!("must be 1 to {OPERATIONS} operations, got {}", values.len())),
            other => Err(format!("must be an array, got {}", kind(&other))),
        });
        let (mut operations, mut details) = (Vec::new(), Vec::new());
        for (index, value) in members.finish_with(values, &[])?.into_iter().enumerate() {
            match Operation::parse(request, value) {
                Ok(operation) => operations.push(operation),
                Err(wrong) => details.extend(wrong.into_iter().map(|detail| detail.in_operation(index))),
            }
        }
        if details.is_empty() { Ok(Self(operations)) } else { Err(Error::ValidationFailed(details)) }
    }

    /// As the database takes it. An id that the client has not made is made here.
    pub(super) fn for_database(&self) -> Value {
        self.0.iter().map(|operation| Value::Object(operation.for_database())).collect()
    }
}

impl Operation {
    fn parse(request: &Request, value: Value) -> Result<Self, Vec<Detail>> {
        let Value::Object(object) = value else {
            return Err(vec![Detail::new("operation", format!("must be an object, got {}", kind(&value)))]);
        };
        let mut members = Members::inside(request, object);
        let Some(name) = members.required("op", |value| name(&value)) else {
            return Err(members.finish(&ANY).err().unwrap_or_default());
        };
        let (id, if_match) = if name == "create" {
            (members.optional("id", nullable(|value| uuid(&value))).flatten(), None)
        } else {
            let id = members.required("id", |value| uuid(&value));
            (id, members.optional("if_match", nullable(|value| revision(&value))).flatten())
        };
        let what = match name {
            "create" => task(request, &mut members, NewTask::read).map(What::Create),
            "update" => task(request, &mut members, TaskPatch::read).map(What::Update),
            "complete" => members.required("completed", |value| boolean(&value)).map(What::Complete),
            "move" => Place::take(&mut members).map(What::Move),
            "delete" => Some(What::Delete),
            _ => Some(What::Restore),
        };
        let inner = what.as_ref().and_then(What::new_id);
        if inner.is_some() && id.is_some() && inner != id {
            members.refuse("id", "is another one than in `task`");
        }
        let what = members.finish_with(what, &[])?;
        Ok(Self { id: id.or(inner), if_match, what })
    }

    fn for_database(&self) -> Object {
        let mut object = Object::new();
        let mut set = |name: &str, value: Value| object.insert(name.to_owned(), value);
        set("id", json!(self.id.unwrap_or_else(Uuid::now_v7)));
        if let Some(revision) = self.if_match {
            set("if_match", revision.into());
        }
        match &self.what {
            What::Create(new) => {
                set("op", "create".into());
                set("task", new.columns().into());
            }
            What::Update(patch) => {
                set("op", "update".into());
                set("task", patch.columns().into());
            }
            What::Complete(completed) => {
                set("op", "complete".into());
                set("completed", (*completed).into());
            }
            What::Move(place) => {
                set("op", "move".into());
                set("anchor", json!(place.anchor()));
                set("is_behind", place.is_behind().into());
            }
            What::Delete => {
                set("op", "delete".into());
                set("is_permanent", false.into());
            }
            What::Restore => {
                set("op", "restore".into());
            }
        }
        object
    }

    /// The status that the operation would have alone, where it is done.
    pub(super) fn status(&self) -> u16 {
        match self.what {
            What::Create(_) => 201,
            What::Delete => 204,
            _ => 200,
        }
    }

    /// Where the task is put, if that is what is done.
    pub(super) fn place(&self) -> Option<Place> {
        match self.what {
            What::Move(place) => Some(place),
            _ => None,
        }
    }
}

impl What {
    /// The id that stands in a task to be made.
    fn new_id(&self) -> Option<Uuid> {
        match self {
            Self::Create(new) => new.id,
            _ => None,
        }
    }
}

/// What `op` may be.
const NAMES: [&str; 6] = ["create", "update", "complete", "move", "delete", "restore"];

fn name(value: &Value) -> Result<&'static str, String> {
    let name = value.as_str().and_then(|text| NAMES.into_iter().find(|name| name.eq_ignore_ascii_case(text)));
    name.ok_or_else(|| "must be create, update, complete, move, delete or restore".to_owned())
}

/// The members of any operation, where it is not known which one it is.
const ANY: [&str; 6] = ["id", "if_match", "task", "completed", "after", "before"];

/// Reads the task that stands in an operation.
fn task<T>(
    request: &Request,
    members: &mut Members<'_>,
    read: impl FnOnce(Members<'_>) -> Result<T, Vec<Detail>>,
) -> Option<T> {
    let object = members.required("task", |value| match value {
        Value::Object(object) => Ok(object),
        other => Err(format!("must be an object, got {}", kind(&other))),
    })?;
    read(Members::inside(request, object)).map_err(|details| members.refuse_within("task", details)).ok()
}

fn revision(value: &Value) -> Result<i64, String> {
    value
        .as_i64()
        .filter(|revision| *revision > 0)
        .ok_or_else(|| "must be the `revision` of a task, or null".to_owned())
}
