//! The database role for the functions: it may call the operations and do nothing else.

use std::collections::HashSet;

use postgres_protocol::{
    escape::{escape_identifier, escape_literal},
    password::scram_sha_256,
};
use shared::{db::describe, settings::Fatal};
use tokio_postgres::{Client, Transaction, error::SqlState, types::Type};

use crate::patience::Tell;

/// The minimum length of the password, and how many of its characters must differ. Neon requires 60 bits of entropy for
/// a password that is set by SQL (<https://neon.com/docs/manage/roles>), and nobody has to type this one.
const LENGTH: usize = 24;
const DIFFERENT: usize = 10;

/// The role's name and password. Nothing prints the password.
pub struct Role {
    name: String,
    password: String,
}

impl Role {
    /// Checks the name and the password. The error says what would be right.
    pub fn new(name: &str, password: &str) -> Result<Self, Fatal> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let reserved =
            name.starts_with("task_api") || name.starts_with("pg_") || name.starts_with(|c: char| c.is_ascii_digit());
        // Postgres cuts a name after 63 bytes.
        if name.is_empty() || name.len() > 63 || !name.chars().all(plain) || reserved {
            return Err(Fatal::new(format!(
                "{name:?} cannot be the name of the role: a name has only a-z, 0-9 and _, has 63 characters at most, \
                 and does not begin with a digit, task_api or pg_"
            )));
        }
        let different = password.chars().collect::<HashSet<_>>().len();
        if password.len() < LENGTH || different < DIFFERENT || !password.chars().all(|c| c.is_ascii_graphic()) {
            return Err(Fatal::new(format!(
                "the password of the role must have {LENGTH} or more ASCII characters without spaces, {DIFFERENT} of \
                 them different: `openssl rand -hex 24` makes one"
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

    /// Creates the role, or gives it this password. Returns what was done.
    pub(crate) async fn ensure_in(&self, transaction: &Transaction<'_>) -> Result<String, Fatal> {
        let refused = |error| self.refused(&error);
        let database = transaction.query_one("select current_database()", &[]).await.map_err(refused)?;
        let database = escape_identifier(database.get(0));
        // By default every role may create temporary tables. That right comes from PUBLIC, so it cannot be revoked from
        // one role.
        let temporary = format!("revoke temporary on database {database} from public");
        transaction.batch_execute(&temporary).await.map_err(refused)?;
        let existing = self.more_than_a_caller(transaction).await?;
        self.refuse_more(existing.as_deref())?;
        let (name, password) = (escape_identifier(&self.name), self.password_literal(transaction).await?);
        let change = match existing {
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
        let done = if existing.is_some() { "has a new password" } else { "was created" };
        Ok(format!(
            "The role {} {done}: it may call the operations and do nothing else. (In this database, a role now needs \
             `grant temporary` to create temporary tables.)",
            self.name
        ))
    }

    /// What the role may do beyond calling the operations: empty if nothing, `None` if the role does not exist.
    async fn more_than_a_caller(&self, transaction: &Transaction<'_>) -> Result<Option<String>, Fatal> {
        let name = self.name.as_str();
        let row = transaction.query_typed(MORE, &[(&name, Type::TEXT)]).await.map_err(|error| self.refused(&error))?;
        Ok(row.first().map(|row| row.get(0)))
    }

    fn refuse_more(&self, more: Option<&str>) -> Result<(), Fatal> {
        match more {
            None | Some("") => Ok(()),
            Some(more) => Err(Fatal::new(format!(
                "the role {} may do more or less than call the operations: {more}. Name another role, or drop this one",
                self.name
            ))),
        }
    }

    /// A SCRAM verifier, so that no log of the server can contain the password. Neon is the exception: its control
    /// plane needs the password itself ("Neon only supports being given plaintext passwords") and hashes it there.
    async fn password_literal(&self, transaction: &Transaction<'_>) -> Result<String, Fatal> {
        const ON_NEON: &str = "select current_setting('neon.timeline_id', true) is not null";
        let neon = transaction.query_one(ON_NEON, &[]).await.map_err(|error| self.refused(&error))?;
        Ok(escape_literal(&if neon.get(0) { self.password.clone() } else { scram_sha_256(self.password.as_bytes()) }))
    }

    fn refused(&self, error: &tokio_postgres::Error) -> Fatal {
        let hint = match error.code() {
            Some(&SqlState::INSUFFICIENT_PRIVILEGE) => {
                ": the role that migrates must own the database, be able to create roles, and have created \
                 task_api_caller and this role"
            }
            _ => "",
        };
        Fatal::new(format!("the role {} cannot be created{hint}: {}", self.name, describe(error)))
    }
}

/// Time-outs that a call cannot set for itself, because they would have no effect on a call that runs already.
const SETTINGS: [(&str, &str); 5] = [
    // Longer than any attempt (`DB_TRY_MS`). On Postgres 15 and 16 nothing else ends a slow read while its client
    // waits.
    ("statement_timeout", "30s"),
    // Ends a call whose connection was closed, also while it waits for a lock.
    ("client_connection_check_interval", "1s"),
    // If the client disappears without closing the connection, the kernel's default would keep its locks for two hours.
    ("tcp_keepalives_idle", "5"),
    ("tcp_keepalives_interval", "2"),
    ("tcp_keepalives_count", "3"),
];

/// What a role is or may do beyond calling the operations, in words. It does not list the right to connect to a
/// database, because all roles have that by default.
const MORE: &str = "
    select concat_ws(', ',
        case when rolsuper then 'it is a superuser' end,
        case when rolcreaterole then 'it can create roles' end,
        case when rolcreatedb then 'it can create databases' end,
        case when rolreplication then 'it can replicate' end,
        case when rolbypassrls then 'it bypasses row-level security' end,
        case when not exists (select from pg_auth_members where member = r.oid and roleid = 'task_api_caller'::regrole)
            then 'it is not a member of task_api_caller'
            when not pg_has_role(r.oid, 'task_api_caller', 'usage') then 'it does not inherit from task_api_caller' end,
        (select 'it can give task_api_caller to others' where exists (
            select from pg_auth_members where member = r.oid and admin_option)),
        (select 'it is a member of ' || string_agg(distinct roleid::regrole::text, ', ') from pg_auth_members
            where member = r.oid and roleid <> 'task_api_caller'::regrole),
        case when has_database_privilege(r.oid, current_database(), 'temporary')
            then 'it can create temporary tables (the owner of the database can revoke that from PUBLIC: migrate as the owner)' end,
        case when has_schema_privilege(r.oid, 'public', 'create') then 'it can create objects in the schema public (`revoke create on schema public from public` ends that)' end,
        (select 'it owns or may use ' || count(*) || ' other objects' from pg_shdepend
            where refclassid = 'pg_authid'::regclass and refobjid = r.oid
                and not (classid = 'pg_database'::regclass and deptype = 'a')
            having count(*) > 0))
    from pg_roles r where rolname = $1";
