//! Applies the schema, which is numbered SQL (`V1__….sql` and on, beside this crate's manifest), and installs the
//! operations (`operations/*.sql`). README.md in the same directory explains how to write a migration.
//!
//! refinery records which files were applied, each with a checksum. It uses the driver and the TLS that the functions
//! already use (sqlx would add its own of both). Each file is applied in one transaction, together with its record.
//! refinery does not prevent two runs at once, so this crate has a lock for that.
//!
//! From the ground up:
//!
//! - `statements`: splits a file into statements. `patience`: retries when somebody else holds a lock.
//! - `session`: a connection that has the lock of the migrations.
//! - `installation`: installs each version of the operations in its own schema. [`Role`]: a database role that may call
//!   the operations and do nothing else.
//! - `rehearsal`: the dry run. [`Migrations`]: the files, and everything above in the right order.

mod files;
mod installation;
mod patience;
mod rehearsal;
mod role;
mod session;
mod statements;

use shared::{db::DatabaseUrl, settings::Fatal};

pub use files::Migrations;
pub use patience::Tell;
pub use role::Role;
pub use statements::{Statement, statements};

/// Brings the database to the newest version. Returns the names of the migrations that it applied, and the schema of
/// the operations if it installed them. It is safe to run twice. If two runs happen at once, the second waits.
pub async fn apply(url: &DatabaseUrl) -> Result<Vec<String>, Fatal> {
    Migrations::embedded().apply(url, None, &mut |_| ()).await
}
