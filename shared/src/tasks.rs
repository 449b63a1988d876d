//! The tasks: what one is, which are asked for, what can be done with them, and how that is answered.
//!
//! - `text`, `due_date`: what stands in a task. What exists is valid.
//! - `task`: a task, as it is kept and read.
//! - `fields`: what may be written to one.
//! - `list`, `cursor`: what of the list is asked for.
//! - `caller`: who asks.
//! - `operations`: one call an operation.
//! - `answers`: the answers that show tasks.

mod answers;
mod caller;
mod cursor;
mod due_date;
mod fields;
mod list;
mod operations;
mod task;
mod text;

pub use self::{
    answers::{created, fresh, ok, page},
    caller::Caller,
    cursor::Cursor,
    due_date::DueDate,
    fields::{Completion, NewTask, Place, TaskPatch},
    list::{Filter, ListQuery, Sort, Status},
    operations::{Listed, complete, create, delete, get, list, move_to, update},
    task::{Priority, Task},
    text::{BLANK, Description, Tags, Title},
};
