//! The tasks: what one is, which are asked for, what can be done with them, and how that is answered.
//!
//! - `text`, `due_date`: what stands in a task. What exists is valid.
//! - `task`: a task, as it is kept and read.
//! - `fields`: what may be written to one.
//! - `list`, `cursor`: what of the list is asked for.
//! - `changes`: what has changed since a client last asked.
//! - `batch`: several operations as one request.
//! - `caller`: who asks.
//! - `operations`: one call an operation.
//! - `purge`: what goes by itself in the end.
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
    answers::{changes_page, created, fresh, ok, page, results},
    batch::Batch,
    caller::Caller,
    changes::ChangesQuery,
    cursor::Cursor,
    due_date::DueDate,
    fields::{Completion, NewTask, Place, TaskPatch},
    list::{Filter, ListQuery, Sort, Status, Trash},
    operations::{
        BatchResults, Listed, Made, batch, changes, complete, create, delete, erase, get, list, move_to, restore,
        update,
    },
    purge::purge,
    task::{Priority, Task},
    text::{BLANK, Description, Tags, Title},
};
