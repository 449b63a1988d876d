//! The connection of a run, and its lock.

use std::time::Duration;

use shared::{
    db::{DatabaseUrl, describe},
    settings::Fatal,
};
use tokio::time::sleep;
use tokio_postgres::{Client, types::Type};

use crate::patience::Tell;

/// The advisory lock of a run. The number is arbitrary, but must never change.
const LOCK: i64 = 0x7461_736b_5f61_7069;

/// How often a waiting run asks for the lock. It does not wait in the database, because that would hold a snapshot. A
/// `create index concurrently` of the other run waits for all snapshots, so both runs would wait for ever.
const ASK_AGAIN: Duration = Duration::from_millis(200);

/// Limits on how long a migration can block requests.
///
/// - `lock_timeout`: while a statement waits for a table, all later statements wait behind it, also reads. After this
///   time it gives up, and is retried ([`ATTEMPTS`](crate::patience::ATTEMPTS)).
/// - `statement_timeout`: a statement holds its lock for this long at most. A file that needs more begins with
///   `set local statement_timeout`.
/// - The other two: if the machine of a run disappears without closing the connection, the server ends the session. So
///   no table stays locked, and the lock of the run becomes free.
pub(crate) const LIMITS: &str = "
    set lock_timeout = '5s';
    set statement_timeout = '60s';
    set idle_in_transaction_session_timeout = '30s';
    set idle_session_timeout = '60s'";

/// Connects, and takes the lock of the migrations. The lock is free again when the connection ends.
pub(crate) async fn open(url: &DatabaseUrl, tell: &mut Tell<'_>) -> Result<Client, Fatal> {
    refuse_pooler(url)?;
    let client = url.connect().await?;
    lock(&client, tell)
        .await
        .map_err(|error| Fatal::new(format!("cannot get the lock of the migrations: {}", describe(&error))))?;
    Ok(client)
}

async fn lock(client: &Client, tell: &mut Tell<'_>) -> Result<(), tokio_postgres::Error> {
    let mut told = false;
    loop {
        let free = client.query_typed_one("select pg_try_advisory_lock($1)", &[(&LOCK, Type::INT8)]).await?;
        if free.get::<_, bool>(0) {
            return client.batch_execute(LIMITS).await;
        }
        if !told {
            tell("another run is migrating this database: waiting for it");
            told = true;
        }
        sleep(ASK_AGAIN).await;
    }
}

/// The lock belongs to a session, but a pooler in transaction mode can use another session for each statement.
fn refuse_pooler(url: &DatabaseUrl) -> Result<(), Fatal> {
    match url.hosts().into_iter().find(|host| host.contains("-pooler.")) {
        None => Ok(()),
        Some(host) => Err(Fatal::new(format!(
            "migrations cannot go through the pooler {host}: set DATABASE_URL_UNPOOLED to the direct connection string"
        ))),
    }
}
