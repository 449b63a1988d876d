//! The database: [`url`](DatabaseUrl) says where it is, [`open`] opens connections, [`pool`] keeps them, and a request's
//! call is tried for as long as the request's time lasts.

mod error;
mod open;
mod pool;
mod settings;
mod url;

use std::time::Duration;

use deadpool_postgres::{Object, PoolError};
use operations::SCHEMA;
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};
use tokio_postgres::{
    Row,
    types::{ToSql, Type},
};

pub use self::{
    error::{Error, describe},
    settings::DatabaseConfig,
    url::DatabaseUrl,
};

use self::{
    error::{Failure, passing},
    open::Opener,
    pool::Pool,
};
use crate::{parameter_store::ParameterStore, settings::Fatal, telemetry::Record};

/// Between two tries, at first and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// With less time than that a try is not begun: Postgres would have to give up before it could have done it.
const SHORTEST_TRY: Duration = Duration::from_millis(200);

/// How long closing may take: less than the 300 ms after which Lambda kills what has not ended.
const FAREWELL: Duration = Duration::from_millis(200);

/// The database, as the operations see it.
pub struct Db {
    pool: Pool,
    connect_limit: Duration,
    try_limit: Duration,
}

/// For whom an operation is called, and until when they wait.
#[derive(Clone, Copy)]
pub struct Asker<'a> {
    /// Whose rows the operation works on.
    pub owner: &'a str,
    /// Until when there may be another try.
    pub deadline: Instant,
    /// Where the tries are noted.
    pub(crate) record: &'a Record,
}

/// One operation to be called: a function of the schema [`SCHEMA`].
pub struct Call<'a> {
    name: &'static str,
    arguments: Vec<(&'a (dyn ToSql + Sync), Type)>,
}

impl<'a> Call<'a> {
    /// Of the operation of this name. Its first two arguments, the owner and the time-out, are given by [`Db::call`].
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self { name, arguments: Vec::new() }
    }

    /// With the next argument. The type is named, so that Postgres need not be asked for it first.
    #[must_use]
    pub fn with(mut self, value: &'a (dyn ToSql + Sync), sql_type: Type) -> Self {
        self.arguments.push((value, sql_type));
        self
    }

    fn sql(&self) -> String {
        let numbers: Vec<_> = (1..=self.arguments.len() + 2).map(|number| format!("${number}")).collect();
        format!("select * from {SCHEMA}.{}({})", self.name, numbers.join(", "))
    }
}

impl Db {
    /// Makes the pool; it connects when it is first used. `secrets` is where the URL came from, if it may change.
    pub(crate) fn new(config: &DatabaseConfig, secrets: Option<ParameterStore>) -> Result<Self, Fatal> {
        let opener = Opener::new(config.url.clone(), secrets);
        let DatabaseConfig { connect_limit, try_limit, .. } = *config;
        Ok(Self { pool: Pool::new(opener, config)?, connect_limit, try_limit })
    }

    /// Opens a connection in the background, ahead of the first request: that finds it, or waits for it.
    pub(crate) fn open_ahead(&self) -> JoinHandle<()> {
        let (pool, limit) = (self.pool.clone(), self.connect_limit);
        tokio::spawn(async move {
            if let Err(failure) = connection(&pool, limit).await {
                tracing::warn!(cause = Error::from(failure).cause(), "no connection at the start");
            }
        })
    }

    /// Calls an operation: one statement, which is one transaction and one round trip. Its rows are there once the
    /// transaction is committed.
    ///
    /// Transient failures are retried until the request's deadline, on another connection where the one before broke. That
    /// is safe for writes, too: one that was done but not acknowledged is found in `users.recent_requests` by the next
    /// try. The pauses double and are random, so that those who were thrown out together do not come back together.
    pub async fn call(&self, asker: Asker<'_>, call: Call<'_>) -> Result<Vec<Row>, Error> {
        let outcome = self.until_it_succeeds(asker, &call).await;
        asker.record.has_tried();
        outcome
    }

    async fn until_it_succeeds(&self, asker: Asker<'_>, call: &Call<'_>) -> Result<Vec<Row>, Error> {
        let (sql, mut longest) = (call.sql(), FIRST_PAUSE);
        loop {
            asker.record.tries();
            let cause = match self.once(asker, &sql, call).await {
                Err(Failure::Passing(cause)) => cause,
                outcome => return outcome.map_err(Error::from),
            };
            let pause = longest.mul_f64(random_half_to_one());
            if Instant::now() + pause + SHORTEST_TRY >= asker.deadline {
                return Err(Error::Unavailable(cause));
            }
            tracing::debug!(cause, "another try");
            sleep(pause).await;
            longest = (longest * 2).min(LONGEST_PAUSE);
        }
    }

    /// One try. What it leaves behind is ended at the database, too: by `lock_timeout`, `transaction_timeout` or, once
    /// the connection is closed, `client_connection_check_interval`.
    async fn once(&self, asker: Asker<'_>, sql: &str, call: &Call<'_>) -> Result<Vec<Row>, Failure> {
        let connection = connection(&self.pool, self.connect_limit.min(left(asker.deadline))).await?;
        let limit = self.try_limit.min(left(asker.deadline));
        if limit < SHORTEST_TRY.min(self.try_limit) {
            return Err(passing("a connection, but no time left to use it"));
        }
        let (owner, milliseconds) = (asker.owner, i32::try_from(limit.as_millis()).unwrap_or(i32::MAX));
        let ours: [(&(dyn ToSql + Sync), Type); 2] = [(&owner, Type::TEXT), (&milliseconds, Type::INT4)];
        let arguments: Vec<_> = ours.into_iter().chain(call.arguments.iter().cloned()).collect();
        match timeout(limit, connection.query_typed(sql, &arguments)).await {
            Ok(Ok(rows)) => {
                self.pool.was_used();
                Ok(rows)
            }
            Ok(Err(error)) => {
                if error::is_of_session(&error) {
                    drop(Object::take(connection));
                }
                Err(Failure::of_call(&error))
            }
            Err(_) => {
                self.pool.give_up(connection);
                Err(passing(format!("no answer in {limit:?}")))
            }
        }
    }

    /// Closes all connections, those in use when they come back, so that the server need not find out by itself that we
    /// are gone.
    pub(crate) async fn close(&self) {
        let _ = timeout(FAREWELL, self.pool.close()).await; // the server will find out
    }
}

/// A connection that is not known to be dead: waited for, looked over, or opened, all in one limit.
async fn connection(pool: &Pool, limit: Duration) -> Result<Object, Failure> {
    match timeout(limit, pool.get()).await {
        Ok(Ok(connection)) => Ok(connection),
        Ok(Err(PoolError::Backend(error))) => Err(Failure::of_opening(&error)),
        Ok(Err(error)) => Err(passing(format!("the pool: {error}"))), // closed: this environment ends
        Err(_) => Err(passing(format!("no connection in {limit:?}"))),
    }
}

fn left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}

/// From a half to one, so that pauses differ. It need not be hard to guess.
fn random_half_to_one() -> f64 {
    0.5 + f64::from(uuid::Uuid::new_v4().as_bytes()[0]) / 512.0
}
