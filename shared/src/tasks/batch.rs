//! Several operations in one request.

use serde_json::{Value, json};
use uuid::Uuid;

use super::fields::{NewTask, Place, TaskPatch, boolean, nullable, uuid};
use crate::{
    error::{Detail, Error, Result},
    http::{self, Members, Request},
    json::{Object, kind},
};

/// The most operations in a batch.
const MAX_OPERATIONS: usize = 100;

/// 1 to 100 operations, which are done in order: all of them, or none.
#[derive(Debug)]
pub struct Batch(pub(super) Vec<Operation>);

/// One operation of a batch.
#[derive(Debug)]
pub(super) struct Operation {
    /// The id of the task. `None` for a new task whose id the server makes.
    id: Option<Uuid>,
    /// The revision that the task must have. `None` allows any.
    if_match: Option<i64>,
    action: Action,
}

/// What to do with the task.
#[derive(Debug)]
enum Action {
    Create(NewTask),
    Update(TaskPatch),
    Complete(bool),
    Move(Place),
    Delete,
    Restore,
}

impl Batch {
    /// Reads the body of a request. The error lists what is wrong in all operations.
    pub fn parse(request: &Request) -> Result<Self> {
        let mut members = Members::inside(request, http::batch_object(request)?);
        let values = members.required("operations", |value| match value {
            Value::Array(values) if (1..=MAX_OPERATIONS).contains(&values.len()) => Ok(values),
            Value::Array(values) => Err(format!("must be 1 to {MAX_OPERATIONS} operations, got {}", values.len())),
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

    /// The JSON for the SQL function. A new task without an id gets one here.
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
        let Some(op) = members.required("op", |value| op(&value)) else {
            return Err(members.finish(&ANY).err().unwrap_or_default());
        };
        let (id, if_match) = if op == Op::Create {
            (members.optional("id", nullable(|value| uuid(&value))).flatten(), None)
        } else {
            let id = members.required("id", |value| uuid(&value));
            (id, members.optional("if_match", nullable(|value| revision(&value))).flatten())
        };
        let action = match op {
            Op::Create => task(request, &mut members, NewTask::read).map(Action::Create),
            Op::Update => task(request, &mut members, TaskPatch::read).map(Action::Update),
            Op::Complete => members.required("completed", |value| boolean(&value)).map(Action::Complete),
            Op::Move => Place::take(&mut members).map(Action::Move),
            Op::Delete => Some(Action::Delete),
            Op::Restore => Some(Action::Restore),
        };
        let inner = action.as_ref().and_then(Action::new_id);
        if inner.is_some() && id.is_some() && inner != id {
            members.refuse("id", "differs from the id in `task`");
        }
        let action = members.finish_with(action, &[])?;
        Ok(Self { id: id.or(inner), if_match, action })
    }

    fn for_database(&self) -> Object {
        let mut object = Object::new();
        let mut set = |name: &str, value: Value| object.insert(name.to_owned(), value);
        set("id", json!(self.id.unwrap_or_else(Uuid::now_v7)));
        if let Some(revision) = self.if_match {
            set("if_match", revision.into());
        }
        match &self.action {
            Action::Create(new) => {
                set("op", "create".into());
                set("task", new.columns().into());
            }
            Action::Update(patch) => {
                set("op", "update".into());
                set("task", patch.columns().into());
            }
            Action::Complete(completed) => {
                set("op", "complete".into());
                set("completed", (*completed).into());
            }
            Action::Move(place) => {
                set("op", "move".into());
                set("anchor", json!(place.anchor()));
                set("is_behind", place.is_behind().into());
            }
            Action::Delete => {
                set("op", "delete".into());
                set("is_permanent", false.into());
            }
            Action::Restore => {
                set("op", "restore".into());
            }
        }
        object
    }

    /// The status that the operation would have on its own route.
    pub(super) fn status(&self) -> u16 {
        match self.action {
            Action::Create(_) => 201,
            Action::Delete => 204,
            _ => 200,
        }
    }

    /// Where the task is moved to, if the operation is a move.
    pub(super) fn place(&self) -> Option<Place> {
        match self.action {
            Action::Move(place) => Some(place),
            _ => None,
        }
    }
}

impl Action {
    /// The id in a new task.
    fn new_id(&self) -> Option<Uuid> {
        match self {
            Self::Create(new) => new.id,
            _ => None,
        }
    }
}

/// A value of `op`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Op {
    Create,
    Update,
    Complete,
    Move,
    Delete,
    Restore,
}

const OPS: [(&str, Op); 6] = [
    ("create", Op::Create),
    ("update", Op::Update),
    ("complete", Op::Complete),
    ("move", Op::Move),
    ("delete", Op::Delete),
    ("restore", Op::Restore),
];

fn op(value: &Value) -> Result<Op, String> {
    let op = value.as_str().and_then(|text| OPS.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(text)));
    op.map(|(_, op)| op).ok_or_else(|| "must be create, update, complete, move, delete or restore".to_owned())
}

/// The members of all operations. If `op` is missing or wrong, these members are not reported as unknown.
const ANY: [&str; 6] = ["id", "if_match", "task", "completed", "after", "before"];

/// Reads the task in an operation.
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
