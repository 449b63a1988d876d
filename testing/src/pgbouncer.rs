//! [PgBouncer](https://www.pgbouncer.org) in transaction mode with TLS, like Neon's pooled host.

use std::{env, path::Path, time::Duration};

use rustix::process::Signal;
use tokio::{
    net::TcpStream,
    time::{sleep, timeout},
};
use url::Url;

use crate::{
    authority::Authority,
    daemon::{Daemon, Home, free_port},
    skip,
};

/// Its paths on Debian, on Red Hat and with Homebrew.
const USUAL_PLACES: [&str; 4] =
    ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/opt/homebrew/bin/pgbouncer", "/usr/local/bin/pgbouncer"];

/// The limit for its start, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running pooler. It ends when the value is dropped.
pub struct PgBouncer {
    _process: Daemon,
    _home: Home,
    port: u16,
}

impl PgBouncer {
    /// Starts it in front of the server that a connection string names. It accepts that string's database role only,
    /// and TLS only. Its clients share this many connections to each database. Returns `None` with a message if it is
    /// not installed, or fails if `TEST_PGBOUNCER=required`.
    pub async fn start(server: &str, authority: &Authority, connections: usize) -> Option<Self> {
        let Some(program) = USUAL_PLACES.into_iter().map(Path::new).find(|path| path.exists()) else {
            let missing = "PgBouncer is not installed: run `apt-get install pgbouncer` or `brew install pgbouncer`";
            assert_ne!(env::var("TEST_PGBOUNCER").as_deref(), Ok("required"), "{missing}");
            skip(missing);
            return None;
        };
        let (home, port) = (Home::new(), free_port());
        let settings = settings(&home, server, authority, port, connections);
        let mut command = home.command(program);
        command.arg(&settings);
        // SIGTERM ends it at once.
        let mut process = Daemon::spawn(command, Signal::TERM);
        let listens = async {
            while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                assert!(!process.has_ended(), "PgBouncer does not start:\n{}", home.log());
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(PATIENCE, listens).await.unwrap_or_else(|_| panic!("PgBouncer does not listen:\n{}", home.log()));
        Some(Self { _process: process, _home: home, port })
    }

    /// The connection string of a database through the pooler. The caller must add TLS.
    pub fn url(&self, database_url: &str) -> String {
        let mut url = Url::parse(database_url).expect("a database URL is a URL");
        url.set_port(Some(self.port)).expect("a database URL has a host");
        url.into()
    }
}

/// Writes the settings and the files that they name.
fn settings(home: &Home, server: &str, authority: &Authority, port: u16, connections: usize) -> std::path::PathBuf {
    let server = Url::parse(server).expect("a database URL is a URL");
    let identity = authority.identity();
    let certificate = home.write("client.crt", &identity.certificate);
    let key = home.write("client.key", &identity.key);
    let password = server.password().unwrap_or_default();
    let users = home.write("users", &format!("\"{}\" \"{password}\"\n", server.username()));
    let (host, server_port) = (server.host_str().unwrap_or("localhost"), server.port().unwrap_or(5432));
    home.write(
        "settings",
        &format!(
            "[databases]\n* = host={host} port={server_port}\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\npool_mode = transaction\n\
             default_pool_size = {connections}\nserver_round_robin = 1\nauth_type = scram-sha-256\nauth_file = {}\n\
             client_tls_sslmode = require\nclient_tls_cert_file = {}\nclient_tls_key_file = {}\n",
            users.display(),
            certificate.display(),
            key.display(),
        ),
    )
}
