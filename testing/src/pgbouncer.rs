//! [PgBouncer](https://www.pgbouncer.org) in transaction mode with TLS, which is what Neon's pooled host is.

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

/// Where Debian, Red Hat and Homebrew put it.
const USUAL_PLACES: [&str; 4] =
    ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/opt/homebrew/bin/pgbouncer", "/usr/local/bin/pgbouncer"];

/// How long its start may take, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running pooler. It ends with the value.
pub struct PgBouncer {
    _process: Daemon,
    _home: Home,
    port: u16,
}

impl PgBouncer {
    /// In front of the server of a database's URL, whose login is the one that it lets in. It takes TLS only, and has
    /// so many connections to each database, which its clients share. None where it is not installed, which is said,
    /// and is a failure where `TEST_PGBOUNCER=required`.
    pub async fn start(server: &str, authority: &Authority, connections: usize) -> Option<Self> {
        let Some(program) = USUAL_PLACES.into_iter().map(Path::new).find(|path| path.exists()) else {
            let missing = "there is no PgBouncer: `apt-get install pgbouncer` or `brew install pgbouncer` brings it";
            assert_ne!(env::var("TEST_PGBOUNCER").as_deref(), Ok("required"), "{missing}");
            skip(missing);
            return None;
        };
        let (home, port) = (Home::new(), free_port());
        let settings = settings(&home, server, authority, port, connections);
        let mut command = home.command(program);
        command.arg(&settings);
        // At SIGTERM it goes at once.
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

    /// The URL of a database through here. TLS is for the caller to add.
    pub fn url(&self, database_url: &str) -> String {
        let mut url = Url::parse(database_url).expect("a database URL is a URL");
        url.set_port(Some(self.port)).expect("a database URL has a host");
        url.into()
    }
}

/// Writes the file of settings and the files that it names.
fn settings(home: &Home, server: &str, authority: &Authority, port: u16, connections: usize) -> std::path::PathBuf {
    let server = Url::parse(server).expect("a database URL is a URL");
    let identity = authority.identity();
    let certificate = home.write("client.crt", &identity.certificate);
    let key = home.write("client.key", &identity.key);
    let password = server.password().unwrap_or_default();
    let logins = home.write("logins", &format!("\"{}\" \"{password}\"\n", server.username()));
    let (host, server_port) = (server.host_str().unwrap_or("localhost"), server.port().unwrap_or(5432));
    home.write(
        "settings",
        &format!(
            "[databases]\n* = host={host} port={server_port}\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\npool_mode = transaction\n\
             default_pool_size = {connections}\nserver_round_robin = 1\nauth_type = scram-sha-256\nauth_file = {}\n\
             client_tls_sslmode = require\nclient_tls_cert_file = {}\nclient_tls_key_file = {}\n",
            logins.display(),
            certificate.display(),
            key.display(),
        ),
    )
}
