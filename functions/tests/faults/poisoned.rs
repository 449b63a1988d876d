//! A pooler in transaction mode gives a session to the next client as the last one left it: with its settings,
//! temporary tables and role. In these tests, another client of the same pooler leaves the worst that it can, before
//! every operation. No request may then get a 500 or another user's task. In most cases it must not notice anything.

use serde_json::Value;
use testing::{Answer, Api, ApiBuilder, User, authority::Authority, pgbouncer::PgBouncer};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::{
    assert_calm, assert_counted, is_honest_503,
    matrix::state_of,
    operations::{OPERATIONS, On, Operation, Whose, made_by, shown},
    pooled, revision, seed, with_short_timeouts,
};

/// What no operation may notice. A setting that not every Postgres has is set through `pg_settings`.
const MENDED: &[&str] = &[
    "set search_path = ''",
    // In the schema `evil` every text equals every other. A statement that used its `=` would find all users.
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
    // pg_dump sets this. Earlier plans must go, because they do not notice it.
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

/// What a call cannot undo: it is a 503 if every session has it. The second value says whether reads still work, the
/// third whether a call may succeed before the setting takes effect.
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
            raise exception 'an acknowledged write would not be on disk';
        end if;
        return null;
    end $$;
    create trigger is_durable after insert or update or delete on tasks for each row execute function evil.is_durable()";

/// The API, and a guest that shares its only session.
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
        database.batch_execute("set synchronous_commit = on").await.unwrap(); // the tests' server turns it off
        seed(&database, "alice").await; // a task can be moved after this one
        Some(Self { api, guest, database, _pooler: (bouncer, authority) })
    }

    /// Sends one operation of Alice's right after the poison. Returns her answer, and whether the operation was done
    /// once.
    async fn ask(&self, poison: &str, operation: &Operation) -> (Answer, bool) {
        let (alice, case) = (self.api.user("alice"), format!("{} after {poison}", operation.name));
        // Bob has a task with the same id. A lookup that ignores the owner finds it, too.
        let (task, twin) = (operation.seed(&self.database, "alice").await, operation.seed(&self.database, "bob").await);
        self.database.execute("update tasks set id = $1 where id = $2", &[&task, &twin]).await.unwrap();
        let (before, revision_before) =
            (state_of(&self.database, "alice", task).await, revision(&self.database, "alice").await);
        let bob = everything_of(&self.database, "bob").await;
        self.guest.batch_execute(poison).await.unwrap_or_else(|error| panic!("{poison}: {error:?}"));

        let label = format!("Käse {}", Uuid::new_v4());
        let answer = (operation.ask)(&alice, On { task, label: &label }).send().await;
        assert_eq!(everything_of(&self.database, "bob").await, bob, "{case}");
        if answer.status != operation.status {
            assert!(is_honest_503(&answer), "{case}: {answer:?}\n{}", self.api.log());
            assert_eq!(revision(&self.database, "alice").await, revision_before, "{case}: nothing was done");
            return (answer, false);
        }
        assert!(shown(&answer).iter().all(|task| task["owner_user_id"] == "alice"), "{case}: {answer:?}");
        let after = state_of(&self.database, "alice", task).await;
        let is_done = operation.explains(Whose::Asked, &before, &after, &label, revision_before);
        assert!(is_done, "{case}: {before} became {after}");
        if operation.makes() {
            let made = state_of(&self.database, "alice", made_by(&answer).unwrap()).await;
            let is_done = operation.explains(Whose::Made, &Value::Null, &made, &label, revision_before);
            assert!(is_done, "{case}: {made} was made");
        }
        assert_eq!(revision(&self.database, "alice").await, operation.moves_on(revision_before), "{case}: once");
        (answer, true)
    }
}

/// Resets the session.
async fn cleanse(guest: &Client) {
    for sql in ["reset statement_timeout", "reset role", "discard all"] {
        while guest.batch_execute(sql).await.is_err() {} // the statement may exceed the time-out that it resets
    }
}

async fn everything_of(database: &Client, user: &str) -> Vec<String> {
    let sql = "select to_jsonb(tasks)::text as row from tasks where owner_user_id = $1
               union all select to_jsonb(tombstones)::text from tombstones where owner_user_id = $1
               union all select to_jsonb(idempotency_keys)::text from idempotency_keys where owner_user_id = $1
               union all select to_jsonb(users)::text from users where id = $1 order by row";
    database.query(sql, &[&user]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

/// Starts every function, so that none starts in a poisoned session.
async fn warm(user: &User<'_>) {
    for operation in OPERATIONS {
        (operation.ask)(user, On { task: Uuid::nil(), label: operation.name }).send().await;
    }
}

/// Runs with both walls, and without row-level security, which could hide a statement that forgets the owner.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn most_of_what_another_client_leaves_in_a_session_has_no_effect() {
    for builder in [with_short_timeouts(), with_short_timeouts().without_row_level_security()] {
        let Some(shared) = Shared::start(builder).await else { return };
        warm(&shared.api.user("carol")).await;
        for poison in MENDED {
            for operation in OPERATIONS {
                let (answer, done) = shared.ask(poison, operation).await;
                assert!(done, "{} after {poison}: {answer:?}\n{}", operation.name, shared.api.log());
            }
            cleanse(&shared.guest).await;
        }
        assert_counted(&shared.database).await;
        let sessions = "select count(*) from pg_stat_activity
                        where datname = current_database() and pid <> pg_backend_pid()";
        let sessions: i64 = shared.database.query_one(sessions, &[]).await.unwrap().get(0);
        assert_eq!(sessions, 1, "the guest and all functions share one session");
        assert_calm(&shared.api);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_call_cannot_undo_is_a_503_and_changes_nothing() {
    let Some(shared) = Shared::start(with_short_timeouts().env("REQUEST_BUDGET_MS", "700")).await else { return };
    warm(&shared.api.user("carol")).await;
    for (poison, reads, may_pass) in BEYOND_MENDING {
        for operation in OPERATIONS {
            let (answer, done) = shared.ask(poison, operation).await;
            let expected = *reads && operation.is_read();
            assert!(done == expected || *may_pass, "{} after {poison}: {answer:?}", operation.name);
            cleanse(&shared.guest).await;
        }
    }
    assert_calm(&shared.api);
}

/// This happens after a failover: the server of the connection is not the primary any more. A new connection finds the
/// new one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_whose_session_is_read_only_is_not_kept() {
    let api = with_short_timeouts().env("REQUEST_BUDGET_MS", "700").start().await;
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

/// The pooler has two sessions and gives them out in turn.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn if_another_session_can_be_used_the_retry_finds_it() {
    for (poison, ..) in BEYOND_MENDING {
        let Some((api, bouncer, authority)) = pooled::through(2, with_short_timeouts()).await else { return };
        let (alice, database) = (api.user("alice"), api.database().connect().await);
        warm(&alice).await;
        // While one guest holds a session, the other guest gets the other one.
        let guests = [pooled::guest(&api, &bouncer, &authority).await, pooled::guest(&api, &bouncer, &authority).await];
        guests[0].batch_execute("begin").await.unwrap();
        guests[1].batch_execute(poison).await.unwrap();
        guests[0].batch_execute("rollback").await.unwrap();
        for operation in OPERATIONS {
            let task = operation.seed(&database, "alice").await;
            let answer = (operation.ask)(&alice, On { task, label: operation.name }).send().await;
            assert_eq!(answer.status, operation.status, "{} after {poison}: {answer:?}\n{}", operation.name, api.log());
        }
        let tried_twice = api.log().lines().iter().any(|line| line.contains("\"tries\":2"));
        assert!(
            tried_twice || poison.contains("timeout"),
            "no request met the poisoned session after {poison}:\n{}",
            api.log()
        );
        assert_calm(&api);
    }
}
