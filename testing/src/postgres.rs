//! A Postgres database for one test: made and migrated at its start, dropped at its end.

mod cluster;
mod server;

use std::{env, sync::Mutex, thread};

use shared::db::DatabaseUrl;
use tokio::runtime;
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

pub use cluster::Cluster;
use server::Server;

/// One migration at a time: it makes the role `task_api`, and roles are shared by all databases of a server. (The
/// migration's own lock is of its database.) The number only has to be the same for all tests.
const LOCK: &str = "select pg_advisory_lock(7351046)";

/// A database on the server that `TEST_POSTGRES_URL` names as a superuser.
pub struct Database {
    server: Server,
    name: String,
    logins: Mutex<Vec<String>>,
}

impl Database {
    /// A database with the schema of the migrations and nothing in it.
    pub async fn create() -> Self {
        Self::create_on(&server_url()).await
    }

    /// The same on another server than the common one, by its superuser's URL.
    pub async fn create_on(server: &str) -> Self {
        let database = Self::blank_on(server).await;
        let admin = connect(database.server.url()).await;
        execute(&admin, LOCK).await;
        let url = DatabaseUrl::parse("TEST_POSTGRES_URL", &database.url()).unwrap();
        migrations::apply(&url).await.unwrap();
        database
    }

    /// A database without even a schema.
    pub async fn blank() -> Self {
        Self::blank_on(&server_url()).await
    }

    async fn blank_on(server: &str) -> Self {
        let database = Self {
            server: Server::new(server),
            name: format!("test_{}", Uuid::new_v4().simple()),
            logins: Mutex::default(),
        };
        let admin = connect(database.server.url()).await;
        // template0, because template1 cannot be copied while anybody is connected to it.
        execute(&admin, &format!("create database {} template template0", database.name)).await;
        database
    }

    /// The superuser's URL.
    pub fn url(&self) -> String {
        self.server.database(&self.name)
    }

    /// A connection of the superuser, past all walls.
    pub async fn connect(&self) -> Client {
        connect(&self.url()).await
    }

    /// Takes down the second wall, so that the `where owner_user_id = …` of each statement stands alone.
    pub async fn without_row_level_security(&self) {
        let tables = ["tasks", "users", "tombstones", "idempotency_keys"];
        let tables = tables.map(|table| format!("alter table {table} disable row level security;"));
        execute(&self.connect().await, &tables.concat()).await;
    }

    /// The URL of a new login that may call the operations and do nothing else.
    pub async fn caller(&self) -> String {
        self.login("in role task_api_caller").await
    }

    /// The URL of a new login like the one that Neon makes with a database: it owns all that the migrations made and
    /// bypasses row-level security, without being a superuser
    /// (<https://neon.com/docs/manage/roles>).
    pub async fn owner(&self) -> String {
        let url = self.login("createdb createrole bypassrls in role task_api, task_api_caller").await;
        let login = server::login(&url);
        let client = self.connect().await;
        let owned = client.query_one(OWNED, &[&login]).await.expect("the catalogue can be read");
        let database = format!("alter database {} owner to {login};", self.name);
        execute(&client, &(database + owned.get::<_, &str>(0))).await;
        url
    }

    async fn login(&self, attributes: &str) -> String {
        let (login, password) = (format!("test_{}", Uuid::new_v4().simple()), Uuid::new_v4().to_string());
        let admin = connect(self.server.url()).await;
        execute(&admin, &format!("create role {login} login password '{password}' {attributes}")).await;
        let url = self.server.login(&self.name, &login, &password);
        self.logins.lock().unwrap().push(login);
        url
    }

    async fn drop_all(&mut self) -> Result<(), tokio_postgres::Error> {
        let (admin, connection) = tokio_postgres::connect(self.server.url(), NoTls).await?;
        tokio::spawn(connection);
        // Force alone would do; but where it finds anybody connected, it looks again only after 100 ms.
        admin.execute(DISCONNECT, &[&self.name]).await?;
        admin.batch_execute(&format!("drop database if exists {} with (force)", self.name)).await?;
        for login in self.logins.get_mut().unwrap().drain(..) {
            admin.batch_execute(&format!("drop role {login}")).await?;
        }
        Ok(())
    }
}

/// The statements that give the tables and functions of the schema to another owner.
const OWNED: &str = "
    select coalesce(string_agg(statement, ''), '') from (
        select format('alter table %s owner to %I;', oid::regclass, $1::text) as statement
        from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')
        union all
        select format('alter routine %s owner to %I;', oid::regprocedure, $1::text)
        from pg_proc where pronamespace = 'public'::regnamespace
    ) as owned";

/// Ends the connections of a database and gives their processes the time to go.
const DISCONNECT: &str = "
    select pg_sleep(0.005) from (
        select count(pg_terminate_backend(pid)) as ended from pg_stat_activity where datname = $1
    ) as connections where ended > 0";

/// On a thread of its own, because a destructor cannot wait and the runtime of the test may be on its way out.
impl Drop for Database {
    fn drop(&mut self) {
        let dropped = thread::scope(|scope| {
            let drop_all = || {
                let runtime = runtime::Builder::new_current_thread().enable_all().build();
                runtime.expect("a runtime can be built").block_on(self.drop_all())
            };
            let wait = || scope.spawn(drop_all).join();
            // The server drops no database while a connection is half-way through authentication, be it one of another
            // test's on this runtime: whose other tasks therefore have to go on.
            match runtime::Handle::try_current().map(|handle| handle.runtime_flavor()) {
                Ok(runtime::RuntimeFlavor::MultiThread) => tokio::task::block_in_place(wait),
                _ => wait(),
            }
        });
        // It may be that the server is gone, which a test that has already failed need not hear again.
        if let Ok(Err(error)) = dropped {
            eprintln!("{} is still there: {error}", self.name);
        }
    }
}

/// The superuser's URL of the server that all tests share.
pub fn server_url() -> String {
    env::var("TEST_POSTGRES_URL").unwrap_or_else(|_| {
        panic!(
            "TEST_POSTGRES_URL is not set: run `make test`, or set it to a superuser's URL of a Postgres that may be \
             thrown away"
        )
    })
}

/// A connection as whomever the URL names.
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
    async fn a_database_is_gone_with_its_logins_when_it_is_dropped() {
        let database = Database::create().await;
        let (url, name) = (database.server.url().to_owned(), database.name.clone());
        let caller = database.caller().await;
        let connected = connect(&caller).await; // and stays so
        drop(database);
        let admin = connect(&url).await;
        let left = "select count(*)::text from pg_database, pg_roles where datname = $1 or rolname = $2";
        let left = admin.query_one(left, &[&name, &server::login(&caller)]).await.unwrap();
        assert_eq!(left.get::<_, &str>(0), "0");
        drop(connected);
    }

    #[tokio::test]
    async fn a_caller_is_no_task_api_and_has_nothing_else() {
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
