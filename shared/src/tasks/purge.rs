//! What goes by itself in the end.

use std::time::Duration;

use tokio::time::Instant;
use tokio_postgres::types::Type;

use crate::{
    db::{CallContext, Call, Db},
    error::{Error, Result},
    telemetry::Record,
};

/// So many tasks are removed by one call, which is one transaction: their owner's requests wait for it.
const ROWS: i32 = 1_000;

/// With less time than that another call is not begun.
const SHORTEST: Duration = Duration::from_secs(5);

/// Removes what has been in the trash for 30 days, and what else has expired, owner by owner. What it has no time for it
/// leaves to the next run.
pub async fn purge(db: &Db, end: Instant) -> Result<()> {
    let (mut behind, mut calls, mut tasks) = (String::new(), 0_u64, 0_i64);
    while Instant::now() + SHORTEST < end {
        let context = CallContext { owner: &behind, deadline: end, record: &Record::default() };
        let rows = db.call(context, Call::new("purge_trash").with(&ROWS, Type::INT4)).await?;
        let Some(row) = rows.first() else {
            tracing::info!(calls, tasks, "purged");
            return Ok(());
        };
        let unreadable = |error| Error::Internal(format!("a row cannot be read: {error}"));
        let purged: i32 = row.try_get("purged").map_err(unreadable)?;
        calls += 1;
        tasks += i64::from(purged);
        // Where as many went as may go at once, there may be more of the same owner.
        if purged < ROWS {
            behind = row.try_get("owner_user_id").map_err(unreadable)?;
        }
    }
    tracing::warn!(calls, tasks, "purged, and there is more: the next run goes on");
    Ok(())
}
