//! One connection that migrates, and its lock.

use std::time::Duration;

use shared::{
    db::{DatabaseUrl, describe},
    settings::Fatal,
};
use tokio::time::sleep;
use tokio_postgres::{Client, types::Type};

use crate::patience::Tell;

/// The advisory lock of a run: any number, as long as it is always the same.
const LOCK: i64 = 0x7461_736b_5f61_7069;

/// How often whoever waits for the lock asks for it. To wait in the database would hold a snapshot, which a
/// `create index concurrently` of the run that has the lock waits for: each would wait for the other.
const ASK_AGAIN: Duration = Duration::from_millis(200);

/// What bounds the harm that a migration can do to the requests beside it.
///
/// - `lock_timeout`: a statement that waits for a table makes every later one wait behind it, reads too. After this it
///   gives way, and is tried again ([`TRIES`](crate::patience::TRIES)).
/// - `statement_timeout`: a statement holds its lock for no longer than that. A file that needs more begins with
///   `set local statement_timeout`.
/// - the two others: a run that vanished without a word, with its machine, keeps neither tables nor the lock.
pub(crate) const LIMITS: &str = "
    set lock_timeout = '5s';
    set statement_timeout = '60s';
    set idle_in_transaction_session_timeout = '30s';
    set idle_session_timeout = '60s'";

/// A connection that has the lock of the migrations, until it ends in whatever way.
pub(crate) async fn open(url: &DatabaseUrl, tell: &mut Tell<'_>) -> Result<Client, Fatal> {
    refuse_pooler(url)?;
    let client = url.connect().await?;
    lock(&client, tell)
        .await
        .map_err(|error| Fatal::new(format!("the lock of the migrations cannot be had: {}", describe(&error))))?;
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

/// A pooler in transaction mode gives every statement another session, and the lock belongs to one.
fn refuse_pooler(url: &DatabaseUrl) -> Result<(), Fatal> {
    match url.hosts().into_iter().find(|host| host.contains("-pooler.")) {
        None => Ok(()),
        Some(host) => Err(Fatal::new(format!(
            "migrations cannot go through the pooler {host}: set DATABASE_URL_UNPOOLED to the direct connection string"
        ))),
    }
}
