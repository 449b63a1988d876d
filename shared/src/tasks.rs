//! The SQL: one function an operation, each statement once. `$1` is always the owner, and every statement names it.
//!
//! A write runs under the lock of its owner's row (db/flight.rs takes it). `bumped` moves the owner's revision on,
//! remembers the request and reads the clock; the task is stamped with both. Where the task is not found, or not at a
//! revision that the caller allows, `bumped` is empty, and so nothing is written. It is empty, too, where the request has
//! been done already: a try that follows a lost acknowledgement changes nothing and answers with what is.

use const_format::formatcp;
use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::{
    Caller,
    db::{Db, Row, Statement},
    error::{Error, Result},
    page::{ListQuery, Status},
    task::{Completion, Description, NewTask, Task, TaskPatch, Title},
};

/// In the order in which [`Task::read`] reads them.
const COLUMNS: &str = "tasks.id, tasks.owner_user_id, tasks.title, tasks.description, tasks.completed, \
     tasks.completed_at, tasks.created_at, tasks.updated_at, tasks.revision";

/// The caller's tasks, newest first: one more than the page takes, if there is one. Index: `tasks_by_created`, or
/// `tasks_by_completed_created` for one status.
pub async fn list(db: &Db, caller: &Caller, query: &ListQuery) -> Result<Vec<Task>> {
    const ALL: &str = formatcp!(
        "select {COLUMNS} from tasks
         where owner_user_id = $1 and (created_at, id) < ($2, $3)
         order by created_at desc, id desc limit $4"
    );
    const BY_STATUS: &str = formatcp!(
        "select {COLUMNS} from tasks
         where owner_user_id = $1 and (created_at, id) < ($2, $3) and completed = $5
         order by created_at desc, id desc limit $4"
    );
    let (owner, after) = (caller.user.as_str(), &query.cursor);
    let rows = i64::try_from(query.limit + 1).unwrap_or(i64::MAX);
    let (filtered, completed) = (query.status != Status::All, query.status == Status::Completed);
    let mut statement = Statement::new(if filtered { BY_STATUS } else { ALL })
        .bind(&owner, Type::TEXT)
        .bind(&after.created_at, Type::TIMESTAMPTZ)
        .bind(&after.id, Type::UUID)
        .bind(&rows, Type::INT8);
    if filtered {
        statement = statement.bind(&completed, Type::BOOL);
    }
    let rows = db.read(caller, statement).await?;
    rows.iter().map(task).collect()
}

/// One of the caller's tasks. Index: `tasks_pkey`.
pub async fn get(db: &Db, caller: &Caller, id: Uuid) -> Result<Task> {
    const SQL: &str = formatcp!("select {COLUMNS} from tasks where owner_user_id = $1 and id = $2");
    let owner = caller.user.as_str();
    let rows = db.read(caller, Statement::new(SQL).bind(&owner, Type::TEXT).bind(&id, Type::UUID)).await?;
    task(rows.first().ok_or(Error::NotFound)?)
}

/// Makes a task, and with the first one the user. Index: `users_pkey`, `tasks_pkey`.
pub async fn create(db: &Db, caller: &Caller, new: &NewTask) -> Result<Task> {
    const SQL: &str = formatcp!(
        "with bumped as (
             update users set revision = revision + 1, {REMEMBER}
             where id = $1 and not $2 = any (recent_requests)
             returning revision, clock_timestamp() as at
         ), written as (
             insert into tasks
                 (owner_user_id, id, title, description, completed, completed_at, created_at, updated_at, revision)
             select $1, $2, $3, $4, $5, case when $5 then at end, at, at, revision from bumped
             returning {COLUMNS}
         )
         select * from written union all select {COLUMNS} from tasks where owner_user_id = $1 and id = $2"
    );
    // The id of the task is that of the request, too: both are made before the first try.
    let id = Uuid::now_v7();
    let (owner, title) = (caller.user.as_str(), new.title.as_str());
    let description = new.description.as_ref().map(Description::as_str);
    let statement = Statement::new(SQL)
        .bind(&owner, Type::TEXT)
        .bind(&id, Type::UUID)
        .bind(&title, Type::TEXT)
        .bind(&description, Type::TEXT)
        .bind(&new.completed, Type::BOOL);
    let rows = db.write_as_new(caller, statement).await?;
    // None where the task was made, its acknowledgement was lost, and another request has deleted it by now.
    task(rows.first().ok_or(Error::NotFound)?)
}

/// Puts the request first among those that the owner's row remembers; `$2` is its id.
const REMEMBER: &str = "recent_requests = (array[$2] || recent_requests)[1:32]";

/// The start of every write to a task that exists. `$2` is the request, `$3` the task, `$4` the revisions that the
/// caller allows (null for any). Index: `tasks_pkey`, `users_pkey`.
const FOUND_AND_BUMPED: &str = formatcp!(
    "with owner as (
         select $2 = any (recent_requests) as done from users where id = $1
     ), found as (
         select {COLUMNS} from tasks where owner_user_id = $1 and id = $3
     ), bumped as (
         update users set revision = revision + 1, {REMEMBER}
         where id = $1 and exists (
             select from owner, found where not done and ($4 is null or found.revision = any ($4))
         )
         returning revision, clock_timestamp() as at
     )"
);

/// The end of it: one row for every owner that there is, with the task as `written` or, of a request that was done
/// already, as it is.
const OUTCOME: &str = "
    select done, found.id is not null as found, now.*
    from owner left join found on true
    left join (select * from written union all select found.* from found, owner where done) as now on true";

/// Changes what `patch` names. Index: `tasks_pkey`.
pub async fn update(db: &Db, caller: &Caller, id: Uuid, allowed: Option<&[i64]>, patch: &TaskPatch) -> Result<Task> {
    const SQL: &str = formatcp!(
        "{FOUND_AND_BUMPED}, written as (
             update tasks set
                 title = coalesce($5, title),
                 description = case when $6 then $7 else description end,
                 completed = coalesce($8, completed),
                 completed_at = case when coalesce($8, completed) then coalesce(completed_at, at) end,
                 updated_at = at,
                 revision = bumped.revision
             from bumped where owner_user_id = $1 and id = $3
             returning {COLUMNS}
         ) {OUTCOME}"
    );
    let request = Uuid::now_v7();
    let (owner, title) = (caller.user.as_str(), patch.title.as_ref().map(Title::as_str));
    let description = patch.description.as_ref().and_then(|new| new.as_ref().map(Description::as_str));
    let describes = patch.description.is_some();
    let statement = Statement::new(SQL)
        .bind(&owner, Type::TEXT)
        .bind(&request, Type::UUID)
        .bind(&id, Type::UUID)
        .bind(&allowed, Type::INT8_ARRAY)
        .bind(&title, Type::TEXT)
        .bind(&describes, Type::BOOL)
        .bind(&description, Type::TEXT)
        .bind(&patch.completed, Type::BOOL);
    let rows = db.write(caller, statement).await?;
    outcome(&rows)?.ok_or(Error::NotFound)
}

/// Toggles or sets the completion. Index: `tasks_pkey`.
pub async fn complete(
    db: &Db,
    caller: &Caller,
    id: Uuid,
    allowed: Option<&[i64]>,
    completion: Completion,
) -> Result<Task> {
    const SQL: &str = formatcp!(
        "{FOUND_AND_BUMPED}, written as (
             update tasks set
                 completed = coalesce($5, not completed),
                 completed_at = case when coalesce($5, not completed) then coalesce(completed_at, at) end,
                 updated_at = at,
                 revision = bumped.revision
             from bumped where owner_user_id = $1 and id = $3
             returning {COLUMNS}
         ) {OUTCOME}"
    );
    let request = Uuid::now_v7();
    let (owner, state) = (caller.user.as_str(), completion.state());
    let statement = Statement::new(SQL)
        .bind(&owner, Type::TEXT)
        .bind(&request, Type::UUID)
        .bind(&id, Type::UUID)
        .bind(&allowed, Type::INT8_ARRAY)
        .bind(&state, Type::BOOL);
    let rows = db.write(caller, statement).await?;
    outcome(&rows)?.ok_or(Error::NotFound)
}

/// Deletes a task. Index: `tasks_pkey`.
pub async fn delete(db: &Db, caller: &Caller, id: Uuid, allowed: Option<&[i64]>) -> Result<()> {
    const SQL: &str = formatcp!(
        "{FOUND_AND_BUMPED}, written as (
             delete from tasks using bumped where owner_user_id = $1 and id = $3
             returning {COLUMNS}
         ) {OUTCOME}"
    );
    let (request, owner) = (Uuid::now_v7(), caller.user.as_str());
    let statement = Statement::new(SQL)
        .bind(&owner, Type::TEXT)
        .bind(&request, Type::UUID)
        .bind(&id, Type::UUID)
        .bind(&allowed, Type::INT8_ARRAY);
    let rows = db.write(caller, statement).await?;
    outcome(&rows).map(|_| ())
}

/// A row of [`COLUMNS`].
fn task(row: &Row) -> Result<Task> {
    Task::read(&mut row.columns())?.ok_or_else(|| Error::Internal("a task without an id".into()))
}

/// The task after the write; `None` where the request was done already and the task is gone by now.
fn outcome(rows: &[Row]) -> Result<Option<Task>> {
    let mut columns = match rows {
        [] => return Err(Error::NotFound),
        [row] => row.columns(),
        _ => return Err(Error::Internal("a write that met more than its owner".into())),
    };
    let (done, found) = (columns.read()?, columns.read()?);
    match (Task::read(&mut columns)?, done, found) {
        (Some(task), ..) => Ok(Some(task)),
        (None, true, _) => Ok(None),
        (None, false, true) => Err(Error::PreconditionFailed),
        (None, false, false) => Err(Error::NotFound),
    }
}
