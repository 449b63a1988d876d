//! One call for each operation. It runs the SQL function with the operation's name, which is in migrations/operations,
//! one file for each.

use time::OffsetDateTime;
use tokio_postgres::{
    Row,
    types::{Json, Type},
};
use uuid::Uuid;

use super::{
    batch::Batch,
    caller::Caller,
    changes::{Change, Changes, ChangesQuery, FeedPosition},
    fields::{Completion, NewTask, Place, TaskPatch},
    list::{Filter, ListQuery, OTHER_CURSOR},
    task::Task,
};
use crate::{
    db::{Call, Db},
    error::{Error, Result},
    http::IdempotencyKey,
};

/// A page of a list, or the fact that the client already has it.
pub struct ListPage {
    /// The owner's epoch. Together with `revision` it identifies the state of the list.
    pub epoch: Uuid,
    /// The owner's revision.
    pub revision: i64,
    /// How many tasks pass the filters, if they were counted.
    pub total: Option<i64>,
    /// The tasks of the page, and one more if there is one. `None` if the client has the list in this state.
    pub tasks: Option<Vec<Task>>,
}

/// Reads a page of the caller's tasks.
pub async fn list(db: &Db, caller: &Caller, query: &ListQuery) -> Result<ListPage> {
    let Filter { priorities, tags, search, due_before, due_after, .. } = &query.filter;
    let (states, completed) = (query.filter.states(), query.filter.completed());
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
        .with(&states, Type::INT2_ARRAY)
        .with(&completed, Type::BOOL)
        .with(&priorities, Type::INT2_ARRAY)
        .with(&tags, Type::TEXT_ARRAY)
        .with(search, Type::TEXT)
        .with(due_before, Type::TIMESTAMPTZ)
        .with(due_after, Type::TIMESTAMPTZ)
        .with(&query.is_counted, Type::BOOL)
        .with(&query.known, Type::TEXT_ARRAY);
    let rows = db.call(caller.context(), call).await?;
    let Some((list, tasks)) = rows.split_first() else {
        return Err(Error::Internal("no rows from the list".to_owned()));
    };
    let tasks = match list.try_get("outcome").map_err(unreadable)? {
        "found" => Some(tasks.iter().map(task).collect::<Result<_>>()?),
        "known" => None,
        "other_cursor" => return Err(Error::invalid("cursor", OTHER_CURSOR)),
        other => return Err(unknown_outcome(other)),
    };
    Ok(ListPage {
        epoch: list.try_get("epoch").map_err(unreadable)?,
        revision: list.try_get("owner_revision").map_err(unreadable)?,
        total: list.try_get("total").map_err(unreadable)?,
        tasks,
    })
}

/// Reads one of the caller's tasks.
pub async fn get(db: &Db, caller: &Caller, id: Uuid) -> Result<Task> {
    let call = Call::new("get_task").with(&id, Type::UUID);
    one(&db.call(caller.context(), call).await?)?.task()
}

/// A task that was created.
pub struct CreatedTask {
    /// The task, as it was created.
    pub task: Task,
    /// Whether an earlier request with the same idempotency key did this.
    pub is_replayed: bool,
}

/// Creates a task, and the user's row with the first one.
pub async fn create(db: &Db, caller: &Caller, key: Option<&IdempotencyKey<'_>>, new: &NewTask) -> Result<CreatedTask> {
    let (request, id, task) = (Uuid::now_v7(), new.id.unwrap_or_else(Uuid::now_v7), Json(new.columns()));
    let (key, hash) = (key.map(|it| it.key), key.map(|it| &it.request_hash));
    let call = Call::new("create_task")
        .with(&request, Type::UUID)
        .with(&key, Type::TEXT)
        .with(&hash, Type::BYTEA)
        .with(&id, Type::UUID)
        .with(&task, Type::JSONB);
    let rows = db.call(caller.context(), call).await?;
    let answer = one(&rows)?;
    Ok(CreatedTask { task: answer.task()?, is_replayed: answer.source == Source::EarlierRequest })
}

/// Changes the fields in `patch`. `allowed` are the revisions that the task may have; `None` allows any.
pub async fn update(db: &Db, caller: &Caller, id: Uuid, allowed: Option<&[i64]>, patch: &TaskPatch) -> Result<Task> {
    let (request, patch) = (Uuid::now_v7(), Json(patch.columns()));
    let call = Call::new("update_task")
        .with(&request, Type::UUID)
        .with(&id, Type::UUID)
        .with(&allowed, Type::INT8_ARRAY)
        .with(&patch, Type::JSONB);
    one(&db.call(caller.context(), call).await?)?.task()
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
    one(&db.call(caller.context(), call).await?)?.task()
}

/// Moves a task in the manual order.
pub async fn move_to(db: &Db, caller: &Caller, id: Uuid, allowed: Option<&[i64]>, place: Place) -> Result<Task> {
    let (request, anchor, is_behind) = (Uuid::now_v7(), place.anchor(), place.is_behind());
    let call = Call::new("move_task")
        .with(&request, Type::UUID)
        .with(&id, Type::UUID)
        .with(&allowed, Type::INT8_ARRAY)
        .with(&anchor, Type::UUID)
        .with(&is_behind, Type::BOOL);
    let rows = db.call(caller.context(), call).await?;
    Answer::of(only(&rows)?, Some(place))?.task()
}

/// Moves a task to the trash, or removes it for good.
pub async fn delete(db: &Db, caller: &Caller, id: Uuid, allowed: Option<&[i64]>, is_permanent: bool) -> Result<()> {
    let request = Uuid::now_v7();
    let call = Call::new("delete_task")
        .with(&request, Type::UUID)
        .with(&id, Type::UUID)
        .with(&allowed, Type::INT8_ARRAY)
        .with(&is_permanent, Type::BOOL);
    one(&db.call(caller.context(), call).await?).map(|_| ())
}

/// Restores a task from the trash.
pub async fn restore(db: &Db, caller: &Caller, id: Uuid, allowed: Option<&[i64]>) -> Result<Task> {
    let request = Uuid::now_v7();
    let call =
        Call::new("restore_task").with(&request, Type::UUID).with(&id, Type::UUID).with(&allowed, Type::INT8_ARRAY);
    one(&db.call(caller.context(), call).await?)?.task()
}

/// The results of a batch, in the order of its operations.
pub struct BatchResults {
    /// The status that each operation would have on its own route, and the task. A deleted task is `None`.
    pub results: Vec<(u16, Option<Task>)>,
    /// Whether an earlier request with the same idempotency key did this.
    pub is_replayed: bool,
}

/// Does all operations of a batch, or none.
pub async fn batch(db: &Db, caller: &Caller, key: Option<&IdempotencyKey<'_>>, batch: &Batch) -> Result<BatchResults> {
    let (request, operations) = (Uuid::now_v7(), Json(batch.for_database()));
    let (key, hash) = (key.map(|it| it.key), key.map(|it| &it.request_hash));
    let call = Call::new("batch_tasks")
        .with(&request, Type::UUID)
        .with(&key, Type::TEXT)
        .with(&hash, Type::BYTEA)
        .with(&operations, Type::JSONB);
    let rows = db.call(caller.context(), call).await?;
    let mut done = BatchResults { results: Vec::with_capacity(rows.len()), is_replayed: false };
    for (index, (row, operation)) in rows.iter().zip(&batch.0).enumerate() {
        let answer = Answer::of(row, operation.place()).map_err(|error| match error {
            Error::KeyReused => error,
            error => error.in_batch(index),
        })?;
        done.is_replayed |= answer.source == Source::EarlierRequest;
        done.results.push(match operation.status() {
            204 => (204, None),
            // The task has been removed since an earlier attempt.
            _ if answer.is_gone()? => (404, None),
            status => (status, Some(answer.task()?)),
        });
    }
    if done.results.len() == batch.0.len() {
        Ok(done)
    } else {
        Err(Error::Internal(format!("{} answers to {} operations", rows.len(), batch.0.len())))
    }
}

/// Reads what has changed since the client last asked.
pub async fn changes(db: &Db, caller: &Caller, query: &ChangesQuery) -> Result<Changes> {
    let (epoch, revision) = (query.since.map(|position| position.epoch), query.since.map(|position| position.revision));
    let rows = query.limit + 1;
    let call = Call::new("list_changes").with(&epoch, Type::UUID).with(&revision, Type::INT8).with(&rows, Type::INT8);
    let rows = db.call(caller.context(), call).await?;
    let Some((owner, changes)) = rows.split_first() else {
        return Err(Error::Internal("no rows from the changes".to_owned()));
    };
    match owner.try_get("outcome").map_err(unreadable)? {
        "found" => {}
        "expired" => return Err(Error::FeedPositionExpired),
        other => return Err(unknown_outcome(other)),
    }
    Ok(Changes {
        owner: FeedPosition {
            epoch: owner.try_get("epoch").map_err(unreadable)?,
            revision: owner.try_get("owner_revision").map_err(unreadable)?,
        },
        changes: changes.iter().map(change).collect::<Result<_>>()?,
    })
}

fn change(row: &Row) -> Result<Change> {
    let deleted_at: Option<OffsetDateTime> = row.try_get("deleted_at").map_err(unreadable)?;
    Ok(match deleted_at {
        None => Change::Written(Box::new(task(row)?)),
        Some(_) => Change::Deleted {
            id: row.try_get("id").map_err(unreadable)?,
            revision: row.try_get("revision").map_err(unreadable)?,
        },
    })
}

/// Removes the caller's account and everything in it.
pub async fn erase(db: &Db, caller: &Caller) -> Result<()> {
    let request = Uuid::now_v7();
    db.call(caller.context(), Call::new("erase_account").with(&request, Type::UUID)).await?;
    Ok(())
}

/// The result of an operation on one task, if it succeeded.
struct Answer<'a> {
    row: &'a Row,
    source: Source,
}

/// What has done the operation.
#[derive(PartialEq, Eq)]
enum Source {
    /// This attempt.
    ThisAttempt,
    /// An earlier attempt of the same request. The task may have been removed since then.
    EarlierAttempt,
    /// An earlier request with the same idempotency key.
    EarlierRequest,
}

impl<'a> Answer<'a> {
    /// `place` is where the task was to be moved, if it was.
    fn of(row: &'a Row, place: Option<Place>) -> Result<Self> {
        let source = match (row.try_get("outcome").map_err(unreadable)?, place) {
            ("found" | "written", _) => Source::ThisAttempt,
            ("repeated", _) => Source::EarlierAttempt,
            ("replayed", _) => Source::EarlierRequest,
            ("not_found", _) => return Err(Error::NotFound),
            ("precondition_failed", _) => {
                return Err(Error::PreconditionFailed { revision: row.try_get("revision").map_err(unreadable)? });
            }
            ("conflict", _) => return Err(Error::TaskExists),
            ("no_room", _) => return Err(Error::NoRoom),
            ("no_anchor", Some(place)) => return Err(place.no_anchor()),
            ("key_reused", _) => return Err(Error::KeyReused),
            (other, _) => return Err(unknown_outcome(other)),
        };
        Ok(Self { row, source })
    }

    fn is_gone(&self) -> Result<bool> {
        let id: Option<Uuid> = self.row.try_get("id").map_err(unreadable)?;
        Ok(self.source == Source::EarlierAttempt && id.is_none())
    }

    fn task(&self) -> Result<Task> {
        if self.is_gone()? { Err(Error::NotFound) } else { task(self.row) }
    }
}

/// The result of an operation that is not a move.
fn one(rows: &[Row]) -> Result<Answer<'_>> {
    Answer::of(only(rows)?, None)
}

fn only(rows: &[Row]) -> Result<&Row> {
    match rows {
        [row] => Ok(row),
        rows => Err(Error::Internal(format!("{} rows from an operation on one task", rows.len()))),
    }
}

fn task(row: &Row) -> Result<Task> {
    Task::read(row).map_err(unreadable)
}

fn unknown_outcome(outcome: &str) -> Error {
    Error::Internal(format!("an unknown outcome: {outcome}"))
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
fn unreadable(error: tokio_postgres::Error) -> Error {
    Error::Internal(format!("a row cannot be read: {error}"))
}
