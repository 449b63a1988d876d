//! The tasks: what one is, which are asked for, what can be done with them, and how that is answered.
//!
//! - `task`: a task, and what may be written to one. What exists is valid.
//! - `list`: what of the list is asked for, and the cursor.
//! - `caller`: who asks.
//! - `operations`: one call an operation.
//! - `answers`: the answers that show tasks.

mod answers;
mod caller;
mod list;
mod operations;
mod task;

pub use self::{
    answers::{created, fresh, ok, page},
    caller::Caller,
    list::{Cursor, ListQuery, Status},
    operations::{complete, create, delete, get, list, update},
    task::{Completion, Description, NewTask, Task, TaskPatch, Title},
};
