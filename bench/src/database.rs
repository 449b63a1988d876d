//! A database with tasks, on a server that accepts connections with and without TLS.

use std::{env, fs, path::PathBuf};

use rcgen::CertifiedKey;
use testing::postgres;
use tokio::runtime::Handle;
use tokio_postgres::Client;

/// Whether there is a database, and whether the connection uses TLS.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Setting {
    /// There is none. The port refuses at once, so a start is measured without its connection.
    Refused { tls: bool },
    /// There is one.
    Connected { tls: bool },
}

/// The task that is read, changed, completed and moved.
pub(crate) const KEPT: &str = "01890a5d-ac96-774b-bcce-000000000000";

/// How many tasks can be deleted: more than the run deletes.
const DELETABLE: u32 = 40_000;

/// How many tasks the list has, and how many the user has whose task is moved.
const LISTED: u32 = 10;

/// The database, and the file with the server's certificate.
pub(crate) struct Database {
    database: postgres::Database,
    certificate: PathBuf,
}

impl Database {
    pub(crate) async fn create() -> Self {
        let database = postgres::Database::create().await;
        let client = database.connect().await;
        for (function, tasks) in [
            ("list-tasks", LISTED),
            ("get-task", 1),
            ("create-task", 1),
            ("delete-task", DELETABLE),
            ("move-task", LISTED),
        ] {
            seed(&client, user(function), tasks).await;
        }
        let certificate = env::temp_dir().join(format!("{}.pem", std::process::id()));
        let CertifiedKey { cert, signing_key } =
            rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("an address has a certificate");
        fs::write(&certificate, cert.pem()).expect("the directory for such files takes one");
        speak_tls(&client, &cert.pem(), &signing_key.serialize_pem()).await;
        run(&client, "analyze").await;
        Self { database, certificate }
    }

    /// A database without TLS, for the comparison with peers. The owners who list and create have this many tasks.
    pub(crate) async fn of_size(tasks: u32) -> Self {
        let database = postgres::Database::create().await;
        let client = database.connect().await;
        for function in ["list-tasks", "create-task"] {
            seed(&client, user(function), tasks).await;
        }
        let database = Self { database, certificate: PathBuf::new() };
        database.run("vacuum analyze").await;
        database.run("checkpoint").await;
        database
    }

    /// Runs a statement, or several in one transaction.
    pub(crate) async fn run(&self, sql: &str) {
        run(&self.database.connect().await, sql).await;
    }

    /// The value of `DATABASE_URL`. With TLS it has `channel_binding=require`, as on Neon. If the port refuses, the
    /// roots are Mozilla's; otherwise the server's certificate is in a file.
    pub(crate) fn url(&self, setting: Setting) -> String {
        let url = self.database.url();
        match setting {
            Setting::Refused { tls: false } => "postgres://bench:bench@127.0.0.1:1/none?sslmode=disable".to_owned(),
            Setting::Refused { tls: true } => {
                "postgres://bench:bench@127.0.0.1:1/none?sslmode=require&channel_binding=require".to_owned()
            }
            Setting::Connected { tls: false } => url,
            Setting::Connected { tls: true } => {
                let parameters = "sslmode=require&channel_binding=require";
                let parameters = format!("{parameters}&sslrootcert={}", self.certificate.display());
                url.replace("sslmode=disable", &parameters)
            }
        }
    }

    /// The directories in `/proc` of the server's processes that serve functions, in any database. One function runs at
    /// a time.
    pub(crate) fn backends(&self) -> Vec<PathBuf> {
        let pids = "select pid from pg_stat_activity where application_name = 'task-api'";
        let pids = async { self.database.connect().await.query(pids, &[]).await };
        let pids = Handle::current().block_on(pids).expect("every server knows them");
        pids.iter().map(|row| PathBuf::from(format!("/proc/{}", row.get::<_, i32>(0)))).collect()
    }

    /// The server's version.
    pub(crate) async fn version(&self) -> String {
        let row = self.database.connect().await.query_one("show server_version", &[]).await;
        row.expect("every server has one").get::<_, &str>(0).split(' ').next().unwrap_or_default().to_owned()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.certificate);
    }
}

/// The user on whose tasks a function works. A function that adds, removes or moves tasks has its own user.
pub(crate) fn user(function: &str) -> &'static str {
    match function {
        "create-task" => "creator",
        "delete-task" => "deleter",
        "list-tasks" => "lister",
        "move-task" => "mover",
        _ => "keeper",
    }
}

/// The id of the nth task to delete.
pub(crate) fn id(n: u32) -> String {
    format!("{}{n:012x}", &KEPT[..24])
}

/// The server itself writes the files, because it must be able to read its key.
async fn speak_tls(client: &Client, certificate: &str, key: &str) {
    for (file, text) in [("bench.crt", certificate), ("bench.key", key)] {
        let lines = format!("select unnest(string_to_array('{}', e'\\n'))", text.trim());
        run(client, &format!("copy ({lines}) to program 'umask 077; cat > {file}'")).await;
    }
    for setting in ["ssl_cert_file = 'bench.crt'", "ssl_key_file = 'bench.key'", "ssl = on"] {
        run(client, &format!("alter system set {setting}")).await;
    }
    run(client, "select pg_reload_conf()").await;
}

/// Inserts a user with tasks as the API would create them, a minute apart, every second one completed.
async fn seed(client: &Client, owner: &str, tasks: u32) {
    let ids = &KEPT[..24];
    let user = format!(
        "insert into users (id, revision, pending_tasks, completed_tasks)
         values ('{owner}', {tasks}, {tasks} - {tasks} / 2, {tasks} / 2)"
    );
    let tasks = format!(
        "insert into tasks (
            owner_user_id, id, title, title_key, description, completed, completed_at, priority, position,
            created_at, updated_at, revision
         )
         select '{owner}', ('{ids}' || lpad(to_hex(n), 12, '0'))::uuid, 'Buy milk ' || n, 'buy milk ' || n, 'Two litres',
            n % 2 = 1, case when n % 2 = 1 then made end, n % 4, 'e' || lpad(to_hex(n + 1), 12, '0'), made, made, n + 1
         from (select n, now() - ({tasks} - n) * interval '1 minute' as made from generate_series(0, {tasks} - 1) n) made"
    );
    run(client, &user).await;
    run(client, &tasks).await;
}

async fn run(client: &Client, sql: &str) {
    if let Err(error) = client.batch_execute(sql).await {
        let said = error.as_db_error().map_or_else(|| error.to_string(), |error| error.message().to_owned());
        panic!("{}: {said}", sql.lines().next().unwrap_or_default().split_at(sql.len().min(60)).0);
    }
}
