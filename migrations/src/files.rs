//! The migration files in their order, and the code that applies them.

use refinery::{Migration, Runner, Target};
use shared::{
    db::{DatabaseUrl, describe},
    settings::Fatal,
};
use tokio_postgres::Client;

use crate::{
    installation,
    patience::{Failure, Patience, Tell},
    rehearsal,
    role::Role,
    session,
    statements::{is_concurrent, statements, told},
};

mod embedded {
    refinery::embed_migrations!(".");
}

/// The migration files in their order.
pub struct Migrations(Vec<Migration>);

impl Migrations {
    /// The files of this project.
    #[must_use]
    pub fn embedded() -> Self {
        Self::sorted(embedded::migrations::runner().get_migrations().clone())
    }

    /// The files of this project and more, each with its name (without `.sql`) and its contents. For tests.
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

    /// Applies the pending files, installs the operations, then creates the database role, if one is given.
    pub async fn apply(
        &self,
        url: &DatabaseUrl,
        role: Option<&Role>,
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
        if let Some(role) = role {
            role.ensure(&mut client, tell).await?;
        }
        Ok(done)
    }

    /// Does the same as [`apply`](Self::apply), but in one transaction that it rolls back, and tells what each
    /// statement did. The locks are real, and are held until the end.
    pub async fn rehearse(
        &self,
        url: &DatabaseUrl,
        role: Option<&Role>,
        tell: &mut Tell<'_>,
    ) -> Result<Vec<String>, Fatal> {
        let mut client = session::open(url, tell).await?;
        let pending = self.pending(&mut client).await?;
        let installs = rehearsal::run(&mut client, &pending, role, tell).await?;
        let installed = installs.then(|| operations::SCHEMA.to_owned());
        Ok(pending.iter().map(ToString::to_string).chain(installed).collect())
    }

    /// The files that have not been applied. It is an error if an applied file has changed or is missing.
    async fn pending(&self, client: &mut Client) -> Result<Vec<&Migration>, Fatal> {
        const HISTORY: &str = "select to_regclass('refinery_schema_history') is not null";
        let unreadable = |error: tokio_postgres::Error| {
            Fatal::new(format!("the history of the migrations cannot be read: {}", describe(&error)))
        };
        if !client.query_one(HISTORY, &[]).await.map_err(unreadable)?.get::<_, bool>(0) {
            return Ok(self.0.iter().collect());
        }
        let last =
            Runner::new(&self.0).get_last_applied_migration_async(client).await.map_err(|e| explain(None, &e))?;
        let Some(last) = last else { return Ok(self.0.iter().collect()) };
        // The target is the database's own version. So this applies nothing, but compares the checksums.
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
        let mut patience = Patience::default();
        loop {
            let outcome = self.apply_one(client, migration).await;
            if let Some(end) = patience.end(outcome, migration, tell).await {
                return end;
            }
        }
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
            // Building an index on a large table can take long, and blocks nobody.
            let unlimited = client.batch_execute("set statement_timeout = 0").await;
            unlimited.map_err(|error| failed(&error, statement))?;
            client.batch_execute(statement.text).await.map_err(|error| failed(&error, statement))?;
            client.batch_execute(session::LIMITS).await.map_err(|error| failed(&error, statement))?;
        }
        let noted = self.run(client, Target::FakeVersion(migration.version())).await;
        noted.map_err(|error| Failure::of(cause(&error), explain(Some(migration), &error)))
    }
}

fn explain(migration: Option<&Migration>, error: &refinery::Error) -> Fatal {
    use refinery::error::Kind;
    Fatal::new(match error.kind() {
        Kind::DivergentVersion(applied, _) => format!(
            "{applied} was applied to this database with other contents than the file has now: restore the file, and \
             put the change into a new migration"
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

/// The error of Postgres in the chain of causes.
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
