//! The operations in the database: the form of their files, which versions are kept, and who may install them.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use std::{collections::BTreeSet, fs, path::Path};

use common::{Said, migrate_with, password, url};
use migrations::{Migrations, statements};
use operations::SCHEMA;
use sha2::{Digest as _, Sha256};
use testing::{
    postgres::{Cluster, Database, connect},
    skip,
};
use tokio_postgres::Client;

/// The files in order, each with its name (without `.sql`) and its text.
fn files() -> Vec<(String, String)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("operations");
    let mut files: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "sql"));
    files.sort();
    let read =
        |path: &Path| (path.file_stem().unwrap().to_string_lossy().into_owned(), fs::read_to_string(path).unwrap());
    files.iter().map(|path| read(path)).collect()
}

/// The files with one operation each. The names of the others, which these use, begin with `_`.
fn operations() -> BTreeSet<String> {
    files().into_iter().map(|(name, _)| name).filter(|name| !name.starts_with('_')).collect()
}

async fn column(client: &Client, sql: &str) -> Vec<String> {
    client.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

#[test]
fn the_schema_is_named_by_a_hash_of_the_files() {
    let all = files().into_iter().map(|(_, text)| text).collect::<String>();
    assert_eq!(all, operations::SOURCES.iter().map(|(_, text)| *text).collect::<String>());
    let hash = Sha256::digest(all.as_bytes());
    assert_eq!(SCHEMA, format!("task_api_{:02x}{:02x}{:02x}{:02x}", hash[0], hash[1], hash[2], hash[3]));
}

/// The installed schema has all functions of the files, unchanged, and no others.
#[tokio::test]
async fn the_schema_holds_what_the_files_say() {
    let database = Database::create().await;
    let client = database.connect().await;
    let all = files().into_iter().map(|(_, text)| text).collect::<String>();
    let bodies = format!(
        "select prosrc from pg_proc where pronamespace = '{SCHEMA}'::regnamespace
             and proname !~ '^(list_by_.*_(asc|desc)|count_listed)$'"
    );
    let bodies = column(&client, &bodies).await;
    // Without the orders of the list, because _list.sql generates them.
    assert_eq!(bodies.len(), all.matches("\ncreate function operations.").count());
    for body in bodies {
        assert!(all.contains(&body.replace(&format!("{SCHEMA}."), "operations.")), "no file has this:\n{body}");
        assert!(!body.contains("operations."), "the placeholder was not replaced:\n{body}");
    }
}

#[test]
fn a_file_holds_the_operation_of_its_name_and_nothing_but_views_types_and_functions_of_this_schema() {
    for (name, text) in files() {
        for statement in statements(&text) {
            let code = statement.code();
            let is_ours = ["create function", "create view", "create type"]
                .iter()
                .any(|kind| code.starts_with(&format!("{kind} operations.")))
                || code.starts_with("do $make$"); // or it generates such functions
            assert!(is_ours, "{name}.sql, line {}: {}", statement.line, statement.headline());
        }
        let operation = format!("create function operations.{name}(");
        assert_eq!(text.contains(&operation), !name.starts_with('_'), "{name}.sql");
        let definers = text.matches("security definer").count();
        assert_eq!(definers, usize::from(!name.starts_with('_')), "{name}.sql");
    }
}

/// No operation depends on what is left in a session, or on the database role that connects.
#[tokio::test]
async fn every_operation_runs_as_task_api_with_a_pinned_search_path_and_row_level_security() {
    let database = Database::create().await;
    let client = database.connect().await;
    let callable = format!(
        "select proname::text from pg_proc where pronamespace = '{SCHEMA}'::regnamespace
             and has_function_privilege('task_api_caller', oid, 'execute')"
    );
    let callable: BTreeSet<_> = column(&client, &callable).await.into_iter().collect();
    assert_eq!(callable, operations(), "the operations, but not their parts");
    let pinned = format!(
        "select proname::text from pg_proc where pronamespace = '{SCHEMA}'::regnamespace and prosecdef
             and proconfig @> array['search_path=pg_catalog, pg_temp', 'row_security=on']"
    );
    assert_eq!(column(&client, &pinned).await.into_iter().collect::<BTreeSet<_>>(), callable);
    let of_others = format!(
        "select oid::regprocedure::text from pg_proc where pronamespace = '{SCHEMA}'::regnamespace
             and (proowner <> (case proname when 'purge_trash' then 'task_api_purge' else 'task_api' end)::regrole or has_function_privilege('public', oid, 'execute'))
         union all
         select oid::regclass::text from pg_class where relnamespace = '{SCHEMA}'::regnamespace
             and relowner <> 'task_api'::regrole
         union all
         select 'the schema' from pg_namespace where nspname = '{SCHEMA}' and (
             has_schema_privilege('task_api', oid, 'create') or has_schema_privilege('task_api_purge', oid, 'create')
             or has_schema_privilege('task_api_caller', oid, 'create')
             or has_schema_privilege('public', oid, 'usage'))"
    );
    assert_eq!(column(&client, &of_others).await, Vec::<String>::new());
}

/// In a stable function, Postgres refuses every write, and all statements see one snapshot.
#[tokio::test]
async fn an_operation_that_only_reads_is_stable() {
    let database = Database::create().await;
    let client = database.connect().await;
    let reads = format!(
        "select proname::text from pg_proc where pronamespace = '{SCHEMA}'::regnamespace and prosecdef
             and prosrc !~ '\\m(lock_owner|lock_or_make_owner|delete)\\M' order by proname"
    );
    let names = column(&client, &reads).await.into_iter().collect::<BTreeSet<_>>();
    assert_eq!(names, BTreeSet::from(["get_task", "list_changes", "list_tasks"].map(str::to_owned)));
    let stable = reads.replace("prosecdef", "prosecdef and provolatile = 's'");
    assert_eq!(column(&client, &stable).await, column(&client, &reads).await);
}

/// It checks the bodies. Postgres itself checks only their grammar.
#[tokio::test]
async fn plpgsql_check_finds_nothing() {
    let database = Database::create().await;
    let client = database.connect().await;
    let available = "select name::text from pg_available_extensions where name = 'plpgsql_check'";
    if column(&client, available).await.is_empty() {
        return skip("this Postgres has no plpgsql_check: `apt-get install postgresql-15-plpgsql-check` brings it");
    }
    client.batch_execute("create extension plpgsql_check").await.unwrap();
    // `_` takes the results of set_config.
    let found = format!(
        "select p.oid::regprocedure || ': ' || found from pg_proc p,
             plpgsql_check_function(p.oid, extra_warnings => true, performance_warnings => true) found
         where pronamespace = '{SCHEMA}'::regnamespace and prolang = (select oid from pg_language where lanname = 'plpgsql')
             and found !~ 'never read variable \"_\"'"
    );
    assert_eq!(column(&client, &found).await, Vec::<String>::new());
}

/// Installs another version. `replaced` is how many days ago a newer one took its place.
async fn other_version(client: &Client, name: &str, body: &str, replaced: Option<i32>) {
    let replaced = replaced.map_or("null".to_owned(), |days| format!("clock_timestamp() - interval '{days} days'"));
    let version = format!(
        "create schema {name};
         create function {name}.get_task() returns void language plpgsql as $$ begin {body} end $$;
         insert into operation_schemas (name, replaced_at) values ('{name}', {replaced})"
    );
    client.batch_execute(&version).await.unwrap();
}

async fn versions(client: &Client) -> Vec<String> {
    let standing = "select nspname::text from pg_namespace where nspname like 'task\\_api\\_%' order by nspname";
    let recorded = "select name from operation_schemas order by name";
    assert_eq!(column(client, standing).await, column(client, recorded).await);
    column(client, recorded).await
}

#[tokio::test]
async fn a_version_is_dropped_two_weeks_after_another_took_its_place_and_the_three_before_are_kept() {
    let database = Database::create().await;
    let client = database.connect().await;
    for (name, replaced) in [("1", 40), ("2", 30), ("3", 20), ("4", 15), ("5", 13)] {
        other_version(&client, &format!("task_api_0000000{name}"), "null;", Some(replaced)).await;
    }
    let (mut said, url) = (Said::default(), url(&database));
    let mut migrate = async || Migrations::embedded().apply(&url, None, &mut said.listener()).await.unwrap();
    migrate().await;
    let kept = ["task_api_00000003", "task_api_00000004", "task_api_00000005", SCHEMA];
    assert_eq!(versions(&client).await, kept);

    // Half a year later without a new version.
    client.batch_execute("update operation_schemas set replaced_at = replaced_at - interval '180 days'").await.unwrap();
    migrate().await;
    assert_eq!(versions(&client).await, kept);

    // Another deployment is migrated and rolled back. The version of the deployment before it is kept.
    other_version(&client, "task_api_00000006", "null;", Some(1)).await;
    migrate().await;
    assert_eq!(versions(&client).await, ["task_api_00000004", "task_api_00000005", "task_api_00000006", SCHEMA]);
    let newest = column(&client, "select name from operation_schemas where replaced_at is null").await;
    assert_eq!(newest, [SCHEMA]);
    let dropped = |name| {
        format!("dropped the operations task_api_0000000{name}: another version took their place 14 days ago or more")
    };
    // The server may not have noticed yet that the previous run has ended.
    let lines: Vec<_> = said.lines().into_iter().filter(|line| !line.starts_with("another run")).collect();
    assert_eq!(lines, [dropped(2), dropped(1), dropped(3)]);
}

/// For example `pg_dump`, or a long report.
#[tokio::test]
async fn a_version_that_somebody_reads_just_now_is_dropped_by_the_next_run() {
    let database = Database::create().await;
    let (client, mut reader) = (database.connect().await, database.connect().await);
    for name in ["1", "2", "3", "4"] {
        other_version(&client, &format!("task_api_0000000{name}"), "null;", Some(40)).await;
    }
    client.batch_execute("create view task_api_00000001.answer as select 1 as one").await.unwrap();
    client
        .batch_execute("update operation_schemas set replaced_at = now() - interval '50 days' where name like '%1'")
        .await
        .unwrap();
    let reading = reader.transaction().await.unwrap();
    reading.batch_execute("select * from task_api_00000001.answer").await.unwrap();
    migrations::apply(&url(&database)).await.unwrap();
    assert_eq!(versions(&client).await.len(), 5);
    reading.rollback().await.unwrap();
    migrations::apply(&url(&database)).await.unwrap();
    assert_eq!(versions(&client).await.len(), 4);
}

/// A deployment that only drops a column has the same operations as the deployment before it.
#[tokio::test]
async fn a_version_that_is_old_enough_is_dropped_by_a_migration_that_removes_what_it_uses() {
    let database = Database::create().await;
    let client = database.connect().await;
    client.batch_execute("alter table users add column theme text").await.unwrap();
    other_version(&client, "task_api_00000001", "update public.users set theme = 'dark';", Some(15)).await;
    let migrations = Migrations::with(&[("V901__drop", "alter table users drop column theme;")]).unwrap();
    let mut said = Said::default();
    migrations.rehearse(&url(&database), None, &mut said.listener()).await.unwrap();
    assert_eq!(said.lines()[0], "would drop the operations task_api_00000001");
    assert_eq!(versions(&client).await.len(), 2);
    migrations.apply(&url(&database), None, &mut |_| ()).await.unwrap();
    assert_eq!(versions(&client).await, [SCHEMA]);
}

#[tokio::test]
async fn a_migration_that_removes_what_a_kept_version_uses_is_refused_before_anything_happens() {
    let database = Database::create().await;
    let client = database.connect().await;
    client
        .batch_execute("alter table users add column theme text; alter table users add column colour text")
        .await
        .unwrap();
    let body = "update public.users set theme = 'dark';";
    other_version(&client, "task_api_00000001", body, Some(3)).await;
    let url = url(&database);
    for (sql, refused) in [
        ("alter table users drop column theme;", Some("users.theme, but task_api_00000001.get_task uses it")),
        ("alter table users rename column theme to look;", Some("users.theme")),
        ("alter table tasks drop column title cascade;", Some("these are the new operations")),
        ("drop table users cascade;", Some("users, but task_api_")),
        ("alter table users drop column colour;", None),
    ] {
        let migrations = Migrations::with(&[("V901__first", "create table first ();"), ("V902__drop", sql)]).unwrap();
        let rehearsed = migrations.rehearse(&url, None, &mut |_| ()).await;
        let Some(refused) = refused else {
            assert_eq!(rehearsed.unwrap(), ["V901__first", "V902__drop"]);
            continue;
        };
        for outcome in [rehearsed, migrations.apply(&url, None, &mut |_| ()).await] {
            let error = outcome.unwrap_err().to_string();
            assert!(error.starts_with("V902__drop removes ") && error.contains(refused), "{error}");
        }
        assert_eq!(column(&client, "select 'made' from pg_class where relname = 'first'").await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_source_that_fails_leaves_nothing_and_is_named() {
    let database = Database::create().await;
    let client = database.connect().await;
    // The table of the view is missing.
    let before = "drop schema task_api_x cascade; alter table tasks rename to todos".replace("task_api_x", SCHEMA);
    client.batch_execute(&before).await.unwrap();
    let error = migrations::apply(&url(&database)).await.unwrap_err().to_string();
    assert_eq!(error, "operations/_answer.sql failed: 42P01 relation \"public.tasks\" does not exist");
    let schemas = format!("select nspname::text from pg_namespace where nspname = '{SCHEMA}'");
    assert_eq!(column(&client, &schemas).await, Vec::<String>::new());
}

/// As on Neon: the owner of the database can bypass row-level security and create roles, but is not a superuser.
#[tokio::test]
async fn an_owner_that_is_not_a_superuser_migrates_calls_the_operations_and_creates_a_role_for_them() {
    let cluster = Cluster::start().await;
    let admin = connect(&cluster.url()).await;
    let owner = "create role neondb_owner login createdb createrole bypassrls password 'it-guards-nothing'";
    admin.batch_execute(owner).await.unwrap();
    admin.batch_execute("create database neondb owner neondb_owner").await.unwrap();
    let url = cluster.url().replace("postgres:it", "neondb_owner:it").replace("/postgres?", "/neondb?");
    let run = migrate_with(&["--role", "tasks_role"], &[("DATABASE_URL", &url)], &password()).await;
    assert!(run.success && run.said.contains("The role tasks_role was created"), "{}", run.said);

    let create = format!(
        "select outcome from {SCHEMA}.create_task('alice', 1000, gen_random_uuid(), null, null, gen_random_uuid(), '{{\"title\": \"x\", \"title_key\": \"x\", \"completed\": false, \"priority\": 0, \"due_at\": \"infinity\",
                \"due_is_day\": false, \"tags\": []}}')"
    );
    let client = connect(&url).await;
    assert_eq!(column(&client, &create).await, ["written"]);
    let hers =
        format!("select owner_user_id from {SCHEMA}.list_tasks('bob', 1000, 'created_at', true, null, null, null, 0, 9, '{{0,1}}', null,
             null, null, null, null, null, false, '{{}}') where id is not null");
    assert_eq!(column(&client, &hers).await, Vec::<String>::new());
    let become_role = "set session authorization tasks_role";
    let as_role = connect(&cluster.url().replace("/postgres?", "/neondb?")).await;
    as_role.batch_execute(become_role).await.unwrap();
    assert_eq!(column(&as_role, &create).await, ["written"]);
}
