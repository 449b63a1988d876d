//! The database: TLS, the pool, and the flight, in which a whole transaction crosses the network and comes back once.
//!
//! A transaction of begin, identity, lock, write and commit costs five round trips if each waits for the one before.
//! None needs to: all are sent at once, and Postgres runs them in order. What that asks of the code is written where
//! it is met, in [`fly`].

use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime};
use futures_util::future::join_all;
use native_tls::TlsConnector;
use postgres_native_tls::MakeTlsConnector;
use tokio::{
    task::yield_now,
    time::{Instant, sleep, timeout, timeout_at},
};
use tokio_postgres::{
    Client, NoTls, Row,
    config::SslMode,
    types::{ToSql, Type},
};

use crate::{
    UserId,
    config::Fatal,
    error::{Error, Result, describe, is_of},
};

/// A function serves one request at a time, and so never has a use for a second connection.
const CONNECTIONS: usize = 1;

/// Opening a connection: TCP, TLS and authentication, and a Neon compute that has to wake, which takes a few hundred
/// milliseconds and rarely seconds.
const CONNECT: Duration = Duration::from_secs(5);

/// A request's whole time at the database. The gateway would give up after 30 s; a client before that.
const BUDGET: Duration = Duration::from_secs(8);

/// Between two tries, at first and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How long the network may leave what was sent without an acknowledgement. Without it a peer that vanished keeps a
/// request waiting for as long as the request has.
const UNACKNOWLEDGED: Duration = Duration::from_secs(2);

/// The limits that Postgres itself keeps, in milliseconds, the strictest first: a flight of which half arrived ends
/// and frees its lock; a lock is not waited for longer than the request has; a statement does not run on after it.
const IDLE_IN_TRANSACTION: &str = "2000";
const LOCK: &str = "5000";
const STATEMENT: &str = "7000";

/// Where the database is. It holds the password: nothing prints it.
pub struct DatabaseUrl(tokio_postgres::Config);

impl DatabaseUrl {
    /// Reads a connection string, a URL or key-value pairs
    /// (<https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING>). `variable` is where it came
    /// from, for the error.
    pub fn parse(variable: &str, text: &str) -> Result<Self, Fatal> {
        let mut config: tokio_postgres::Config = text.parse().map_err(|error: tokio_postgres::Error| {
            Fatal::new(format!("{variable} is not a Postgres connection string: {}", describe(&error)))
        })?;
        config.application_name("task-api");
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(UNACKNOWLEDGED);
        }
        Ok(Self(config))
    }

    /// The servers named, for messages.
    #[must_use]
    pub fn hosts(&self) -> Vec<String> {
        let host = |host: &tokio_postgres::config::Host| match host {
            tokio_postgres::config::Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            tokio_postgres::config::Host::Unix(path) => path.display().to_string(),
        };
        self.0.get_hosts().iter().map(host).collect()
    }

    /// One connection outside the pool, for what is no request. Its background task runs on the current runtime.
    pub async fn connect(&self) -> Result<Client, Fatal> {
        let unreachable = |cause: String| {
            Fatal::new(format!("the database at {} cannot be reached: {cause}", self.hosts().join(", ")))
        };
        let connecting = async {
            if self.0.get_ssl_mode() == SslMode::Disable {
                let (client, connection) = self.0.connect(NoTls).await.map_err(|e| unreachable(describe(&e)))?;
                tokio::spawn(connection);
                Ok(client)
            } else {
                let (client, connection) = self.0.connect(tls()?).await.map_err(|e| unreachable(describe(&e)))?;
                tokio::spawn(connection);
                Ok(client)
            }
        };
        timeout(CONNECT, connecting).await.unwrap_or_else(|_| Err(unreachable(format!("no answer in {CONNECT:?}"))))
    }
}

/// TLS that checks the certificate and the host name against the system's roots.
fn tls() -> Result<MakeTlsConnector, Fatal> {
    let connector = TlsConnector::new().map_err(|error| Fatal::new(format!("TLS cannot be set up: {error}")))?;
    Ok(MakeTlsConnector::new(connector))
}

/// One statement and its parameters. The types are named, so that Postgres needs not be asked for them first.
#[derive(Clone)]
pub struct Statement<'a> {
    sql: &'a str,
    parameters: Vec<(&'a (dyn ToSql + Sync), Type)>,
}

impl<'a> Statement<'a> {
    /// A statement without parameters.
    #[must_use]
    pub fn new(sql: &'a str) -> Self {
        Self { sql, parameters: Vec::new() }
    }

    /// With the next parameter: `$1`, then `$2`, and so on.
    #[must_use]
    pub fn bind(mut self, value: &'a (dyn ToSql + Sync), sql_type: Type) -> Self {
        self.parameters.push((value, sql_type));
        self
    }
}

/// The database, as the operations see it.
pub struct Db {
    pool: Pool,
}

impl Db {
    /// Makes the pool; it connects when it is first used.
    pub fn new(url: DatabaseUrl) -> Result<Self, Fatal> {
        // `Fast` looks whether the socket is known to be closed; asking the server would be a second round trip.
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = if url.0.get_ssl_mode() == SslMode::Disable {
            Manager::from_config(url.0, NoTls, recycling)
        } else {
            Manager::from_config(url.0, tls()?, recycling)
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
        self.run(user, &[], statement, "begin read only").await
    }

    /// Runs a statement that writes, as `user` and under the lock of the user's row, so that one user's writes follow
    /// each other. The lock is a statement of its own ahead of the write: in READ COMMITTED a statement's snapshot is
    /// older than its own wait for a lock, and the write would work on what was before the writer ahead of it
    /// (<https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED>).
    pub async fn write(&self, user: &UserId, statement: Statement<'_>) -> Result<Vec<Row>> {
        self.run(user, &[LOCK_USER], statement, "begin").await
    }

    /// The same for a user who may not be known yet: their row is made first.
    pub async fn write_as_new(&self, user: &UserId, statement: Statement<'_>) -> Result<Vec<Row>> {
        self.run(user, &[INSERT_USER, LOCK_USER], statement, "begin").await
    }

    async fn run(&self, user: &UserId, before: &[&str], statement: Statement<'_>, begin: &str) -> Result<Vec<Row>> {
        let owner = user.as_str();
        let identity = Statement::new(IDENTITY)
            .bind(&owner, Type::TEXT)
            .bind(&IDLE_IN_TRANSACTION, Type::TEXT)
            .bind(&LOCK, Type::TEXT)
            .bind(&STATEMENT, Type::TEXT);
        let before = before.iter().map(|sql| Statement::new(sql).bind(&owner, Type::TEXT));
        let flight: Vec<_> = [Statement::new(begin), identity]
            .into_iter()
            .chain(before)
            .chain([statement, Statement::new("commit")])
            .collect();
        let mut answers = self.fly_until_there(&flight).await?;
        // The last but one, ahead of the commit.
        Ok(answers.swap_remove(flight.len() - 2))
    }

    /// Tries again what failed in passing, on another connection where the one before broke, for as long as the budget
    /// lasts. Reads and writes alike: what a try has done whose answer was lost, the next one finds remembered
    /// (`users.recent_requests`). The pauses double and are random, so that those who were thrown out together do not
    /// come back together.
    async fn fly_until_there(&self, flight: &[Statement<'_>]) -> Result<Vec<Vec<Row>>> {
        let deadline = Instant::now() + BUDGET;
        let mut longest = FIRST_PAUSE;
        loop {
            let cause = match timeout_at(deadline, self.try_to_fly(flight)).await {
                Ok(Err(Error::DatabaseUnavailable(cause))) => cause,
                Ok(answers) => return answers,
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

    async fn try_to_fly(&self, flight: &[Statement<'_>]) -> Result<Vec<Vec<Row>>> {
        Connection(Some(self.living().await?)).fly(flight).await
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

/// Who asks, and for how long, for this transaction only. The role is taken on whichever login the URL names: the
/// owner of a Neon database bypasses row-level security, `task_api` bypasses nothing. The limits stand here and not on
/// the role because a role's settings apply at login, and not in start-up parameters because Neon's pooler refuses
/// those.
const IDENTITY: &str = "select set_config('role', 'task_api', true), set_config('app.user_id', $1, true),
    set_config('idle_in_transaction_session_timeout', $2, true), set_config('lock_timeout', $3, true),
    set_config('statement_timeout', $4, true)";

const INSERT_USER: &str = "insert into users (id) values ($1) on conflict do nothing";

const LOCK_USER: &str = "select from users where id = $1 for update";

/// A connection on loan. One that is dropped in the middle of a flight, by a deadline or a panic, has a transaction
/// running: it is closed, never handed to the next request.
struct Connection(Option<Object>);

impl Connection {
    async fn fly(mut self, flight: &[Statement<'_>]) -> Result<Vec<Vec<Row>>> {
        let object = self.0.as_ref().ok_or(PoolError::Closed)?;
        let answers = fly(object, flight).await;
        drop(self.0.take());
        Ok(answers?)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(unfinished) = self.0.take() {
            drop(Object::take(unfinished));
        }
    }
}

/// Sends all statements at once and waits for all answers: one round trip.
///
/// `query_typed` hands its messages to the connection when it is first polled, and `join_all` polls in order (as it
/// does for up to 30 futures), all within one turn of the current-thread runtime: so the connection's task finds them
/// together and writes them together.
///
/// Every statement is sent whatever becomes of those before it. Once one fails, Postgres refuses the rest (25P02) and
/// takes the commit for a rollback *without* an error: the first error is therefore the cause, and a flight without
/// any has been committed.
async fn fly(client: &Client, flight: &[Statement<'_>]) -> Result<Vec<Vec<Row>>, tokio_postgres::Error> {
    let answers = join_all(flight.iter().map(|statement| client.query_typed(statement.sql, &statement.parameters)));
    answers.await.into_iter().collect()
}

/// Without a connection. What a server or a pooler says while it lets nobody in is nearly always that it is waking up or
/// full; that it does not know the login (class 28) or the database (3D) it will say again.
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
