//! The schema as numbered SQL (`V1__….sql` and on, beside this crate's manifest), what applies it, and what installs the
//! operations that work on it (`operations/*.sql`).
//! README.md beside it says how one is written.
//!
//! refinery keeps the book: it goes over the driver and the TLS that the functions already use (sqlx would bring its
//! own of both), and keeps a checksum of every file that was applied. Each file is applied in a transaction of its own,
//! with the line in the book. refinery does not keep two runs apart, so a lock does that here.
//!
//! From the ground up:
//!
//! - `statements`: the statements of a file, each alone. `patience`: who waits for the locks of others.
//! - `session`: a connection that has the lock of the migrations.
//! - `installation`: the operations, in a schema of their version. [`Login`]: who may call them and do nothing else.
//! - `rehearsal`: the dry run. [`Migrations`]: the files, what applies them, and all of the above in its order.

mod files;
mod installation;
mod login;
mod patience;
mod rehearsal;
mod session;
mod statements;

use shared::{db::DatabaseUrl, settings::Fatal};

pub use files::Migrations;
pub use login::Login;
pub use patience::Tell;
pub use statements::{Statement, statements};

/// Brings the database to the newest version and answers with the names of what was done now: the migrations, and the
/// schema of the operations. Safe to run twice, and by two at once: the second waits.
pub async fn apply(url: &DatabaseUrl) -> Result<Vec<String>, Fatal> {
    Migrations::embedded().apply(url, None, &mut |_| ()).await
}
