//! The database: [`url`] says where it is, a pool keeps each [`connection`], and a request's [`flight`] is tried for as
//! long as the request's time lasts.

mod connection;
mod flight;
mod login;
mod rotation;
mod row;
mod socket;
mod url;
mod wire;

use std::{
    sync::{Arc, Mutex, RwLock},
    time::{Duration, UNIX_EPOCH},
};

use deadpool::managed::{PoolError, QueueMode};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep, timeout, timeout_at},
};

pub use self::{
    flight::Statement,
    row::{Columns, Row},
    url::DatabaseUrl,
};

use self::{
    connection::{Manager, Pool, Pooled},
    flight::Flight,
    rotation::Rotation,
};
use crate::{
    Caller,
    config::{DatabaseConfig, Fatal},
    error::{Error, Result},
    secrets::Secrets,
};

/// Between two tries, at first and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// With less time than that a try is not begun: Postgres would have to give up before it could have done it.
const SHORTEST_TRY: Duration = Duration::from_millis(200);

/// How long closing may take. Lambda kills what has not ended 500 ms after its signal.
const FAREWELL: Duration = Duration::from_millis(300);

/// The database, as the operations see it.
pub struct Db {
    pool: Pool,
    rotation: Option<Rotation>,
    connect_limit: Duration,
    try_limit: Duration,
    idle_in_transaction: Duration,
}

impl Db {
    /// Makes the pool; it connects when it is first used. `secrets` is where the URL came from, if it may change.
    pub(crate) fn new(config: DatabaseConfig, secrets: Option<Secrets>) -> Result<Self, Fatal> {
        let DatabaseConfig { probe_after, probe_limit, max_age, connect_limit, try_limit, idle_in_transaction, .. } =
            config;
        let (url, silent) = (RwLock::new(Arc::new(config.url)), Mutex::new(UNIX_EPOCH));
        let manager = Manager { url, probe_after, probe_limit, max_age, silent };
        // The connection used last is used next: fewer are kept from looking idle. No limits here: what waits for a
        // connection, opens one or looks one over is bounded as a whole, in `connection`.
        let pool = Pool::builder(manager).max_size(config.connections).queue_mode(QueueMode::Lifo).build();
        let pool = pool.map_err(|error| Fatal::new(format!("the pool cannot be made: {error}")))?;
        let rotation = secrets.map(Rotation::new);
        Ok(Self { pool, rotation, connect_limit, try_limit, idle_in_transaction })
    }

    /// Opens a connection in the background, ahead of the first request: that finds it, or waits for it.
    pub(crate) fn open_ahead(&self) -> JoinHandle<()> {
        let (pool, limit) = (self.pool.clone(), self.connect_limit);
        tokio::spawn(async move {
            if let Err(error) = timeout(limit, pool.get()).await.map_err(|_| too_slow(limit)).and_then(into_result) {
                tracing::warn!(cause = error.cause(), "no connection at the start");
            }
        })
    }

    /// Runs a statement that only reads, as the caller.
    pub async fn read(&self, caller: &Caller, statement: Statement<'_>) -> Result<Vec<Row>> {
        self.run(caller, &Flight::read(caller, statement)).await
    }

    /// Runs a statement that writes, as the caller and under the lock of their row, so that one user's writes follow
    /// each other. The lock is a statement of its own ahead of the write: in READ COMMITTED a statement's snapshot is
    /// older than its own wait for a lock, and the write would work on what was before the writer ahead of it
    /// (<https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED>). The statement has to be one
    /// that changes rows: what only reads would not wait for the lock (db/flight.rs).
    pub async fn write(&self, caller: &Caller, statement: Statement<'_>) -> Result<Vec<Row>> {
        self.run(caller, &Flight::write(caller, statement)).await
    }

    /// The same for a caller who may not be known yet: their row is made first.
    pub async fn write_as_new(&self, caller: &Caller, statement: Statement<'_>) -> Result<Vec<Row>> {
        self.run(caller, &Flight::write_as_new(caller, statement)).await
    }

    async fn run(&self, caller: &Caller, flight: &Flight<'_>) -> Result<Vec<Row>> {
        let outcome = self.until_it_succeeds(caller, flight).await;
        caller.record.has_tried();
        outcome
    }

    /// Tries again what failed in passing, on another connection where the one before broke, for as long as the caller
    /// waits. Reads and writes alike: what a try has done whose answer was lost, the next one finds remembered
    /// (`users.recent_requests`). The pauses double and are random, so that those who were thrown out together do not
    /// come back together.
    async fn until_it_succeeds(&self, caller: &Caller, flight: &Flight<'_>) -> Result<Vec<Row>> {
        let mut longest = FIRST_PAUSE;
        loop {
            caller.record.tries();
            let url = self.pool.manager().url();
            let cause = match self.once(caller, flight).await {
                Err(Error::DatabaseUnavailable(cause)) => cause,
                Err(Error::DatabaseRefused(cause)) if self.has_another_url(&url, caller).await => cause,
                outcome => return outcome,
            };
            let pause = longest.mul_f64(random_half_to_one());
            if Instant::now() + pause + SHORTEST_TRY >= caller.deadline {
                return Err(Error::DatabaseUnavailable(cause));
            }
            tracing::debug!(cause, "another try");
            sleep(pause).await;
            longest = (longest * 2).min(LONGEST_PAUSE);
        }
    }

    /// Whether the password has been changed, and the new one is known now.
    async fn has_another_url(&self, refused: &DatabaseUrl, caller: &Caller) -> bool {
        let Some(rotation) = &self.rotation else { return false };
        timeout_at(caller.deadline, rotation.look(refused, self.pool.manager())).await.unwrap_or(false)
    }

    /// One try. A connection whose answer did not come in time is not used again: [`Flight::on`] sees to it.
    async fn once(&self, caller: &Caller, flight: &Flight<'_>) -> Result<Vec<Row>> {
        let connection = self.connection(caller.deadline).await?;
        let limit = self.try_limit.min(caller.deadline.saturating_duration_since(Instant::now()));
        if limit < SHORTEST_TRY.min(self.try_limit) {
            return Err(Error::DatabaseUnavailable("a connection, but no time left to use it".into()));
        }
        timeout(limit, flight.on(connection, limit, self.idle_in_transaction))
            .await
            .unwrap_or_else(|_| Err(Error::DatabaseUnavailable(format!("no answer in {limit:?}"))))
    }

    /// A connection that is not known to be dead: waited for, looked over, or opened, all in one limit.
    async fn connection(&self, deadline: Instant) -> Result<Pooled> {
        let limit = self.connect_limit.min(deadline.saturating_duration_since(Instant::now()));
        timeout(limit, self.pool.get()).await.map_err(|_| too_slow(limit)).and_then(into_result)
    }

    /// Closes all connections, those in use when they come back, so that the server need not find out by itself that we
    /// are gone.
    pub(crate) async fn close(&self) {
        let close_all = async {
            while self.pool.status().size > 0 {
                for mut connection in self.pool.retain(|_, _| false).removed {
                    connection.wire.close().await;
                }
                sleep(Duration::from_millis(5)).await;
            }
        };
        let _ = timeout(FAREWELL, close_all).await; // the server will find out
    }
}

/// From a half to one, so that pauses differ. It need not be hard to guess.
fn random_half_to_one() -> f64 {
    0.5 + f64::from(uuid::Uuid::new_v4().as_bytes()[0]) / 512.0
}

fn too_slow(limit: Duration) -> Error {
    Error::DatabaseUnavailable(format!("no connection in {limit:?}"))
}

fn into_result(pooled: Result<Pooled, PoolError<Error>>) -> Result<Pooled> {
    pooled.map_err(|error| match error {
        PoolError::Backend(error) => error,
        _ => Error::Internal("the pool is closed".into()),
    })
}
