//! The schema as numbered SQL (`V1__….sql` and on, beside this crate's manifest) and what applies it.
//!
//! refinery runs it: it goes over the driver and the TLS that the functions already use (sqlx would bring its own of
//! both), keeps a checksum of every file that was applied, and applies each in a transaction of its own. It does not
//! keep two runs apart, so a lock does that here.

use shared::{config::Fatal, db::DatabaseUrl, error::describe};
use tokio_postgres::{Client, types::Type};

mod embedded {
    refinery::embed_migrations!(".");
}

/// The advisory lock of a run: any number, as long as it is always the same.
const LOCK: i64 = 0x7461_736b_5f61_7069;

/// Brings the database to the newest version and answers with the names of the migrations that were applied now. Safe
/// to run twice, and by two at once: the second waits.
pub async fn apply(url: &DatabaseUrl) -> Result<Vec<String>, Fatal> {
    refuse_pooler(url)?;
    let mut client = url.connect().await?;
    lock(&client)
        .await
        .map_err(|error| Fatal::new(format!("the lock of the migrations cannot be had: {}", describe(&error))))?;
    run(&mut client).await
}

/// Held by the connection, and so freed however this run ends.
#[allow(clippy::print_stdout, reason = "whoever waits is told for what")]
async fn lock(client: &Client) -> Result<(), tokio_postgres::Error> {
    let free = client.query_typed_one("select pg_try_advisory_lock($1)", &[(&LOCK, Type::INT8)]).await?;
    if !free.get::<_, bool>(0) {
        println!("another run is migrating this database: waiting for it");
        client.execute_typed("select pg_advisory_lock($1)", &[(&LOCK, Type::INT8)]).await?;
    }
    Ok(())
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

async fn run(client: &mut Client) -> Result<Vec<String>, Fatal> {
    let report = embedded::migrations::runner().run_async(client).await.map_err(|error| explain(&error))?;
    Ok(report.applied_migrations().iter().map(ToString::to_string).collect())
}

fn explain(error: &refinery::Error) -> Fatal {
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
        _ => format!("the migration failed, and nothing of it remains: {}", cause(error)),
    })
}

/// The innermost of the errors: what Postgres said.
fn cause(error: &refinery::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        if let Some(postgres) = inner.downcast_ref::<tokio_postgres::Error>() {
            return describe(postgres);
        }
        cause = inner;
    }
    cause.to_string()
}
