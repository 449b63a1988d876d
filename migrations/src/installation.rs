//! Installs the operations, each version in a schema of its own, and drops the versions that no release calls any more.

use operations::{SCHEMA, sources};
use refinery::Migration;
use shared::{db::describe, settings::Fatal};
use tokio_postgres::{Client, Transaction};

use crate::{Tell, statements};

/// How long a version is kept after another one took its place, in days. A canary takes hours and a roll-back comes
/// within days. The version before the newest is kept longer, until it is the one before that.
const KEPT_DAYS: i32 = 14;

/// Which versions end now: `$1` is the newest, which may be on its way still, `$2` how many days the others are kept.
const EXPIRE: &str = "
    delete from operation_schemas s
    where s.name <> $1 and s.replaced_at < clock_timestamp() - make_interval(days => $2) and (
        exists (select from operation_schemas o where o.name <> $1 and o.replaced_at is null)
        or s.replaced_at < (select max(o.replaced_at) from operation_schemas o where o.name <> $1)
    )
    returning s.name";

/// The newest version is `$1` from now on.
const RECORD: &str = "
    with replaced as (
        update operation_schemas set replaced_at = clock_timestamp() where name <> $1 and replaced_at is null
    )
    insert into operation_schemas (name) values ($1) on conflict (name) do update set replaced_at = null";

/// What is done with each object of the new schema. The functions work as `task_api`, which bypasses nothing. Callers may
/// call those that run as their owner: the operations. The others are parts of these.
const HAND_OVER: &str = "
    select format('alter view %I.%I owner to task_api', nspname, relname) as statement
        from pg_class join pg_namespace n on n.oid = relnamespace where nspname = $1 and relkind = 'v'
    union all
    select format('alter type %I.%I owner to task_api', nspname, relname)
        from pg_class join pg_namespace n on n.oid = relnamespace where nspname = $1 and relkind = 'c'
    union all
    select format('revoke all on function %s from public', p.oid::regprocedure)
            || format('; alter function %s owner to task_api', p.oid::regprocedure)
            || case when prosecdef then format('; grant execute on function %s to task_api_caller', p.oid::regprocedure)
               else '' end
        from pg_proc p join pg_namespace n on n.oid = pronamespace where nspname = $1";

/// Who of the versions `$1` names a column `$3` of a table `$2`, or where that is null the table: a view by what it
/// depends on, a function by the words of its text, of which Postgres keeps no account.
const NAMED_BY: &str = r"
    select format('%I.%I', nspname, relname) as name
    from pg_depend d
    join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
    join pg_class v on v.oid = r.ev_class
    join pg_namespace n on n.oid = v.relnamespace
    where nspname = any ($1) and d.refclassid = 'pg_class'::regclass and d.refobjid = to_regclass($2) and (
        $3::text is null
        or d.refobjsubid = (select attnum from pg_attribute where attrelid = d.refobjid and attname = $3)
    )
    union
    select format('%I.%I', nspname, proname)
    from pg_proc join pg_namespace n on n.oid = pronamespace
    where nspname = any ($1) and prosrc ~ ('\m' || $2 || '\M') and ($3 is null or prosrc ~ ('\m' || $3 || '\M'))
    order by name";

/// What is done before the migrations: versions that no release calls any more are dropped, and migrations that would
/// take away what a kept one names are refused.
pub(crate) async fn prepare(client: &mut Client, pending: &[&Migration], tell: &mut Tell<'_>) -> Result<(), Fatal> {
    let transaction = client.transaction().await.map_err(|error| failed(&error))?;
    prepare_in(&transaction, pending, tell).await?;
    transaction.commit().await.map_err(|error| failed(&error))
}

pub(crate) async fn prepare_in(
    transaction: &Transaction<'_>,
    pending: &[&Migration],
    tell: &mut Tell<'_>,
) -> Result<(), Fatal> {
    const BOOK: &str = "select to_regclass('operation_schemas') is not null";
    let book = transaction.query_one(BOOK, &[]).await.map_err(|error| failed(&error))?;
    if !book.get::<_, bool>(0) {
        return Ok(()); // nothing has been installed yet
    }
    for row in transaction.query(EXPIRE, &[&SCHEMA, &KEPT_DAYS]).await.map_err(|error| failed(&error))? {
        let name: &str = row.get(0);
        let drop = format!("drop schema if exists {name} cascade");
        transaction.batch_execute(&drop).await.map_err(|error| failed(&error))?;
        tell(&format!("dropped the operations {name}: another version took their place {KEPT_DAYS} days ago or more"));
    }
    refuse_to_break(transaction, pending).await
}

async fn refuse_to_break(transaction: &Transaction<'_>, pending: &[&Migration]) -> Result<(), Fatal> {
    let kept = transaction.query("select name from operation_schemas", &[]).await.map_err(|error| failed(&error))?;
    let kept: Vec<&str> = kept.iter().map(|row| row.get(0)).collect();
    for migration in pending {
        for statement in statements(migration.sql().unwrap_or_default()) {
            for (table, column) in statement.removes() {
                let named = transaction.query(NAMED_BY, &[&kept, &table, &column]).await;
                if let Some(by) = named.map_err(|error| failed(&error))?.first() {
                    let what = column.map_or_else(|| table.clone(), |column| format!("{table}.{column}"));
                    return Err(still_named(migration, &what, by.get(0)));
                }
            }
        }
    }
    Ok(())
}

fn still_named(migration: &Migration, what: &str, by: &str) -> Fatal {
    let schema = by.split('.').next().unwrap_or_default();
    Fatal::new(format!(
        "{migration} takes away {what}, which {by} names: a release that calls it may still serve. `migrate` drops that \
         version {KEPT_DAYS} days after another took its place; if you know that no release calls it, `drop schema \
         {schema} cascade` does so now"
    ))
}

/// Installs the version that this program was compiled with, unless it is there, and records that it is the newest:
/// all of it or nothing. Whether it was installed now.
pub(crate) async fn install(client: &mut Client, tell: &mut Tell<'_>) -> Result<bool, Fatal> {
    let transaction = client.transaction().await.map_err(|error| failed(&error))?;
    let installed = install_in(&transaction).await?;
    transaction.commit().await.map_err(|error| failed(&error))?;
    if installed {
        tell(&format!("installed the operations {SCHEMA}"));
    }
    Ok(installed)
}

pub(crate) async fn install_in(transaction: &Transaction<'_>) -> Result<bool, Fatal> {
    const STANDS: &str = "select exists (select from pg_namespace where nspname = $1)";
    let stands = transaction.query_one(STANDS, &[&SCHEMA]).await.map_err(|error| failed(&error))?;
    let is_new = !stands.get::<_, bool>(0);
    if is_new {
        // To be given an object of a schema, a role has to have the right to make some there: it is lent.
        let create = format!(
            "create schema {SCHEMA};
             grant usage on schema {SCHEMA} to task_api, task_api_caller;
             grant create on schema {SCHEMA} to task_api"
        );
        transaction.batch_execute(&create).await.map_err(|error| failed(&error))?;
        for (name, sql) in sources() {
            let made = transaction.batch_execute(&sql).await;
            made.map_err(|error| Fatal::new(format!("operations/{name}.sql failed: {}", describe(&error))))?;
        }
        for row in transaction.query(HAND_OVER, &[&SCHEMA]).await.map_err(|error| failed(&error))? {
            transaction.batch_execute(row.get(0)).await.map_err(|error| failed(&error))?;
        }
        let take_back = format!("revoke create on schema {SCHEMA} from task_api");
        transaction.batch_execute(&take_back).await.map_err(|error| failed(&error))?;
    }
    transaction.execute(RECORD, &[&SCHEMA]).await.map_err(|error| failed(&error))?;
    Ok(is_new)
}

fn failed(error: &tokio_postgres::Error) -> Fatal {
    Fatal::new(format!("the operations cannot be installed, and nothing of them remains: {}", describe(error)))
}
