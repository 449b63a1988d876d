//! What can be done with tasks: one call an operation, to the function of its name in the database
//! (migrations/operations has the SQL, one file an operation).

use tokio_postgres::{
    Row,
    types::{Json, Type},
};
use uuid::Uuid;

use super::{
    caller::Caller,
    fields::{Completion, NewTask, Place, TaskPatch},
    list::{Filter, ListQuery, OTHER_CURSOR, Status},
    task::Task,
};
use crate::{
    db::{Call, Db},
    error::{Detail, Error, Result},
};

/// A page of the list, or none of it where the client has it.
pub struct Listed {
    /// With `revision`, the state of all lists of the owner.
    pub epoch: Uuid,
    /// The owner's.
    pub revision: i64,
    /// How many tasks pass the filters, where that was counted.
    pub total: Option<i64>,
    /// The page's tasks, and one more if there is one. `None` where the client has the list in this state.
    pub tasks: Option<Vec<Task>>,
}

/// A page of the caller's tasks.
pub async fn list(db: &Db, caller: &Caller, query: &ListQuery) -> Result<Listed> {
    let Filter { status, priorities, tags, search, due_before, due_after } = &query.filter;
    let (pending, completed) = (*status != Status::Completed, *status != Status::Pending);
    let priorities: Option<Vec<_>> =
        priorities.as_ref().map(|all| all.iter().map(|priority| priority.rank()).collect());
    let tags = tags.as_ref().map(|tags| &tags.0);
    let cursor = query.cursor.as_ref();
    let (epoch, key, id) = (cursor.map(|it| it.epoch), cursor.map(|it| &it.key), cursor.map(|it| it.id));
    let (sort, rows) = (query.sort.name(), query.limit + 1);
    let call = Call::new("list_tasks")
        .with(&sort, Type::TEXT)
        .with(&query.is_descending, Type::BOOL)
        .with(&epoch, Type::UUID)
        .with(&key, Type::TEXT)
        .with(&id, Type::UUID)
        .with(&query.offset, Type::INT8)
        .with(&rows, Type::INT8)
        .with(&pending, Type::BOOL)
        .with(&completed, Type::BOOL)
        .with(&priorities, Type::INT2_ARRAY)
        .with(&tags, Type::TEXT_ARRAY)
        .with(search, Type::TEXT)
        .with(due_before, Type::TIMESTAMPTZ)
        .with(due_after, Type::TIMESTAMPTZ)
        .with(&query.is_counted, Type::BOOL)
        .with(&query.known, Type::TEXT_ARRAY);
    let rows = db.call(caller.asker(), call).await?;
    let Some((list, tasks)) = rows.split_first() else {
        return Err(Error::Internal("no rows from the list".to_owned()));
    };
    let tasks = match list.try_get("outcome").map_err(unreadable)? {
        "found" => Some(tasks.iter().map(task).collect::<Result<_>>()?),
        "known" => None,
        "other_cursor" => return Err(Error::invalid("cursor", OTHER_CURSOR)),
        other => return Err(unknown_outcome(other)),
    };
    Ok(Listed {
        epoch: list.try_get("epoch").map_err(unreadable)?,
        revision: list.try_get("owner_revision").map_err(unreadable)?,
        total: list.try_get("total").map_err(unreadable)?,
        tasks,
    })
}

/// One of the caller's tasks.
pub async fn get(db: &Db, caller: &Caller, id: Uuid) -> Result<Task> {
    let call = Call::new("get_task").with(&id, Type::UUID);
    Answer::of(&db.call(caller.asker(), call).await?)?.task()
}

/// Makes a task, and with the first one the user.
pub async fn create(db: &Db, caller: &Caller, new: &NewTask) -> Result<Task> {
    let (request, id, task) = (Uuid::now_v7(), new.id.unwrap_or_else(Uuid::now_v7), Json(new.columns()));
    let call = Call::new("create_task").with(&request, Type::UUID).with(&id, Type::UUID).with(&task, Type::JSONB);
    Answer::of(&db.call(caller.asker(), call).await?)?.task()
}

/// Changes what `patch` names. `allowed` are the revisions at which the task may be; `None` for any.
pub async fn update(db: &Db, caller: &Caller, id: Uuid, allowed: Option<&[i64]>, patch: &TaskPatch) -> Result<Task> {
    let (request, patch) = (Uuid::now_v7(), Json(patch.columns()));
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

/// Puts a task at another place in the manual order.
pub async fn move_to(db: &Db, caller: &Caller, id: Uuid, allowed: Option<&[i64]>, place: Place) -> Result<Task> {
    let (request, anchor, is_behind) = (Uuid::now_v7(), place.anchor(), matches!(place, Place::After(_)));
    let call = Call::new("move_task")
        .with(&request, Type::UUID)
        .with(&id, Type::UUID)
        .with(&allowed, Type::INT8_ARRAY)
        .with(&anchor, Type::UUID)
        .with(&is_behind, Type::BOOL);
    let rows = db.call(caller.asker(), call).await?;
    if rows.iter().any(|row| row.try_get("outcome").is_ok_and(|outcome: &str| outcome == "no_anchor")) {
        return Err(Error::ValidationFailed(vec![Detail::new(place.member(), "is none of your tasks")]));
    }
    Answer::of(&rows)?.task()
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
            "precondition_failed" => {
                Err(Error::PreconditionFailed { revision: row.try_get("revision").map_err(unreadable)? })
            }
            "conflict" => Err(Error::TaskExists),
            "no_room" => Err(Error::NoRoom),
            other => Err(unknown_outcome(other)),
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

fn unknown_outcome(outcome: &str) -> Error {
    Error::Internal(format!("an outcome that nobody knows: {outcome}"))
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
fn unreadable(error: tokio_postgres::Error) -> Error {
    Error::Internal(format!("a row cannot be read: {error}"))
}
