//! The dry run: it runs the migrations in a transaction, and rolls it back.

use std::{collections::HashMap, time::Instant};

use refinery::Migration;
use shared::{db::describe, settings::Fatal};
use tokio_postgres::{Client, SimpleQueryMessage, Transaction};

use crate::{
    installation,
    patience::{Failure, Patience, Tell},
    role::Role,
    statements::{Statement, is_concurrent, statements, told},
};

/// Runs it, and returns whether the operations would be installed, too.
pub(crate) async fn run(
    client: &mut Client,
    pending: &[&Migration],
    role: Option<&Role>,
    tell: &mut Tell<'_>,
) -> Result<bool, Fatal> {
    let mut patience = Patience::default();
    loop {
        let outcome = rehearse(client, pending, role, tell).await;
        if let Some(end) = patience.end(outcome, "the dry run", tell).await {
            return end;
        }
    }
}

async fn rehearse(
    client: &mut Client,
    pending: &[&Migration],
    role: Option<&Role>,
    tell: &mut Tell<'_>,
) -> Result<bool, Failure> {
    let mut transaction = client.transaction().await.map_err(|error| broken(&error))?;
    for name in installation::prepare_in(&mut transaction, pending).await? {
        tell(&format!("would drop the operations {name}"));
    }
    let mut tables = Tables::existing(&transaction).await.map_err(|error| broken(&error))?;
    for migration in pending {
        tell(&format!("would apply {migration}"));
        let statements = statements(migration.sql().unwrap_or_default());
        is_concurrent(migration, &statements)?;
        for statement in &statements {
            let effect = effect(&transaction, &mut tables, statement).await;
            let effect = effect.map_err(|e| Failure::of(Some(&e), told(migration, "would fail", statement, &e)))?;
            tell(&format!("  line {}: {}: {effect}", statement.line, statement.headline()));
        }
    }
    let installs = installation::install_in(&transaction).await?;
    if installs {
        tell(&format!("would install the operations {}", operations::SCHEMA));
    }
    if let Some(role) = role {
        tell(&role.ensure_in(&transaction).await?);
    }
    transaction.rollback().await.map_err(|error| broken(&error))?;
    Ok(installs)
}

fn broken(error: &tokio_postgres::Error) -> Failure {
    Failure::Final(Fatal::new(format!("the dry run failed, and was rolled back: {}", describe(error))))
}

/// Runs a statement. Returns how long it took, how many rows it changed, and which requests its locks block.
async fn effect(
    transaction: &Transaction<'_>,
    tables: &mut Tables,
    statement: &Statement<'_>,
) -> Result<String, tokio_postgres::Error> {
    let began = Instant::now();
    let rows = match in_transaction(statement) {
        // Its rows do not matter.
        Some(sql) => transaction.batch_execute(&sql).await.map(|()| 0)?,
        None => rows(&transaction.simple_query(statement.text).await?),
    };
    let mut effect = vec![format!("{} ms", began.elapsed().as_millis())];
    effect.extend((rows > 0).then(|| format!("{rows} rows")));
    effect.extend(tables.newly_blocked(transaction).await?);
    if statement.is_concurrent() {
        effect.push("but `migrate` builds it concurrently and does not block writes".to_owned());
    }
    Ok(effect.join(", "))
}

/// A statement that builds an index concurrently, without that word, so that it can run in a transaction.
fn in_transaction(statement: &Statement<'_>) -> Option<String> {
    let text = statement.text;
    let word = statement.is_concurrent().then(|| text.to_lowercase().find("concurrently")).flatten()?;
    Some(format!("{}{}", &text[..word], &text[word + "concurrently".len()..]))
}

fn rows(messages: &[SimpleQueryMessage]) -> u64 {
    let complete = |message: &SimpleQueryMessage| match message {
        SimpleQueryMessage::CommandComplete(rows) => *rows,
        _ => 0,
    };
    messages.iter().map(complete).sum()
}

/// The tables that existed before, and the strongest lock on each so far. Nobody waits for a new table.
struct Tables(HashMap<u32, (String, Blocks)>);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Blocks {
    Nobody,
    Writes,
    Reads,
}

impl Tables {
    async fn existing(transaction: &Transaction<'_>) -> Result<Self, tokio_postgres::Error> {
        const TABLES: &str = "select oid, oid::regclass::text from pg_class where relkind in ('r', 'p', 'm')";
        let rows = transaction.query(TABLES, &[]).await?;
        Ok(Self(rows.iter().map(|row| (row.get(0), (row.get(1), Blocks::Nobody))).collect()))
    }

    /// Which requests the last statement has begun to block
    /// (<https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES>).
    async fn newly_blocked(&mut self, transaction: &Transaction<'_>) -> Result<Vec<String>, tokio_postgres::Error> {
        const LOCKS: &str = "
            select relation, bool_or(mode = 'AccessExclusiveLock') from pg_locks
            where pid = pg_backend_pid() and locktype = 'relation' and granted
                and mode in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
            group by relation order by relation";
        let mut blocked = Vec::new();
        for row in transaction.query(LOCKS, &[]).await? {
            let Some((name, so_far)) = self.0.get_mut(&row.get(0)) else { continue };
            let (now, what) = if row.get(1) { (Blocks::Reads, "reads and writes") } else { (Blocks::Writes, "writes") };
            if now > *so_far {
                *so_far = now;
                blocked.push(format!("blocks {what} of {name}"));
            }
        }
        Ok(blocked)
    }
}
