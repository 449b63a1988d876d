//! The list of all operations, one line each, for the matrix and the chaos test.

use serde_json::{Value, json};
use testing::{Answer, Request, User};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::seed;

/// The task of a request, and a text that is unique to it.
#[derive(Clone, Copy)]
pub(crate) struct On<'a> {
    pub(crate) task: Uuid,
    pub(crate) label: &'a str,
}

type Ask = for<'a> fn(&User<'a>, On<'_>) -> Request<'a>;

/// An expected write: the label of its request and its revision.
pub(crate) struct Write<'a> {
    pub(crate) label: &'a str,
    pub(crate) revision: i64,
}

/// What a write does to a task as JSON. Null means no task.
type Effect = fn(&mut Value, &Write<'_>);

/// Which task a request needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Nothing,
    Live,
    Trash,
}

/// What a write changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// The task that the request names.
    Asked,
    /// The task that it creates.
    Made,
    /// The user with all their rows.
    Account,
}

/// One write of an operation, with its own revision.
pub(crate) struct Step {
    pub(crate) whose: Whose,
    effect: Effect,
}

/// One operation.
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    /// Its weight in the random choice of the chaos test.
    pub(crate) weight: u32,
    /// The status of its success.
    pub(crate) status: u16,
    pub(crate) target: Target,
    /// Whether it has an idempotency key (the label), so that it may be sent again.
    pub(crate) is_keyed: bool,
    pub(crate) ask: Ask,
    /// Its writes, in order: a batch has several, and a read has none.
    pub(crate) steps: &'static [Step],
}

const TASKS: &str = "/api/me/tasks";

/// The move goes to the end of the manual order. So a check can tell it from what is created or moved in between, and
/// can tell a move that is done twice.
const MOVE: &str = "move";
const DELETE: &str = "delete";
const RESTORE: &str = "restore";

const NEW: Step = made(|task, write| {
    *task = json!({ "title": write.label, "description": null, "completed": false, "deleted_at": false });
});
const TITLE: Step = asked(|task, write| task["title"] = json!(write.label));
const DESCRIPTION: Step = asked(|task, write| task["description"] = json!(write.label));
const TOGGLED: Step = asked(|task, _| task["completed"] = json!(task["completed"] != true));
const COMPLETED: Step = asked(|task, _| task["completed"] = json!(true));
const PENDING: Step = asked(|task, _| task["completed"] = json!(false));
const LAST: Step = asked(|task, write| task["position"] = json!(last(write)));
const IN_TRASH: Step = asked(|task, _| task["deleted_at"] = json!(true));
const RESTORED: Step = asked(|task, _| task["deleted_at"] = json!(false));
const GONE: Step = asked(|task, _| *task = Value::Null);
const DESCRIPTION_OF_NEW: Step = made(|task, write| task["description"] = json!(write.label));
const ERASED: Step = Step { whose: Whose::Account, effect: |account, _| *account = Value::Null };

/// The erasure is last, because the others need the user's rows.
#[rustfmt::skip] // one line each
pub(crate) const OPERATIONS: &[Operation] = &[
    read("list", 10, |user, _| user.get(TASKS)),
    read("list one status", 5, |user, _| user.get("/api/me/tasks?status=pending&limit=5")),
    read("list in another order", 5, |user, _| user.get("/api/me/tasks?sort=due_date&order=desc&search=e&count=true&limit=5")),
    read("list the trash", 5, |user, _| user.get("/api/me/tasks?deleted=true&limit=5")),
    read("changes", 10, |user, _| user.get("/api/me/tasks/changes?limit=500")),
    read("export", 5, |user, _| user.get("/api/me/export?limit=500")),
    Operation { target: Target::Live, ..read("get", 10, |user, on| user.get(&on.path())) },
    write("create", 15, 201, Target::Nothing, |user, on| user.post(TASKS).json(json!({ "title": on.label })), &[NEW]),
    keyed(&write("create with a key", 15, 201, Target::Nothing, |user, on| user.post(TASKS).json(json!({ "title": on.label })).header("idempotency-key", &on.key()), &[NEW])),
    write("put", 10, 200, Target::Live, |user, on| user.put(&on.path()).json(json!({ "title": on.label })), &[TITLE]),
    write("patch", 10, 200, Target::Live, |user, on| user.patch(&on.path()).json(json!({ "description": on.label })), &[DESCRIPTION]),
    write("toggle", 25, 200, Target::Live, |user, on| user.patch(&on.within("complete")), &[TOGGLED]),
    write("complete", 5, 200, Target::Live, |user, on| user.patch(&on.within("complete")).json(json!({ "completed": true })), &[COMPLETED]),
    write(MOVE, 15, 200, Target::Live, |user, on| user.post(&on.within("move")).json(json!({ "before": null })), &[LAST]),
    write(DELETE, 10, 204, Target::Live, |user, on| user.delete(&on.path()), &[IN_TRASH]),
    write(RESTORE, 10, 200, Target::Trash, |user, on| user.post(&on.within("restore")), &[RESTORED]),
    write("delete for good", 3, 204, Target::Live, |user, on| user.delete(&on.for_good()), &[GONE]),
    write("delete for good out of the trash", 3, 204, Target::Trash, |user, on| user.delete(&on.for_good()), &[GONE]),
    write("batch", 15, 200, Target::Live, changes, &[TITLE, COMPLETED, IN_TRASH, RESTORED, PENDING]),
    keyed(&write("batch with a key", 15, 200, Target::Live, additions, &[NEW, LAST, DESCRIPTION_OF_NEW])),
    Operation { target: Target::Live, status: 404, ..read("batch that is refused", 10, refused) },
    write("erase", 0, 204, Target::Nothing, |user, _| user.delete("/api/me"), &[ERASED]),
];

const fn read(name: &'static str, weight: u32, ask: Ask) -> Operation {
    Operation { name, weight, status: 200, target: Target::Nothing, is_keyed: false, ask, steps: &[] }
}

const fn write(
    name: &'static str,
    weight: u32,
    status: u16,
    target: Target,
    ask: Ask,
    steps: &'static [Step],
) -> Operation {
    Operation { name, weight, status, target, is_keyed: false, ask, steps }
}

const fn keyed(operation: &Operation) -> Operation {
    Operation { is_keyed: true, ..*operation }
}

const fn asked(effect: Effect) -> Step {
    Step { whose: Whose::Asked, effect }
}

const fn made(effect: Effect) -> Step {
    Step { whose: Whose::Made, effect }
}

/// A batch on one task. None of its operations would fail if it were done twice.
fn changes<'a>(user: &User<'a>, on: On<'_>) -> Request<'a> {
    let id = on.task;
    let operations = json!([
        { "op": "update", "id": id, "task": { "title": on.label } },
        { "op": "complete", "id": id, "completed": true },
        { "op": "delete", "id": id },
        { "op": "restore", "id": id },
        { "op": "complete", "id": id, "completed": false },
    ]);
    batch(user, &operations)
}

/// A batch that creates a task and changes it, with an operation on another task in between.
fn additions<'a>(user: &User<'a>, on: On<'_>) -> Request<'a> {
    let id = Uuid::now_v7();
    let operations = json!([
        { "op": "create", "id": id, "task": { "title": on.label } },
        { "op": "move", "id": on.task, "before": null },
        { "op": "update", "id": id, "task": { "description": on.label } },
    ]);
    batch(user, &operations).header("idempotency-key", &on.key())
}

/// A batch that is refused after its first writes. None of them may remain.
fn refused<'a>(user: &User<'a>, on: On<'_>) -> Request<'a> {
    let operations = json!([
        { "op": "create", "task": { "title": on.label } },
        { "op": "update", "id": on.task, "task": { "title": on.label } },
        { "op": "delete", "id": Uuid::nil() },
    ]);
    batch(user, &operations).header("idempotency-key", &on.key())
}

fn batch<'a>(user: &User<'a>, operations: &Value) -> Request<'a> {
    user.post("/api/me/tasks/batch").json(json!({ "operations": operations }))
}

/// The position after all others, which is made from the revision (migrations/operations/_position.sql).
fn last(write: &Write<'_>) -> String {
    format!("e{:012x}", write.revision)
}

impl On<'_> {
    fn path(&self) -> String {
        format!("{TASKS}/{}", self.task)
    }

    fn within(&self, what: &str) -> String {
        format!("{TASKS}/{}/{what}", self.task)
    }

    fn for_good(&self) -> String {
        format!("{TASKS}/{}?permanent=true", self.task)
    }

    /// The label without characters that a key may not have.
    fn key(&self) -> String {
        self.label.chars().filter(char::is_ascii_graphic).collect()
    }
}

impl Step {
    /// Whether it changes `before` into `after`.
    pub(crate) fn explains(&self, before: &Value, after: &Value, write: &Write<'_>) -> bool {
        let mut expected = before.clone();
        (self.effect)(&mut expected, write);
        is_as(&expected, after)
    }
}

/// Whether a task is as expected. Only the members of `expected` are compared.
fn is_as(expected: &Value, task: &Value) -> bool {
    match (expected, task) {
        (Value::Object(expected), Value::Object(task)) => {
            expected.iter().all(|(name, value)| task.get(name) == Some(value))
        }
        _ => expected == task,
    }
}

impl Operation {
    pub(crate) fn is_write(&self) -> bool {
        !self.steps.is_empty()
    }

    /// Whether it only reads, so that it needs no lock.
    pub(crate) fn is_read(&self) -> bool {
        self.steps.is_empty() && self.status == 200
    }

    /// The user's revision after it, if nothing else is written.
    pub(crate) fn moves_on(&self, revision: i64) -> i64 {
        if self.erases() { 0 } else { revision + i64::try_from(self.steps.len()).unwrap() }
    }

    /// Whether it creates a task.
    pub(crate) fn makes(&self) -> bool {
        self.steps.iter().any(|step| step.whose == Whose::Made)
    }

    /// Whether it deletes the task that the request names.
    pub(crate) fn deletes(&self) -> bool {
        self.target != Target::Nothing && self.status == 204
    }

    /// Whether it only moves a task after all others.
    pub(crate) fn moves(&self) -> bool {
        self.name == MOVE
    }

    /// Whether it only puts a task into the trash.
    pub(crate) fn discards(&self) -> bool {
        self.name == DELETE
    }

    /// Whether it only restores a task.
    pub(crate) fn restores(&self) -> bool {
        self.name == RESTORE
    }

    /// A request that undoes its effect, so that a second execution would be visible.
    pub(crate) fn undoing<'a>(&self, user: &User<'a>, task: Uuid) -> Request<'a> {
        let on = On { task, label: "undone" };
        match self.name {
            DELETE => user.post(&on.within("restore")),
            RESTORE => user.delete(&on.path()),
            _ if self.deletes() => user.post(TASKS).json(json!({ "id": task, "title": on.label })),
            _ => user.put(&on.path()).json(json!({ "title": on.label })),
        }
    }

    /// Whether it erases the user.
    pub(crate) fn erases(&self) -> bool {
        self.steps.iter().any(|step| step.whose == Whose::Account)
    }

    /// Whether it changes `before` into `after` if the user was at `revision`. `whose` says which task both are.
    pub(crate) fn explains(&self, whose: Whose, before: &Value, after: &Value, label: &str, revision: i64) -> bool {
        let mut expected = if self.erases() { Value::Null } else { before.clone() };
        for (revision, step) in (revision + 1..).zip(self.steps) {
            if step.whose == whose {
                (step.effect)(&mut expected, &Write { label, revision });
            }
        }
        is_as(&expected, after)
    }

    /// Inserts a task that a request for this operation can name, directly into the database.
    pub(crate) async fn seed(&self, database: &Client, user: &str) -> Uuid {
        let task = seed(database, user).await;
        if self.target == Target::Trash {
            let sql = "with task as (
                           update tasks set deleted_at = clock_timestamp() where owner_user_id = $1 and id = $2
                       )
                       update users set pending_tasks = pending_tasks - 1, deleted_tasks = deleted_tasks + 1
                       where id = $1";
            database.execute(sql, &[&user, &task]).await.unwrap();
        }
        task
    }
}

/// The tasks in an answer.
pub(crate) fn shown(answer: &Answer) -> Vec<&Value> {
    let body = answer.json();
    if answer.error_code().is_some() {
        return Vec::new();
    }
    if let Some(results) = body["results"].as_array() {
        return results.iter().filter_map(|result| result.get("task")).collect();
    }
    match body.as_array().or(body["tasks"].as_array()) {
        Some(tasks) => tasks.iter().collect(),
        None => Some(body).filter(|body| !body.is_null()).into_iter().collect(),
    }
}

/// The id of the created task, from the answer.
pub(crate) fn made_by(answer: &Answer) -> Option<Uuid> {
    let task = answer.json().pointer("/results/0/task").unwrap_or(answer.json());
    task["id"].as_str()?.parse().ok()
}

/// A task that can be compared: without times, the revision and derived columns. `deleted_at` becomes true or false.
pub(crate) fn timeless(mut task: Value) -> Value {
    if let Value::Object(members) = &mut task {
        for clock in ["completed_at", "created_at", "updated_at", "revision", "title_key", "state"] {
            members.remove(clock);
        }
        members.entry("deleted_at").and_modify(|at| *at = json!(!at.is_null()));
    }
    task
}
