//! The login that the functions may come in with: it may call the operations and do nothing else.

use std::collections::HashSet;

use postgres_protocol::{
    escape::{escape_identifier, escape_literal},
    password::scram_sha_256,
};
use shared::{db::describe, settings::Fatal};
use tokio_postgres::{Client, Transaction, error::SqlState, types::Type};

use crate::patience::Tell;

/// The shortest password, in characters, and how many of them have to differ. Neon wants 60 bits of entropy of a
/// password that is set by SQL (<https://neon.com/docs/manage/roles>), and nobody has to type this one.
const LENGTH: usize = 24;
const DIFFERENT: usize = 10;

/// Its name and password. Nothing prints the password.
pub struct Login {
    name: String,
    password: String,
}

impl Login {
    /// `name` and `password` as a person gave them; the error says what would be right.
    pub fn new(name: &str, password: &str) -> Result<Self, Fatal> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let reserved =
            name.starts_with("task_api") || name.starts_with("pg_") || name.starts_with(|c: char| c.is_ascii_digit());
        // 63 bytes are what Postgres keeps of a name.
        if name.is_empty() || name.len() > 63 || !name.chars().all(plain) || reserved {
            return Err(Fatal::new(format!(
                "{name:?} cannot be the name of the login: it is to be of a-z, 0-9 and _, begin with a letter, be no \
                 longer than 63, and begin neither with task_api nor with pg_"
            )));
        }
        let different = password.chars().collect::<HashSet<_>>().len();
        if password.len() < LENGTH || different < DIFFERENT || !password.chars().all(|c| c.is_ascii_graphic()) {
            return Err(Fatal::new(format!(
                "the password of the login has to be {LENGTH} or more characters of ASCII without spaces, {DIFFERENT} \
                 of them different: `openssl rand -hex 24` makes one"
            )));
        }
        Ok(Self { name: name.to_owned(), password: password.to_owned() })
    }

    pub(crate) async fn ensure(&self, client: &mut Client, tell: &mut Tell<'_>) -> Result<(), Fatal> {
        let transaction = client.transaction().await.map_err(|error| self.refused(&error))?;
        let done = self.ensure_in(&transaction).await?;
        transaction.commit().await.map_err(|error| self.refused(&error))?;
        tell(&done);
        Ok(())
    }

    /// Makes the login, or gives it this password; what was done.
    pub(crate) async fn ensure_in(&self, transaction: &Transaction<'_>) -> Result<String, Fatal> {
        let refused = |error| self.refused(&error);
        let database = transaction.query_one("select current_database()", &[]).await.map_err(refused)?;
        let database = escape_identifier(database.get(0));
        // Every login may make temporary tables by default, and a right that all have cannot be taken from one.
        let temporary = format!("revoke temporary on database {database} from public");
        transaction.batch_execute(&temporary).await.map_err(refused)?;
        let standing = self.more_than_a_caller(transaction).await?;
        self.refuse_more(standing.as_deref())?;
        let (name, password) = (escape_identifier(&self.name), self.password_literal(transaction).await?);
        let change = match standing {
            Some(_) => format!("alter role {name} login password {password} valid until 'infinity'"),
            None => format!(
                "create role {name} login inherit nosuperuser nocreatedb nocreaterole nobypassrls noreplication
                 in role task_api_caller password {password}"
            ),
        };
        transaction.batch_execute(&change).await.map_err(refused)?;
        for (setting, value) in SETTINGS {
            let set = format!("alter role {name} set {setting} = '{value}'");
            transaction.batch_execute(&set).await.map_err(refused)?;
        }
        transaction.batch_execute(&format!("grant connect on database {database} to {name}")).await.map_err(refused)?;
        self.refuse_more(self.more_than_a_caller(transaction).await?.as_deref())?;
        let done = if standing.is_some() { "has a new password" } else { "was made" };
        Ok(format!(
            "The login {} {done}: it may call the operations and do nothing else. (In this database, no login makes \
             temporary tables any more unless `grant temporary` names it.)",
            self.name
        ))
    }

    /// What the login is beyond a caller: empty for nothing, `None` where it does not exist.
    async fn more_than_a_caller(&self, transaction: &Transaction<'_>) -> Result<Option<String>, Fatal> {
        let name = self.name.as_str();
        let row = transaction.query_typed(MORE, &[(&name, Type::TEXT)]).await.map_err(|error| self.refused(&error))?;
        Ok(row.first().map(|row| row.get(0)))
    }

    fn refuse_more(&self, more: Option<&str>) -> Result<(), Fatal> {
        match more {
            None | Some("") => Ok(()),
            Some(more) => Err(Fatal::new(format!(
                "{} may do more than call the operations, or less: {more}. Name another login, or drop this one",
                self.name
            ))),
        }
    }

    /// A verifier, which logs in nobody, so that the password is in no log of the server; except on Neon, whose control
    /// plane wants the password itself ("Neon only supports being given plaintext passwords") and hashes it there.
    async fn password_literal(&self, transaction: &Transaction<'_>) -> Result<String, Fatal> {
        const ON_NEON: &str = "select current_setting('neon.timeline_id', true) is not null";
        let neon = transaction.query_one(ON_NEON, &[]).await.map_err(|error| self.refused(&error))?;
        Ok(escape_literal(&if neon.get(0) { self.password.clone() } else { scram_sha_256(self.password.as_bytes()) }))
    }

    fn refused(&self, error: &tokio_postgres::Error) -> Fatal {
        let hint = match error.code() {
            Some(&SqlState::INSUFFICIENT_PRIVILEGE) => {
                ": whoever migrates may create roles, owns the database, and has made task_api_caller and this login"
            }
            _ => "",
        };
        Fatal::new(format!("the login {} cannot be made{hint}: {}", self.name, describe(error)))
    }
}

/// What bounds a call and cannot be set from inside it, since it has begun by then.
const SETTINGS: [(&str, &str); 5] = [
    // Longer than any try (`DB_TRY_MS`). On Postgres 15 and 16 it is all that ends a slow read for which somebody waits.
    ("statement_timeout", "30s"),
    // What runs for a connection that has been closed is ended, also while it waits for a lock.
    ("client_connection_check_interval", "1s"),
    // A peer that vanished without a word while its call was on the way keeps no lock for the two hours of the kernel.
    ("tcp_keepalives_idle", "5"),
    ("tcp_keepalives_interval", "2"),
    ("tcp_keepalives_count", "3"),
];

/// What a role is or may do beyond calling the operations, in words. The right to connect to a database is none of it:
/// all have it by default.
const MORE: &str = "
    select concat_ws(', ',
        case when rolsuper then 'it is a superuser' end,
        case when rolcreaterole then 'it can create roles' end,
        case when rolcreatedb then 'it can create databases' end,
        case when rolreplication then 'it can replicate' end,
        case when rolbypassrls then 'it bypasses row-level security' end,
        case when not exists (select from pg_auth_members where member = r.oid and roleid = 'task_api_caller'::regrole)
            then 'it is no member of task_api_caller'
            when not pg_has_role(r.oid, 'task_api_caller', 'usage') then 'it does not inherit from task_api_caller' end,
        (select 'it can give task_api_caller to others' where exists (
            select from pg_auth_members where member = r.oid and admin_option)),
        (select 'it is a member of ' || string_agg(distinct roleid::regrole::text, ', ') from pg_auth_members
            where member = r.oid and roleid <> 'task_api_caller'::regrole),
        case when has_database_privilege(r.oid, current_database(), 'temporary')
            then 'it can make temporary tables (the owner of the database can take that from all: migrate as the owner)' end,
        case when has_schema_privilege(r.oid, 'public', 'create') then 'it can make things in the schema public (`revoke create on schema public from public` ends that)' end,
        (select 'it owns or may use ' || count(*) || ' things of its own' from pg_shdepend
            where refclassid = 'pg_authid'::regclass and refobjid = r.oid
                and not (classid = 'pg_database'::regclass and deptype = 'a')
            having count(*) > 0))
    from pg_roles r where rolname = $1";
