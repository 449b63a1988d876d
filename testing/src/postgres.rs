//! A Postgres database for one test: created and migrated at its start, dropped at its end.

mod cluster;
mod server;

use std::{env, sync::Mutex, thread};

use shared::db::DatabaseUrl;
use tokio::runtime;
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

pub use cluster::Cluster;
use server::Server;

/// Only one test migrates at a time, because a migration creates the role `task_api`, and all databases of a server
/// share their roles. (The migration's own lock only protects its database.) The number must only be the same for all
/// tests.
const LOCK: &str = "select pg_advisory_lock(7351046)";

/// A database on the server that `TEST_POSTGRES_URL` names, which is a superuser's connection string.
pub struct Database {
    server: Server,
    name: String,
    roles: Mutex<Vec<String>>,
}

impl Database {
    /// A migrated database without rows.
    pub async fn create() -> Self {
        Self::create_on(&server_url()).await
    }

    /// The same on another server, named by a superuser's connection string.
    pub async fn create_on(server: &str) -> Self {
        let database = Self::blank_on(server).await;
        let admin = connect(database.server.url()).await;
        execute(&admin, LOCK).await;
        let url = DatabaseUrl::parse("TEST_POSTGRES_URL", &database.url()).unwrap();
        migrations::apply(&url).await.unwrap();
        database
    }

    /// A database without a schema.
    pub async fn blank() -> Self {
        Self::blank_on(&server_url()).await
    }

    async fn blank_on(server: &str) -> Self {
        let database = Self {
            server: Server::new(server),
            name: format!("test_{}", Uuid::new_v4().simple()),
            roles: Mutex::default(),
        };
        let admin = connect(database.server.url()).await;
        // template0, because template1 cannot be copied while anybody is connected to it.
        execute(&admin, &format!("create database {} template template0", database.name)).await;
        database
    }

    /// The superuser's connection string.
    pub fn url(&self) -> String {
        self.server.database(&self.name)
    }

    /// A superuser's connection, which bypasses row-level security.
    pub async fn connect(&self) -> Client {
        connect(&self.url()).await
    }

    /// Switches row-level security off, so that only the `where owner_user_id = …` of each statement protects.
    pub async fn without_row_level_security(&self) {
        let tables = ["tasks", "users", "tombstones", "idempotency_keys"];
        let tables = tables.map(|table| format!("alter table {table} disable row level security;"));
        execute(&self.connect().await, &tables.concat()).await;
    }

    /// The connection string of a new database role that may only call the operations.
    pub async fn caller(&self) -> String {
        self.new_role("in role task_api_caller").await
    }

    /// The connection string of a new database role like the one that Neon creates with a database: it owns everything
    /// that the migrations created and bypasses row-level security, but is not a superuser
    /// (<https://neon.com/docs/manage/roles>).
    pub async fn owner(&self) -> String {
        let url = self.new_role("createdb createrole bypassrls in role task_api, task_api_caller").await;
        let role = server::role(&url);
        let client = self.connect().await;
        let owned = client.query_one(OWNED, &[&role]).await.expect("the catalogue can be read");
        let database = format!("alter database {} owner to {role};", self.name);
        execute(&client, &(database + owned.get::<_, &str>(0))).await;
        url
    }

    async fn new_role(&self, attributes: &str) -> String {
        let (role, password) = (format!("test_{}", Uuid::new_v4().simple()), Uuid::new_v4().to_string());
        let admin = connect(self.server.url()).await;
        execute(&admin, &format!("create role {role} login password '{password}' {attributes}")).await;
        let url = self.server.url_for(&self.name, &role, &password);
        self.roles.lock().unwrap().push(role);
        url
    }

    async fn drop_all(&mut self) -> Result<(), tokio_postgres::Error> {
        let (admin, connection) = tokio_postgres::connect(self.server.url(), NoTls).await?;
        tokio::spawn(connection);
        // `force` alone would be enough. But if it finds connections, it only looks again after 100 ms.
        admin.execute(DISCONNECT, &[&self.name]).await?;
        admin.batch_execute(&format!("drop database if exists {} with (force)", self.name)).await?;
        for role in self.roles.get_mut().unwrap().drain(..) {
            admin.batch_execute(&format!("drop role {role}")).await?;
        }
        Ok(())
    }
}

/// Makes the statements that change the owner of the schema's tables and functions.
const OWNED: &str = "
    select coalesce(string_agg(statement, ''), '') from (
        select format('alter table %s owner to %I;', oid::regclass, $1::text) as statement
        from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')
        union all
        select format('alter routine %s owner to %I;', oid::regprocedure, $1::text)
        from pg_proc where pronamespace = 'public'::regnamespace
    ) as owned";

/// Ends the connections of a database, and gives their processes time to end.
const DISCONNECT: &str = "
    select pg_sleep(0.005) from (
        select count(pg_terminate_backend(pid)) as ended from pg_stat_activity where datname = $1
    ) as connections where ended > 0";

/// Drops the database on its own thread, because a destructor cannot wait and the test's runtime may be ending.
impl Drop for Database {
    fn drop(&mut self) {
        let dropped = thread::scope(|scope| {
            let drop_all = || {
                let runtime = runtime::Builder::new_current_thread().enable_all().build();
                runtime.expect("a runtime can be built").block_on(self.drop_all())
            };
            let wait = || scope.spawn(drop_all).join();
            // The server does not drop a database while any connection is in the middle of authentication. That may be
            // a connection of this runtime, so other Tokio tasks must go on.
            match runtime::Handle::try_current().map(|handle| handle.runtime_flavor()) {
                Ok(runtime::RuntimeFlavor::MultiThread) => tokio::task::block_in_place(wait),
                _ => wait(),
            }
        });
        // If the server is gone, the test has already failed.
        if let Ok(Err(error)) = dropped {
            eprintln!("the database {} could not be dropped: {error}", self.name);
        }
    }
}

/// The superuser's connection string of the server that all tests share.
pub fn server_url() -> String {
    env::var("TEST_POSTGRES_URL").unwrap_or_else(|_| {
        panic!(
            "TEST_POSTGRES_URL is not set: run `make test`, or set it to a superuser's URL of a Postgres that may be \
             thrown away"
        )
    })
}

/// A connection with this connection string.
pub async fn connect(url: &str) -> Client {
    let connected = tokio_postgres::connect(url, NoTls).await;
    let (client, connection) = connected.unwrap_or_else(|error| panic!("cannot connect to Postgres: {error}"));
    tokio::spawn(connection);
    client
}

async fn execute(client: &Client, sql: &str) {
    client.batch_execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn text(client: &Client, sql: &str) -> String {
        client.query_one(sql, &[]).await.unwrap().get(0)
    }

    #[tokio::test]
    async fn a_database_and_its_roles_are_gone_when_it_is_dropped() {
        let database = Database::create().await;
        let (url, name) = (database.server.url().to_owned(), database.name.clone());
        let caller = database.caller().await;
        let connected = connect(&caller).await; // and stays connected
        drop(database);
        let admin = connect(&url).await;
        let left = "select count(*)::text from pg_database, pg_roles where datname = $1 or rolname = $2";
        let left = admin.query_one(left, &[&name, &server::role(&caller)]).await.unwrap();
        assert_eq!(left.get::<_, &str>(0), "0");
        drop(connected);
    }

    #[tokio::test]
    async fn a_caller_cannot_become_task_api_and_has_no_other_privileges() {
        let database = Database::create().await;
        let caller = connect(&database.caller().await).await;
        let attributes = "select concat_ws(' ', rolsuper, rolbypassrls, rolcreaterole, rolcreatedb) from pg_roles \
                          where rolname = session_user";
        assert_eq!(text(&caller, attributes).await, "f f f f");
        let error = caller.execute("set role task_api", &[]).await.unwrap_err();
        assert_eq!(error.code().map(tokio_postgres::error::SqlState::code), Some("42501"));
    }

    #[tokio::test]
    async fn an_owner_bypasses_row_level_security_until_it_becomes_task_api() {
        let database = Database::create().await;
        let seed = "insert into users (id) values ('alice')";
        execute(&database.connect().await, seed).await;
        let owner = connect(&database.owner().await).await;
        let count = "select count(*)::text from users";
        assert_eq!(text(&owner, count).await, "1");
        execute(&owner, "alter table tasks add column mine text").await;
        execute(&owner, "set role task_api").await;
        assert_eq!(text(&owner, count).await, "0");
        database.without_row_level_security().await;
        assert_eq!(text(&owner, count).await, "1");
    }
}
