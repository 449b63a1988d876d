//! What a task is, and one call for each operation.
//!
//! - `text`, `due_date`: the values in a task. The parsers check and make them, or they are read from the database.
//! - `task`: a task, as it is stored and shown.
//! - `fields`: the fields that a client may write.
//! - `list`, `cursor`: which tasks a list shows: filters, order, page.
//! - `changes`: the change feed.
//! - `batch`: several operations in one request.
//! - `caller`: the verified user who sent a request.
//! - `operations`: one call for each operation.
//! - `purge`: the weekly removal of what has expired.
//! - `answers`: the answers that show tasks.

mod answers;
mod batch;
mod caller;
mod changes;
mod cursor;
mod due_date;
mod fields;
mod list;
mod operations;
mod purge;
mod task;
mod text;

pub use self::{
    answers::{changes_page, created, ok, ok_or_not_modified, page, results},
    batch::Batch,
    caller::Caller,
    changes::ChangesQuery,
    cursor::Cursor,
    due_date::DueDate,
    fields::{Completion, NewTask, Place, TaskPatch},
    list::{Filter, ListQuery, Sort, Status, Trash},
    operations::{
        BatchResults, CreatedTask, ListPage, batch, changes, complete, create, delete, erase, get, list, move_to,
        restore, update,
    },
    purge::purge,
    task::{Priority, Task},
    text::{BLANK, Description, Tags, Title},
};
