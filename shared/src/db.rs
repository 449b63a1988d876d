//! The database: [`url`] says where it is, a pool keeps the connection, and each request's [`flight`] is tried on it for
//! as long as the request's time lasts.

mod flight;
mod url;

use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime};
use tokio::{
    task::yield_now,
    time::{Instant, sleep, timeout_at},
};
use tokio_postgres::{NoTls, Row};

pub use self::{flight::Statement, url::DatabaseUrl};

use self::flight::Flight;
use crate::{
    UserId,
    config::Fatal,
    error::{Error, Result, describe, is_of},
};

/// A function serves one request at a time, and so never has a use for a second connection.
const CONNECTIONS: usize = 1;

/// Getting a connection: TCP, TLS and authentication, and a Neon compute that has to wake, which takes a few hundred
/// milliseconds and rarely seconds.
const CONNECT: Duration = Duration::from_secs(5);

/// A request's whole time at the database. The gateway would give up after 30 s; a client before that.
const BUDGET: Duration = Duration::from_secs(8);

/// Between two tries, at first and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// The database, as the operations see it.
pub struct Db {
    pool: Pool,
}

impl Db {
    /// Makes the pool; it connects when it is first used.
    pub fn new(url: DatabaseUrl) -> Result<Self, Fatal> {
        // `Fast` looks whether the socket is known to be closed; asking the server would be a second round trip.
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = if url.wants_tls() {
            Manager::from_config(url.0, url::tls()?, recycling)
        } else {
            Manager::from_config(url.0, NoTls, recycling)
        };
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS)
            .runtime(Runtime::Tokio1)
            .create_timeout(Some(CONNECT))
            .wait_timeout(Some(CONNECT))
            .recycle_timeout(Some(CONNECT))
            .build()
            .map_err(|error| Fatal::new(format!("the pool cannot be made: {error}")))?;
        Ok(Self { pool })
    }

    /// Opens a connection ahead of the first request.
    pub async fn connect(&self) -> Result<()> {
        drop(self.pool.get().await?);
        Ok(())
    }

    /// Runs a statement that only reads, as `user`.
    pub async fn read(&self, user: &UserId, statement: Statement<'_>) -> Result<Vec<Row>> {
        self.run(&Flight::read(user, statement)).await
    }

    /// Runs a statement that writes, as `user` and under the lock of the user's row, so that one user's writes follow
    /// each other. The lock is a statement of its own ahead of the write: in READ COMMITTED a statement's snapshot is
    /// older than its own wait for a lock, and the write would work on what was before the writer ahead of it
    /// (<https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED>).
    pub async fn write(&self, user: &UserId, statement: Statement<'_>) -> Result<Vec<Row>> {
        self.run(&Flight::write(user, statement)).await
    }

    /// The same for a user who may not be known yet: their row is made first.
    pub async fn write_as_new(&self, user: &UserId, statement: Statement<'_>) -> Result<Vec<Row>> {
        self.run(&Flight::write_as_new(user, statement)).await
    }

    /// Tries again what failed in passing, on another connection where the one before broke, for as long as the budget
    /// lasts. Reads and writes alike: what a try has done whose answer was lost, the next one finds remembered
    /// (`users.recent_requests`). The pauses double and are random, so that those who were thrown out together do not
    /// come back together.
    async fn run(&self, flight: &Flight<'_>) -> Result<Vec<Row>> {
        let deadline = Instant::now() + BUDGET;
        let mut longest = FIRST_PAUSE;
        loop {
            let cause = match timeout_at(deadline, self.once(flight, deadline)).await {
                Ok(Err(Error::DatabaseUnavailable(cause))) => cause,
                Ok(rows) => return rows,
                Err(_) => format!("no answer in {BUDGET:?}"),
            };
            let pause = longest.mul_f64(random_half_to_one());
            if Instant::now() + pause >= deadline {
                return Err(Error::DatabaseUnavailable(cause));
            }
            tracing::debug!(cause, "another try");
            sleep(pause).await;
            longest = (longest * 2).min(LONGEST_PAUSE);
        }
    }

    async fn once(&self, flight: &Flight<'_>, deadline: Instant) -> Result<Vec<Row>> {
        let connection = self.living().await?;
        flight.on(connection, deadline - Instant::now()).await
    }

    /// A connection that is not known to be dead. Those that died while the environment was frozen are found without
    /// asking the server: their tasks get a turn to see that the socket was closed.
    async fn living(&self) -> Result<Object, PoolError> {
        loop {
            let connection = self.pool.get().await?;
            yield_now().await;
            if !connection.is_closed() {
                return Ok(connection);
            }
            drop(Object::take(connection));
        }
    }
}

/// From a half to one, so that pauses differ. It need not be hard to guess.
fn random_half_to_one() -> f64 {
    0.5 + f64::from(uuid::Uuid::new_v4().as_bytes()[0]) / 512.0
}

/// Without a connection. What a server or a pooler says while it lets nobody in is nearly always that it is waking up
/// or full; that it does not know the login (class 28) or the database (3D) it will say again.
impl From<PoolError> for Error {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) if error.code().is_some_and(|state| is_of(state, &["28", "3D"])) => {
                Self::DatabaseRefused(describe(&error))
            }
            PoolError::Backend(error) => Self::DatabaseUnavailable(describe(&error)),
            PoolError::Timeout(_) => Self::DatabaseUnavailable(format!("no connection in {CONNECT:?}")),
            other => Self::Internal(other.to_string()),
        }
    }
}
