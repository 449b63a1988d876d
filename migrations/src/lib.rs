//! The schema as numbered SQL (`V1__….sql` and on, beside this crate's manifest), what applies it, and what installs the
//! operations that work on it (`operations/*.sql`).
//! README.md beside it says how one is written.
//!
//! refinery keeps the book: it goes over the driver and the TLS that the functions already use (sqlx would bring its
//! own of both), and keeps a checksum of every file that was applied. Each file is applied in a transaction of its own,
//! with the line in the book. refinery does not keep two runs apart, so a lock does that here.

mod installation;
mod login;
mod rehearsal;
mod session;
mod statements;

use std::time::Duration;

use refinery::{Migration, Runner, Target};
use shared::{
    db::{DatabaseUrl, describe},
    settings::Fatal,
};
use tokio::time::sleep;
use tokio_postgres::{Client, error::SqlState};

pub use login::Login;
pub use statements::{Statement, statements};

mod embedded {
    refinery::embed_migrations!(".");
}

/// So often a migration is tried that does not get its locks in time, with [`pause`] in between.
pub(crate) const TRIES: u32 = 5;

/// Takes the lines for the person who looks on, as they come up.
pub type Tell<'a> = dyn FnMut(&str) + Send + 'a;

/// Brings the database to the newest version and answers with the names of what was done now: the migrations, and the
/// schema of the operations. Safe to run twice, and by two at once: the second waits.
pub async fn apply(url: &DatabaseUrl) -> Result<Vec<String>, Fatal> {
    Migrations::embedded().apply(url, None, &mut |_| ()).await
}

/// The files, in their order.
pub struct Migrations(Vec<Migration>);

impl Migrations {
    /// Those of this project.
    #[must_use]
    pub fn embedded() -> Self {
        Self::sorted(embedded::migrations::runner().get_migrations().clone())
    }

    /// Those and more, each a name without `.sql` and its contents: for tests of what applies them.
    pub fn with(more: &[(&str, &str)]) -> Result<Self, Fatal> {
        let mut all = Self::embedded().0;
        for (name, sql) in more {
            all.push(Migration::unapplied(name, sql).map_err(|error| Fatal::new(format!("{name}: {error}")))?);
        }
        Ok(Self::sorted(all))
    }

    fn sorted(mut all: Vec<Migration>) -> Self {
        all.sort();
        Self(all)
    }

    /// Applies what has not been applied, installs the operations, then makes `login`, if one is wanted.
    pub async fn apply(
        &self,
        url: &DatabaseUrl,
        login: Option<&Login>,
        tell: &mut Tell<'_>,
    ) -> Result<Vec<String>, Fatal> {
        let mut client = session::open(url, tell).await?;
        let pending = self.pending(&mut client).await?;
        installation::prepare(&mut client, &pending, tell).await?;
        let mut done = Vec::new();
        for migration in pending {
            self.apply_patiently(&mut client, migration, tell).await?;
            tell(&format!("applied {migration}"));
            done.push(migration.to_string());
        }
        if installation::install(&mut client, tell).await? {
            done.push(operations::SCHEMA.to_owned());
        }
        if let Some(login) = login {
            login.ensure(&mut client, tell).await?;
        }
        Ok(done)
    }

    /// Runs what [`apply`](Self::apply) would, all of it in one transaction that is rolled back, and tells what each
    /// statement did. The locks that it takes are real, and are held until the end.
    pub async fn rehearse(
        &self,
        url: &DatabaseUrl,
        login: Option<&Login>,
        tell: &mut Tell<'_>,
    ) -> Result<Vec<String>, Fatal> {
        let mut client = session::open(url, tell).await?;
        let pending = self.pending(&mut client).await?;
        let installs = rehearsal::run(&mut client, &pending, login, tell).await?;
        let installed = installs.then(|| operations::SCHEMA.to_owned());
        Ok(pending.iter().map(ToString::to_string).chain(installed).collect())
    }

    /// What has not been applied; an error where what was applied is not what the files say.
    async fn pending(&self, client: &mut Client) -> Result<Vec<&Migration>, Fatal> {
        const BOOK: &str = "select to_regclass('refinery_schema_history') is not null";
        let unreadable = |error: tokio_postgres::Error| {
            Fatal::new(format!("the history of the migrations cannot be read: {}", describe(&error)))
        };
        if !client.query_one(BOOK, &[]).await.map_err(unreadable)?.get::<_, bool>(0) {
            return Ok(self.0.iter().collect());
        }
        let last =
            Runner::new(&self.0).get_last_applied_migration_async(client).await.map_err(|e| explain(None, &e))?;
        let Some(last) = last else { return Ok(self.0.iter().collect()) };
        // To go where the database is applies nothing, and compares the checksums.
        self.run(client, Target::Version(last.version())).await.map_err(|error| explain(None, &error))?;
        Ok(self.0.iter().filter(|migration| migration.version() > last.version()).collect())
    }

    async fn run(&self, client: &mut Client, target: Target) -> Result<(), refinery::Error> {
        Runner::new(&self.0).set_target(target).run_async(client).await.map(|_| ())
    }

    async fn apply_patiently(
        &self,
        client: &mut Client,
        migration: &Migration,
        tell: &mut Tell<'_>,
    ) -> Result<(), Fatal> {
        for attempt in 1.. {
            match self.apply_one(client, migration).await {
                Err(Failure::Contended(_)) if attempt < TRIES => {
                    let wait = pause(attempt);
                    tell(&format!("{migration} did not get its locks in time: tried again in {wait:?}"));
                    sleep(wait).await;
                }
                outcome => return outcome.map_err(Failure::into_fatal),
            }
        }
        Ok(())
    }

    async fn apply_one(&self, client: &mut Client, migration: &Migration) -> Result<(), Failure> {
        let sql = migration.sql().unwrap_or_default();
        let statements = statements(sql);
        if !is_concurrent(migration, &statements)? {
            let applied = self.run(client, Target::Version(migration.version())).await;
            return applied.map_err(|error| Failure::of(cause(&error), explain(Some(migration), &error)));
        }
        let failed = |error: &_, statement: &_| Failure::of(Some(error), told(migration, "failed", statement, error));
        for statement in &statements {
            // An index of a large table takes its time, and hinders nobody.
            let unlimited = client.batch_execute("set statement_timeout = 0").await;
            unlimited.map_err(|error| failed(&error, statement))?;
            client.batch_execute(statement.text).await.map_err(|error| failed(&error, statement))?;
            client.batch_execute(session::LIMITS).await.map_err(|error| failed(&error, statement))?;
        }
        let noted = self.run(client, Target::FakeVersion(migration.version())).await;
        noted.map_err(|error| Failure::of(cause(&error), explain(Some(migration), &error)))
    }
}

/// Whether a file runs outside a transaction, as indexes have to that are built beside running writes. Nothing else
/// may stand in it: half of it could remain.
fn is_concurrent(migration: &Migration, statements: &[Statement<'_>]) -> Result<bool, Fatal> {
    let concurrent = statements.iter().filter(|statement| statement.is_concurrent()).count();
    if concurrent > 0 && concurrent < statements.len() {
        return Err(Fatal::new(format!(
            "{migration} builds an index concurrently, which is outside a transaction: give the other statements a \
             file of their own"
        )));
    }
    Ok(concurrent > 0)
}

/// 1, 2, 4, … seconds: what holds the locks has gone on by then, or is no request.
pub(crate) fn pause(attempt: u32) -> Duration {
    Duration::from_secs(1 << (attempt - 1))
}

/// Whether somebody else has a lock that is needed.
pub(crate) fn is_contended(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|code| [SqlState::LOCK_NOT_AVAILABLE, SqlState::T_R_DEADLOCK_DETECTED].contains(code))
}

/// Why a migration was not applied.
pub(crate) enum Failure {
    /// Somebody else has a lock that it needs: worth another try.
    Contended(Fatal),
    Final(Fatal),
}

impl Failure {
    pub(crate) fn of(cause: Option<&tokio_postgres::Error>, message: Fatal) -> Self {
        if cause.is_some_and(is_contended) { Self::Contended(message) } else { Self::Final(message) }
    }

    pub(crate) fn into_fatal(self) -> Fatal {
        match self {
            Self::Contended(fatal) => Fatal::new(format!("{fatal} (tried {TRIES} times)")),
            Self::Final(fatal) => fatal,
        }
    }
}

impl From<Fatal> for Failure {
    fn from(fatal: Fatal) -> Self {
        Self::Final(fatal)
    }
}

/// A statement that Postgres refused.
pub(crate) fn told(
    migration: &Migration,
    how: &str,
    statement: &Statement<'_>,
    error: &tokio_postgres::Error,
) -> Fatal {
    let (line, headline) = (statement.line, statement.headline());
    Fatal::new(format!("{migration} {how} at line {line}, `{headline}`: {}", describe(error)))
}

fn explain(migration: Option<&Migration>, error: &refinery::Error) -> Fatal {
    use refinery::error::Kind;
    Fatal::new(match error.kind() {
        Kind::DivergentVersion(applied, _) => format!(
            "{applied} was applied to this database with other contents than the file has now: restore the file, and \
             put the change into a migration of its own"
        ),
        Kind::MissingVersion(applied) => format!(
            "{applied} was applied to this database, and this program does not have it: use the program of the newer \
             version"
        ),
        _ => {
            let name = migration.map_or_else(|| "the migration".to_owned(), ToString::to_string);
            format!("{name} failed, and nothing of it remains: {}", cause(error).map_or(error.to_string(), describe))
        }
    })
}

/// What Postgres said.
fn cause(error: &refinery::Error) -> Option<&tokio_postgres::Error> {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        if let Some(postgres) = inner.downcast_ref() {
            return Some(postgres);
        }
        cause = inner;
    }
    None
}
