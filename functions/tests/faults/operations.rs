//! Every operation that there is: the matrix and the storm take them from here, one line each.

use serde_json::{Value, json};
use testing::{Request, User};

/// The task of a request, and a text that no other request has.
pub(crate) struct On<'a> {
    pub(crate) path: &'a str,
    pub(crate) label: &'a str,
}

type Ask = for<'a> fn(&User<'a>, &On<'_>) -> Request<'a>;

/// A write that is looked for: the label of its request, and the revision that it was given.
pub(crate) struct Write<'a> {
    pub(crate) label: &'a str,
    pub(crate) revision: i64,
}

/// What becomes of a task, as JSON: null is none.
type Effect = fn(&mut Value, &Write<'_>);

/// One operation.
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    /// How often it is among a hundred or so.
    pub(crate) weight: u32,
    /// The status of its success.
    pub(crate) status: u16,
    pub(crate) ask: Ask,
    effect: Option<Effect>,
}

const TASKS: &str = "/api/me/tasks";

/// To the end of the manual order. So what is created or moved in between can be told from it, and a move that is done
/// twice from one that is done once.
const MOVE: &str = "move";

#[rustfmt::skip] // a line each
pub(crate) const OPERATIONS: &[Operation] = &[
    read("list", 10, |user, _| user.get(TASKS)),
    read("list one status", 5, |user, _| user.get("/api/me/tasks?status=pending&limit=5")),
    read("list in another order", 5, |user, _| user.get("/api/me/tasks?sort=due_date&order=desc&search=e&count=true&limit=5")),
    read("get", 10, |user, on| user.get(on.path)),
    write("create", 20, 201, |user, on| user.post(TASKS).json(json!({ "title": on.label })), |task, write| *task = new(write.label)),
    write("put", 10, 200, |user, on| user.put(on.path).json(json!({ "title": on.label })), |task, write| task["title"] = json!(write.label)),
    write("patch", 10, 200, |user, on| user.patch(on.path).json(json!({ "description": on.label })), |task, write| task["description"] = json!(write.label)),
    write("toggle", 25, 200, |user, on| user.patch(&complete(on)), |task, _| task["completed"] = json!(task["completed"] != true)),
    write("complete", 5, 200, |user, on| user.patch(&complete(on)).json(json!({ "completed": true })), |task, _| task["completed"] = json!(true)),
    write(MOVE, 15, 200, |user, on| user.post(&format!("{}/move", on.path)).json(json!({ "before": null })), |task, write| task["position"] = json!(last(write))),
    write("delete", 5, 204, |user, on| user.delete(on.path), |task, _| *task = Value::Null),
];

const fn read(name: &'static str, weight: u32, ask: Ask) -> Operation {
    Operation { name, weight, status: 200, ask, effect: None }
}

const fn write(name: &'static str, weight: u32, status: u16, ask: Ask, effect: Effect) -> Operation {
    Operation { name, weight, status, ask, effect: Some(effect) }
}

fn new(title: &str) -> Value {
    json!({ "title": title, "description": null, "completed": false })
}

/// The place behind all others, which is made of the revision (migrations/operations/_position.sql).
fn last(write: &Write<'_>) -> String {
    format!("e{:012x}", write.revision)
}

fn complete(on: &On<'_>) -> String {
    format!("{}/complete", on.path)
}

impl Operation {
    /// How many writes of its owner's it is. A move of a task that stands there already is none.
    pub(crate) fn writes(&self) -> i64 {
        i64::from(self.effect.is_some())
    }

    /// Whether it needs no task.
    pub(crate) fn creates(&self) -> bool {
        self.status == 201
    }

    /// Whether it leaves none.
    pub(crate) fn deletes(&self) -> bool {
        self.status == 204
    }

    /// Whether it puts a task behind all others.
    pub(crate) fn moves(&self) -> bool {
        self.name == MOVE
    }

    /// Whether it makes `after` of `before`. Of a new task that is said as far as the request goes.
    pub(crate) fn explains(&self, before: &Value, after: &Value, write: &Write<'_>) -> bool {
        let Some(effect) = self.effect else { return before == after };
        let mut expected = before.clone();
        effect(&mut expected, write);
        match (&expected, after) {
            (Value::Object(expected), Value::Object(after)) => {
                expected.iter().all(|(name, value)| after.get(name) == Some(value))
            }
            _ => expected == *after,
        }
    }
}

/// A task less what its clock and its title say anyhow, so that it can be compared.
pub(crate) fn timeless(mut task: Value) -> Value {
    if let Value::Object(members) = &mut task {
        for clock in ["completed_at", "created_at", "updated_at", "revision", "title_key"] {
            members.remove(clock);
        }
    }
    task
}
