//! What can be done with tasks: one call an operation, to the function of its name in the database
//! (migrations/operations has the SQL, one file an operation).

use tokio_postgres::{
    Row,
    types::{Json, Type},
};
use uuid::Uuid;

use super::{
    caller::Caller,
    list::{ListQuery, Status},
    task::{Completion, Description, NewTask, Task, TaskPatch},
};
use crate::{
    db::{Call, Db},
    error::{Error, Result},
};

/// The caller's tasks, newest first: one more than the page takes, if there is one.
pub async fn list(db: &Db, caller: &Caller, query: &ListQuery) -> Result<Vec<Task>> {
    let completed = match query.status {
        Status::All => None,
        Status::Pending => Some(false),
        Status::Completed => Some(true),
    };
    let rows = i64::try_from(query.limit + 1).unwrap_or(i64::MAX);
    let call = Call::new("list_tasks")
        .with(&completed, Type::BOOL)
        .with(&query.cursor.created_at, Type::TIMESTAMPTZ)
        .with(&query.cursor.id, Type::UUID)
        .with(&rows, Type::INT8);
    db.call(caller.asker(), call).await?.iter().map(task).collect()
}

/// One of the caller's tasks.
pub async fn get(db: &Db, caller: &Caller, id: Uuid) -> Result<Task> {
    let call = Call::new("get_task").with(&id, Type::UUID);
    Answer::of(&db.call(caller.asker(), call).await?)?.task()
}

/// Makes a task, and with the first one the user.
pub async fn create(db: &Db, caller: &Caller, new: &NewTask) -> Result<Task> {
    // The id of the task is that of the request, too: both are made before the first try.
    let id = Uuid::now_v7();
    let (title, description) = (new.title.as_str(), new.description.as_ref().map(Description::as_str));
    let call = Call::new("create_task")
        .with(&id, Type::UUID)
        .with(&id, Type::UUID)
        .with(&title, Type::TEXT)
        .with(&description, Type::TEXT)
        .with(&new.completed, Type::BOOL);
    Answer::of(&db.call(caller.asker(), call).await?)?.task()
}

/// Changes what `patch` names. `allowed` are the revisions at which the task may be; `None` for any.
pub async fn update(db: &Db, caller: &Caller, id: Uuid, allowed: Option<&[i64]>, patch: &TaskPatch) -> Result<Task> {
    let (request, patch) = (Uuid::now_v7(), Json(patch));
    let call = Call::new("update_task")
        .with(&request, Type::UUID)
        .with(&id, Type::UUID)
        .with(&allowed, Type::INT8_ARRAY)
        .with(&patch, Type::JSONB);
    Answer::of(&db.call(caller.asker(), call).await?)?.task()
}

/// Toggles or sets the completion.
pub async fn complete(
    db: &Db,
    caller: &Caller,
    id: Uuid,
    allowed: Option<&[i64]>,
    completion: Completion,
) -> Result<Task> {
    let (request, state) = (Uuid::now_v7(), completion.state());
    let call = Call::new("complete_task")
        .with(&request, Type::UUID)
        .with(&id, Type::UUID)
        .with(&allowed, Type::INT8_ARRAY)
        .with(&state, Type::BOOL);
    Answer::of(&db.call(caller.asker(), call).await?)?.task()
}

/// Deletes a task.
pub async fn delete(db: &Db, caller: &Caller, id: Uuid, allowed: Option<&[i64]>) -> Result<()> {
    let request = Uuid::now_v7();
    let call =
        Call::new("delete_task").with(&request, Type::UUID).with(&id, Type::UUID).with(&allowed, Type::INT8_ARRAY);
    Answer::of(&db.call(caller.asker(), call).await?).map(|_| ())
}

/// What an operation on one task has answered, where it found the task or has done what was asked.
struct Answer<'a> {
    row: &'a Row,
    /// The request had been done by an earlier try, and the task may be gone by now.
    is_repeated: bool,
}

impl<'a> Answer<'a> {
    fn of(rows: &'a [Row]) -> Result<Self> {
        let [row] = rows else {
            return Err(Error::Internal(format!("{} rows from an operation on one task", rows.len())));
        };
        match row.try_get("outcome").map_err(unreadable)? {
            "found" | "written" => Ok(Self { row, is_repeated: false }),
            "repeated" => Ok(Self { row, is_repeated: true }),
            "not_found" => Err(Error::NotFound),
            "precondition_failed" => Err(Error::PreconditionFailed),
            other => Err(Error::Internal(format!("an outcome that nobody knows: {other}"))),
        }
    }

    fn task(&self) -> Result<Task> {
        let id: Option<Uuid> = self.row.try_get("id").map_err(unreadable)?;
        if self.is_repeated && id.is_none() { Err(Error::NotFound) } else { task(self.row) }
    }
}

fn task(row: &Row) -> Result<Task> {
    Task::read(row).map_err(unreadable)
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
fn unreadable(error: tokio_postgres::Error) -> Error {
    Error::Internal(format!("a row cannot be read: {error}"))
}
