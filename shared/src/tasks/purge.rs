//! The weekly removal of what has expired.

use std::time::Duration;

use tokio::time::Instant;
use tokio_postgres::types::Type;

use crate::{
    db::{Call, CallContext, Db},
    error::{Error, Result},
    telemetry::Record,
};

/// The most tasks that one call removes. A call is one transaction, and the owner's requests wait for it.
const MAX_ROWS: i32 = 1_000;

/// No call begins with less time than this.
const SHORTEST_CALL: Duration = Duration::from_secs(5);

/// Removes what has been in the trash for 30 days, and what else has expired, one owner after another. If the time
/// until `end` is too short, the next run continues.
pub async fn purge(db: &Db, end: Instant) -> Result<()> {
    let (mut done, mut calls, mut tasks) = (String::new(), 0_u64, 0_i64);
    while Instant::now() + SHORTEST_CALL < end {
        let context = CallContext { owner: &done, deadline: end, record: &Record::default() };
        let rows = db.call(context, Call::new("purge_trash").with(&MAX_ROWS, Type::INT4)).await?;
        let Some(row) = rows.first() else {
            tracing::info!(calls, tasks, "purged");
            return Ok(());
        };
        let unreadable = |error| Error::Internal(format!("a row cannot be read: {error}"));
        let purged: i32 = row.try_get("purged").map_err(unreadable)?;
        calls += 1;
        tasks += i64::from(purged);
        // If as many were removed as one call may remove, there may be more of the same owner.
        if purged < MAX_ROWS {
            done = row.try_get("owner_user_id").map_err(unreadable)?;
        }
    }
    tracing::warn!(calls, tasks, "purged, and there is more: the next run goes on");
    Ok(())
}
