//! Installs each version of the operations in its own schema, and drops versions that no deployment calls any more.

use operations::{SCHEMA, sources};
use refinery::Migration;
use shared::{db::describe, settings::Fatal};
use tokio_postgres::{Client, Transaction};

use crate::{
    patience::{Tell, is_contended},
    statements::statements,
};

/// How many days a version is kept after another one took its place. A canary takes hours, and a roll-back happens
/// within days.
const KEPT_DAYS: i32 = 14;

/// How many versions are kept besides the newest, however old they are. After a roll-back, an older deployment still
/// serves requests although newer versions were installed.
const KEPT_VERSIONS: i64 = 3;

/// The versions to drop. `$1` is the newest, which may not be installed yet; `$2` and `$3` are how many days and how
/// many versions to keep.
const EXPIRED: &str = "
    select name from (
        select name, replaced_at, row_number() over (order by replaced_at desc nulls first) as place
        from operation_schemas where name <> $1
    ) others
    where replaced_at < clock_timestamp() - make_interval(days => $2) and place > $3";

/// Whether another version took the place of `$1` more than `$2` days ago.
const IS_OLD: &str = "
    select exists (select from operation_schemas
        where name = $1 and replaced_at < clock_timestamp() - make_interval(days => $2))";

/// Records that `$1` is now the newest version.
const RECORD: &str = "
    with replaced as (
        update operation_schemas set replaced_at = clock_timestamp() where name <> $1 and replaced_at is null
    )
    insert into operation_schemas (name) values ($1) on conflict (name) do update set replaced_at = null";

/// The statements that give each object of the new schema to its owner. The SQL functions run as `task_api`, which
/// cannot bypass row-level security. `purge_trash` runs as `task_api_purge`. Callers may call only the operations,
/// which are the `security definer` functions. The other functions are parts of these.
const HAND_OVER: &str = "
    select format('alter view %I.%I owner to task_api', nspname, relname) as statement
        from pg_class join pg_namespace n on n.oid = relnamespace where nspname = $1 and relkind = 'v'
    union all
    select format('alter type %I.%I owner to task_api', nspname, relname)
        from pg_class join pg_namespace n on n.oid = relnamespace where nspname = $1 and relkind = 'c'
    union all
    select format('revoke all on function %s from public', p.oid::regprocedure)
            || case when prosecdef then format('; grant execute on function %s to task_api_caller', p.oid::regprocedure)
               else '' end
            || format('; alter function %s owner to %I', p.oid::regprocedure,
               case proname when 'purge_trash' then 'task_api_purge' else 'task_api' end)
        from pg_proc p join pg_namespace n on n.oid = pronamespace where nspname = $1";

/// The views and functions of the versions `$1` that use column `$3` of table `$2`, or the table if `$3` is null.
/// Postgres records what a view depends on, but not what a function uses. So functions are found by the words in their
/// text.
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

/// Runs before the migrations: drops versions that no deployment calls any more, and refuses a migration that would
/// remove something that a kept version uses.
pub(crate) async fn prepare(client: &mut Client, pending: &[&Migration], tell: &mut Tell<'_>) -> Result<(), Fatal> {
    let mut transaction = client.transaction().await.map_err(|error| failed(&error))?;
    let dropped = prepare_in(&mut transaction, pending).await?;
    transaction.commit().await.map_err(|error| failed(&error))?;
    for name in dropped {
        tell(&format!("dropped the operations {name}: another version took their place {KEPT_DAYS} days ago or more"));
    }
    Ok(())
}

/// Returns the versions that it dropped.
pub(crate) async fn prepare_in(
    transaction: &mut Transaction<'_>,
    pending: &[&Migration],
) -> Result<Vec<String>, Fatal> {
    const RECORDS: &str = "select to_regclass('operation_schemas') is not null";
    let records = transaction.query_one(RECORDS, &[]).await.map_err(|error| failed(&error))?;
    if !records.get::<_, bool>(0) {
        return Ok(Vec::new()); // nothing has been installed yet
    }
    let expired = transaction.query(EXPIRED, &[&SCHEMA, &KEPT_DAYS, &KEPT_VERSIONS]).await;
    let mut dropped = Vec::new();
    for row in expired.map_err(|error| failed(&error))? {
        if drop_version(transaction, row.get(0)).await? {
            dropped.push(row.get(0));
        }
    }
    for migration in pending {
        for statement in statements(migration.sql().unwrap_or_default()) {
            for (table, column) in statement.removes() {
                dropped.extend(make_way(transaction, migration, &table, column.as_deref()).await?);
            }
        }
    }
    Ok(dropped)
}

/// Drops a version, and returns whether that was possible. If somebody reads it just now, for example a dump, the next
/// run drops it.
async fn drop_version(transaction: &mut Transaction<'_>, name: &str) -> Result<bool, Fatal> {
    let attempt = transaction.savepoint("drop_version").await.map_err(|error| failed(&error))?;
    match attempt.batch_execute(&format!("drop schema if exists {name} cascade")).await {
        Ok(()) => {
            let forgotten = attempt.execute("delete from operation_schemas where name = $1", &[&name]).await;
            forgotten.map_err(|error| failed(&error))?;
            attempt.commit().await.map_err(|error| failed(&error))?;
            Ok(true)
        }
        Err(error) if is_contended(&error) => {
            attempt.rollback().await.map_err(|error| failed(&error))?;
            Ok(false)
        }
        Err(error) => Err(failed(&error)),
    }
}

/// Drops the versions that use what a migration removes, if they are old enough. Otherwise it refuses the migration.
async fn make_way(
    transaction: &mut Transaction<'_>,
    migration: &Migration,
    table: &str,
    column: Option<&str>,
) -> Result<Vec<String>, Fatal> {
    let kept = transaction.query("select name from operation_schemas", &[]).await.map_err(|error| failed(&error))?;
    let kept: Vec<String> = kept.iter().map(|row| row.get(0)).collect();
    let mut dropped: Vec<String> = Vec::new();
    for row in transaction.query(NAMED_BY, &[&kept, &table, &column]).await.map_err(|error| failed(&error))? {
        let by: &str = row.get(0);
        let version = by.split('.').next().unwrap_or_default();
        if dropped.iter().any(|name| name == version) {
            continue;
        }
        let old = transaction.query_one(IS_OLD, &[&version, &KEPT_DAYS]).await.map_err(|error| failed(&error))?;
        if version == SCHEMA || !old.get::<_, bool>(0) || !drop_version(transaction, version).await? {
            let what = column.map_or_else(|| table.to_owned(), |column| format!("{table}.{column}"));
            return Err(still_named(migration, &what, by, version));
        }
        dropped.push(version.to_owned());
    }
    Ok(dropped)
}

fn still_named(migration: &Migration, what: &str, by: &str, version: &str) -> Fatal {
    let remedy = if version == SCHEMA {
        "these are the new operations: change them first, and remove it in a later deployment".to_owned()
    } else {
        format!(
            "a deployment that calls it may still serve requests. `migrate` drops it {KEPT_DAYS} days after another \
             version took its place; if you know that no deployment calls it, run `drop schema {version} cascade` now"
        )
    };
    Fatal::new(format!("{migration} removes {what}, but {by} uses it: {remedy}"))
}

/// Installs the version that this program was compiled with, unless it is there already, and records it as the newest.
/// All of that is one transaction. Returns whether it was installed now.
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
    const EXISTS: &str = "select exists (select from pg_namespace where nspname = $1)";
    let exists = transaction.query_one(EXISTS, &[&SCHEMA]).await.map_err(|error| failed(&error))?;
    let is_new = !exists.get::<_, bool>(0);
    if is_new {
        // A role can become the owner of an object only if it may create objects in the schema. So it has that right
        // for the length of this transaction.
        let create = format!(
            "create schema {SCHEMA};
             grant usage on schema {SCHEMA} to task_api, task_api_purge, task_api_caller;
             grant create on schema {SCHEMA} to task_api, task_api_purge"
        );
        transaction.batch_execute(&create).await.map_err(|error| failed(&error))?;
        for (name, sql) in sources() {
            let made = transaction.batch_execute(&sql).await;
            made.map_err(|error| Fatal::new(format!("operations/{name}.sql failed: {}", describe(&error))))?;
        }
        for row in transaction.query(HAND_OVER, &[&SCHEMA]).await.map_err(|error| failed(&error))? {
            transaction.batch_execute(row.get(0)).await.map_err(|error| failed(&error))?;
        }
        let revoke = format!("revoke create on schema {SCHEMA} from task_api, task_api_purge");
        transaction.batch_execute(&revoke).await.map_err(|error| failed(&error))?;
    }
    transaction.execute(RECORD, &[&SCHEMA]).await.map_err(|error| failed(&error))?;
    Ok(is_new)
}

fn failed(error: &tokio_postgres::Error) -> Fatal {
    Fatal::new(format!("the operations cannot be updated, and nothing was changed: {}", describe(error)))
}
