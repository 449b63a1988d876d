//! The login that the functions may come in with: a member of `task_api` and nothing else.

use std::collections::HashSet;

use postgres_protocol::{
    escape::{escape_identifier, escape_literal},
    password::scram_sha_256,
};
use shared::{config::Fatal, error::describe};
use tokio_postgres::{Client, Transaction, error::SqlState, types::Type};

use crate::Tell;

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
        let reserved = name == "task_api" || name.starts_with("pg_") || name.starts_with(|c: char| c.is_ascii_digit());
        // 63 bytes are what Postgres keeps of a name.
        if name.is_empty() || name.len() > 63 || !name.chars().all(plain) || reserved {
            return Err(Fatal::new(format!(
                "{name:?} cannot be the name of the login: it is to be of a-z, 0-9 and _, begin with a letter, be no \
                 longer than 63, and neither be task_api nor begin with pg_"
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
        let standing = self.more_than_a_member(transaction).await?;
        self.refuse_more(standing.as_deref())?;
        let refused = |error| self.refused(&error);
        let (name, password) = (escape_identifier(&self.name), self.password_literal(transaction).await?);
        let change = match standing {
            Some(_) => format!("alter role {name} login password {password} valid until 'infinity'"),
            None => format!(
                "create role {name} login noinherit nosuperuser nocreatedb nocreaterole nobypassrls noreplication
                 in role task_api password {password}"
            ),
        };
        transaction.batch_execute(&change).await.map_err(refused)?;
        let database = transaction.query_one("select current_database()", &[]).await.map_err(refused)?;
        let database = escape_identifier(database.get(0));
        transaction.batch_execute(&format!("grant connect on database {database} to {name}")).await.map_err(refused)?;
        self.refuse_more(self.more_than_a_member(transaction).await?.as_deref())?;
        let done = if standing.is_some() { "has a new password" } else { "was made" };
        Ok(format!("The login {} {done}: it is a member of task_api and nothing else", self.name))
    }

    /// What the login is beyond a member of `task_api`: empty for nothing, `None` where it does not exist.
    async fn more_than_a_member(&self, transaction: &Transaction<'_>) -> Result<Option<String>, Fatal> {
        let name = self.name.as_str();
        let row = transaction.query_typed(MORE, &[(&name, Type::TEXT)]).await.map_err(|error| self.refused(&error))?;
        Ok(row.first().map(|row| row.get(0)))
    }

    fn refuse_more(&self, more: Option<&str>) -> Result<(), Fatal> {
        match more {
            None | Some("") => Ok(()),
            Some(more) => Err(Fatal::new(format!(
                "{} is not nothing but a member of task_api: {more}. Name another login, or drop this one",
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
                ": whoever migrates may create roles, and has made task_api and this login"
            }
            _ => "",
        };
        Fatal::new(format!("the login {} cannot be made{hint}: {}", self.name, describe(error)))
    }
}

/// What a role may beyond taking on `task_api`, in words. The right to connect to a database is none of it: all have it
/// by default.
const MORE: &str = "
    select concat_ws(', ',
        case when rolsuper then 'it is a superuser' end,
        case when rolcreaterole then 'it can create roles' end,
        case when rolcreatedb then 'it can create databases' end,
        case when rolreplication then 'it can replicate' end,
        case when rolbypassrls then 'it bypasses row-level security' end,
        case when not exists (select from pg_auth_members where member = r.oid and roleid = 'task_api'::regrole)
            then 'it is no member of task_api' end,
        case when pg_has_role(r.oid, 'task_api', 'usage') then 'it has the rights of task_api without taking it on' end,
        (select 'it can give task_api to others' where exists (
            select from pg_auth_members where member = r.oid and admin_option)),
        (select 'it is a member of ' || string_agg(distinct roleid::regrole::text, ', ') from pg_auth_members
            where member = r.oid and roleid <> 'task_api'::regrole),
        (select 'it owns or may use ' || count(*) || ' things of its own' from pg_shdepend
            where refclassid = 'pg_authid'::regclass and refobjid = r.oid
                and not (classid = 'pg_database'::regclass and deptype = 'a')
            having count(*) > 0))
    from pg_roles r where rolname = $1";
