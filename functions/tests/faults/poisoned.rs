//! A pooler in transaction mode hands a session from one client to the next as it is left: with settings, temporary
//! tables and another role in it. Here another client of the same pooler leaves the worst that it can, for every
//! operation. Nobody may get a 500 or somebody else's task for it, and most of it nobody may notice.

use serde_json::Value;
use testing::{Answer, Api, ApiBuilder, User, authority::Authority, pgbouncer::PgBouncer};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::{
    assert_calm, impatient, is_honest_503,
    matrix::state_of,
    operations::{OPERATIONS, On, Operation, Write},
    pooled, revision, seed,
};

/// What no operation notices. A setting that not every Postgres has is set by way of `pg_settings`.
const MENDED: &[&str] = &[
    "set search_path = ''",
    // In which every text equals every other: whoever looks names up there meets all users at once.
    "set search_path = evil, public, pg_catalog",
    "create temporary table if not exists tasks (like public.tasks);
     create temporary table if not exists users (like public.users)",
    "create or replace temporary view answer as select 'found'::text as outcome",
    "set row_security = off",
    "set app.user_id = 'bob'",
    "set lock_timeout = 1",
    "set synchronous_commit = off",
    "set synchronous_commit = local",
    "set default_transaction_isolation = 'read uncommitted'",
    // As pg_dump does; without the plans that were made before.
    "select set_config(name, 'view, foreign-table', false) from pg_settings
     where name = 'restrict_nonsystem_relation_kind'; discard plans",
    "set timezone = 'Pacific/Auckland'; set datestyle = 'German, DMY'; set intervalstyle = 'sql_standard'",
    "set client_encoding = 'latin1'",
    "set standard_conforming_strings = off; set backslash_quote = on; set transform_null_equals = on",
    "set bytea_output = 'escape'; set extra_float_digits = -15",
    "set plpgsql.variable_conflict = 'error'; set plpgsql.extra_errors = 'all'",
    "set plan_cache_mode = force_generic_plan; set enable_indexscan = off; set enable_bitmapscan = off",
    "set client_min_messages = debug1",
    "set idle_in_transaction_session_timeout = 1",
    "set default_transaction_deferrable = on",
    "deallocate all; prepare s0 as select 1; listen everything; select pg_advisory_lock(1)",
    "select set_config(name, '300', false) from pg_settings where name = 'transaction_timeout'",
    "select set_config(name, 'on', false) from pg_settings where name in ('force_parallel_mode', 'debug_parallel_query')",
];

/// What cannot be undone from inside a call: it is a 503 where every session has it. The second says whether a read can
/// do without, and the third whether a call may be through before it is noticed.
const BEYOND_MENDING: &[(&str, bool, bool)] = &[
    ("set default_transaction_read_only = on", true, false),
    ("set default_transaction_isolation = 'serializable'", false, false),
    ("set default_transaction_isolation = 'repeatable read'", false, false),
    ("set role pg_monitor", false, false),
    ("set statement_timeout = 1", true, true),
];

const EVIL: &str = "
    create schema evil;
    grant usage on schema evil to public;
    create function evil.always(text, text) returns boolean language sql immutable as 'select true';
    create operator evil.= (leftarg = text, rightarg = text, function = evil.always);
    create function evil.clock_timestamp() returns timestamptz language sql as 'select null::timestamptz';
    create function evil.set_config(text, text, boolean) returns text language sql as 'select null::text';
    create function evil.is_durable() returns trigger language plpgsql as $$
    begin
        if current_setting('synchronous_commit') in ('off', 'local') then
            raise exception 'what is acknowledged would not be on disk';
        end if;
        return null;
    end $$;
    create trigger is_durable after insert or update or delete on tasks for each row execute function evil.is_durable()";

/// The API, and who shares its only session.
struct Shared {
    api: Api,
    guest: Client,
    database: Client,
    _pooler: (PgBouncer, Authority),
}

impl Shared {
    async fn start(builder: ApiBuilder) -> Option<Self> {
        let (api, bouncer, authority) = pooled::through(1, builder).await?;
        let (guest, database) = (pooled::guest(&api, &bouncer, &authority).await, api.database().connect().await);
        database.batch_execute(EVIL).await.unwrap();
        database.batch_execute("set synchronous_commit = on").await.unwrap(); // the tests' server forgets
        seed(&database, "alice").await; // behind which a task can be moved
        Some(Self { api, guest, database, _pooler: (bouncer, authority) })
    }

    /// One operation of Alice's right after the poison: her answer, and whether it has done what it is for, once.
    async fn ask(&self, poison: &str, operation: &Operation) -> (Answer, bool) {
        let (alice, case) = (self.api.user("alice"), format!("{} after {poison}", operation.name));
        // Bob has one by the same id, which a look past the owner meets, too.
        let (task, twin) = (seed(&self.database, "alice").await, seed(&self.database, "bob").await);
        self.database.execute("update tasks set id = $1 where id = $2", &[&task, &twin]).await.unwrap();
        let (before, writes) = (state_of(&self.database, "alice", task).await, revision(&self.database, "alice").await);
        let bob = everything_of(&self.database, "bob").await;
        self.guest.batch_execute(poison).await.unwrap_or_else(|error| panic!("{poison}: {error:?}"));

        let label = format!("Käse {}", Uuid::new_v4());
        let request = (operation.ask)(&alice, &On { path: &format!("/api/me/tasks/{task}"), label: &label });
        let answer = request.send().await;
        assert_eq!(everything_of(&self.database, "bob").await, bob, "{case}");
        let hers = |task: &Value| task["owner_user_id"] == "alice";
        let body = answer.text();
        if answer.status != operation.status {
            assert!(is_honest_503(&answer), "{case}: {answer:?}\n{}", self.api.log());
            assert_eq!(revision(&self.database, "alice").await, writes, "{case}: nothing was done");
            return (answer, false);
        }
        let shown: Value = serde_json::from_str(body).unwrap_or_default();
        assert!(shown.as_array().map_or(shown.is_null() || hers(&shown), |all| all.iter().all(hers)), "{case}: {body}");
        let (from, written) = if operation.creates() {
            (Value::Null, shown["id"].as_str().unwrap().parse().unwrap())
        } else {
            (before, task)
        };
        let after = state_of(&self.database, "alice", written).await;
        let write = Write { label: &label, revision: writes + operation.writes() };
        assert!(operation.explains(&from, &after, &write), "{case}: {from} became {after}");
        assert_eq!(revision(&self.database, "alice").await, write.revision, "{case}: once");
        (answer, true)
    }
}

/// Takes out of the session what was left in it.
async fn cleanse(guest: &Client) {
    for sql in ["reset statement_timeout", "reset role", "discard all"] {
        while guest.batch_execute(sql).await.is_err() {} // one may be too slow for the time-out that it resets
    }
}

async fn everything_of(database: &Client, user: &str) -> Vec<String> {
    let sql = "select to_jsonb(tasks)::text as row from tasks where owner_user_id = $1
               union all select to_jsonb(users)::text from users where id = $1 order by row";
    database.query(sql, &[&user]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

/// Every function runs, and none starts with the first poison.
async fn warm(user: &User<'_>) {
    for operation in OPERATIONS {
        (operation.ask)(user, &On { path: &format!("/api/me/tasks/{}", Uuid::nil()), label: "x" }).send().await;
    }
}

/// Once with both walls and once with the owner in every statement alone, which the other wall would hide.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_client_leaves_in_a_session_is_not_noticed() {
    for builder in [impatient(), impatient().without_row_level_security()] {
        let Some(shared) = Shared::start(builder).await else { return };
        warm(&shared.api.user("carol")).await;
        for poison in MENDED {
            for operation in OPERATIONS {
                let (answer, done) = shared.ask(poison, operation).await;
                assert!(done, "{} after {poison}: {answer:?}\n{}", operation.name, shared.api.log());
            }
            cleanse(&shared.guest).await;
        }
        let sessions = "select count(*) from pg_stat_activity
                        where datname = current_database() and pid <> pg_backend_pid()";
        let sessions: i64 = shared.database.query_one(sessions, &[]).await.unwrap().get(0);
        assert_eq!(sessions, 1, "the guest and all functions share one");
        assert_calm(&shared.api);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_mended_is_an_honest_503_and_changes_nothing() {
    let Some(shared) = Shared::start(impatient().env("REQUEST_BUDGET_MS", "700")).await else { return };
    warm(&shared.api.user("carol")).await;
    for (poison, reads, may_pass) in BEYOND_MENDING {
        for operation in OPERATIONS {
            let (answer, done) = shared.ask(poison, operation).await;
            let expected = *reads && operation.writes() == 0;
            assert!(done == expected || *may_pass, "{} after {poison}: {answer:?}", operation.name);
            cleanse(&shared.guest).await;
        }
    }
    assert_calm(&shared.api);
}

/// As after a failover: the server that a connection leads to is no primary any more, and a new one finds the one that is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_whose_session_only_reads_is_not_kept() {
    let api = impatient().env("REQUEST_BUDGET_MS", "700").start().await;
    let (alice, database) = (api.user("alice"), api.database().connect().await);
    let name: String = database.query_one("select current_database()::text", &[]).await.unwrap().get(0);
    let create = async || {
        let body = serde_json::json!({ "title": "x" });
        alice.post("/api/me/tasks").json(body).send().await
    };
    database.batch_execute(&format!("alter database {name} set default_transaction_read_only = on")).await.unwrap();
    assert!(is_honest_503(&create().await));
    database.batch_execute("set default_transaction_read_only = off").await.unwrap();
    database.batch_execute(&format!("alter database {name} reset default_transaction_read_only")).await.unwrap();
    assert_eq!(create().await.status, 201, "{}", api.log());
}

/// The pooler has another session, and hands them out in turn.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_another_session_is_fit_for_use_it_is_found() {
    for (poison, ..) in BEYOND_MENDING {
        let Some((api, bouncer, authority)) = pooled::through(2, impatient()).await else { return };
        let (alice, database) = (api.user("alice"), api.database().connect().await);
        warm(&alice).await;
        // While one guest holds a session, the other is given the other one.
        let guests = [pooled::guest(&api, &bouncer, &authority).await, pooled::guest(&api, &bouncer, &authority).await];
        guests[0].batch_execute("begin").await.unwrap();
        guests[1].batch_execute(poison).await.unwrap();
        guests[0].batch_execute("rollback").await.unwrap();
        for operation in OPERATIONS {
            let path = format!("/api/me/tasks/{}", seed(&database, "alice").await);
            let answer = (operation.ask)(&alice, &On { path: &path, label: "x" }).send().await;
            assert_eq!(answer.status, operation.status, "{} after {poison}: {answer:?}\n{}", operation.name, api.log());
        }
        let tried_twice = api.log().lines().iter().any(|line| line.contains("\"tries\":2"));
        assert!(tried_twice || poison.contains("timeout"), "nobody has met the session after {poison}:\n{}", api.log());
        assert_calm(&api);
    }
}
