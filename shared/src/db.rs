//! The database. `url` says where it is, `open` opens connections, and `pool` keeps them. A request makes one call, and
//! retries it until the request's deadline.

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
    error::{Failure, transient},
    open::Opener,
    pool::Pool,
};
use crate::{parameter_store::ParameterStore, settings::Fatal, telemetry::Record};

/// The pause between two attempts: the first one, and the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// No call is sent with less time than this, or than `DB_TRY_MS` if that is shorter, because Postgres would have to
/// stop it before it is done.
const SHORTEST_ATTEMPT: Duration = Duration::from_millis(200);

/// How long closing may take. It is less than the 300 ms after which Lambda kills the process.
const CLOSE_LIMIT: Duration = Duration::from_millis(200);

/// The database, as the operations see it.
pub struct Db {
    pool: Pool,
    connect_limit: Duration,
    attempt_limit: Duration,
}

/// The user of a call, and its deadline.
#[derive(Clone, Copy)]
pub struct CallContext<'a> {
    /// The owner of the rows that the SQL function works on. For the purge, the owner whose rows it has done last.
    pub owner: &'a str,
    /// The time after which there are no more attempts.
    pub deadline: Instant,
    /// Where the attempts are counted.
    pub(crate) record: &'a Record,
}

/// A call of one SQL function of the schema [`SCHEMA`].
pub struct Call<'a> {
    name: &'static str,
    arguments: Vec<(&'a (dyn ToSql + Sync), Type)>,
}

impl<'a> Call<'a> {
    /// A call of the SQL function of this name. [`Db::call`] adds its first two arguments, the owner and the time limit
    /// in milliseconds.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self { name, arguments: Vec::new() }
    }

    /// Adds an argument. Its type is named, so that the driver need not ask Postgres for it first, which would be a
    /// round trip.
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
    /// Makes the pool. It opens its first connection when it is first used. `secrets` is where the URL came from, if it
    /// can change there.
    pub(crate) fn new(config: &DatabaseConfig, secrets: Option<ParameterStore>) -> Result<Self, Fatal> {
        let opener = Opener::new(config.url.clone(), secrets);
        let DatabaseConfig { connect_limit, attempt_limit, .. } = *config;
        Ok(Self { pool: Pool::new(opener, config)?, connect_limit, attempt_limit })
    }

    /// Opens a connection in the background, before the first request. That request finds it open, or waits for it.
    pub(crate) fn open_ahead(&self) -> JoinHandle<()> {
        let (pool, limit) = (self.pool.clone(), self.connect_limit);
        tokio::spawn(async move {
            if let Err(failure) = connection(&pool, limit).await {
                tracing::warn!(cause = Error::from(failure).cause(), "no connection at the start");
            }
        })
    }

    /// Calls an SQL function. A call is one statement, one transaction and one round trip. When the rows arrive, the
    /// transaction has been committed.
    ///
    /// Transient failures are retried until the deadline, on another connection if the last one broke. This is safe for
    /// writes: if a write was done and its answer was lost, the retry finds its id in `users.recent_requests`, or in
    /// the table `erasures` if the write erased the account. The pauses double and are random, so that many clients
    /// that lost their connections at once do not all return at once.
    pub async fn call(&self, context: CallContext<'_>, call: Call<'_>) -> Result<Vec<Row>, Error> {
        let outcome = self.with_retries(context, &call).await;
        context.record.end_attempts();
        outcome
    }

    async fn with_retries(&self, context: CallContext<'_>, call: &Call<'_>) -> Result<Vec<Row>, Error> {
        let (sql, mut longest) = (call.sql(), FIRST_PAUSE);
        loop {
            context.record.begin_attempt();
            let cause = match self.attempt(context, &sql, call).await {
                Err(Failure::Transient(cause)) => cause,
                outcome => return outcome.map_err(Error::from),
            };
            let pause = longest.mul_f64(random_half_to_one());
            if Instant::now() + pause + SHORTEST_ATTEMPT >= context.deadline {
                return Err(Error::Unavailable(cause));
            }
            tracing::debug!(cause, "retry");
            sleep(pause).await;
            longest = (longest * 2).min(LONGEST_PAUSE);
        }
    }

    /// Makes one attempt. If it is abandoned, Postgres ends what is left of it: by `lock_timeout`, by
    /// `transaction_timeout` or, once the connection is closed, by `client_connection_check_interval`.
    async fn attempt(&self, context: CallContext<'_>, sql: &str, call: &Call<'_>) -> Result<Vec<Row>, Failure> {
        let connection = connection(&self.pool, self.connect_limit.min(time_left(context.deadline))).await?;
        let limit = self.attempt_limit.min(time_left(context.deadline));
        if limit < SHORTEST_ATTEMPT.min(self.attempt_limit) {
            return Err(transient("a connection was opened, but no time is left to use it"));
        }
        let (owner, milliseconds) = (context.owner, i32::try_from(limit.as_millis()).unwrap_or(i32::MAX));
        let first: [(&(dyn ToSql + Sync), Type); 2] = [(&owner, Type::TEXT), (&milliseconds, Type::INT4)];
        let arguments: Vec<_> = first.into_iter().chain(call.arguments.iter().cloned()).collect();
        match timeout(limit, connection.query_typed(sql, &arguments)).await {
            Ok(Ok(rows)) => {
                self.pool.mark_used();
                Ok(rows)
            }
            Ok(Err(error)) => {
                if error::is_of_session(&error) {
                    drop(Object::take(connection));
                }
                Err(Failure::of_call(&error))
            }
            Err(_) => {
                self.pool.discard(connection);
                Err(transient(format!("no answer in {limit:?}")))
            }
        }
    }

    /// Closes all connections, so that the server does not have to find out by itself. A connection in use is closed
    /// when it is returned.
    pub(crate) async fn close(&self) {
        let _ = timeout(CLOSE_LIMIT, self.pool.close()).await; // after the limit, the server finds out by itself
    }
}

/// A connection from the pool: one that was returned and checked, or a new one. `limit` covers waiting, checking and
/// opening together.
async fn connection(pool: &Pool, limit: Duration) -> Result<Object, Failure> {
    match timeout(limit, pool.get()).await {
        Ok(Ok(connection)) => Ok(connection),
        Ok(Err(PoolError::Backend(error))) => Err(Failure::of_opening(&error)),
        Ok(Err(error)) => Err(transient(format!("the pool: {error}"))), // it is closed: this execution environment ends
        Err(_) => Err(transient(format!("no connection in {limit:?}"))),
    }
}

fn time_left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}

/// A random factor from 0.5 to 1, so that pauses differ. It need not be hard to guess.
fn random_half_to_one() -> f64 {
    0.5 + f64::from(uuid::Uuid::new_v4().as_bytes()[0]) / 512.0
}
