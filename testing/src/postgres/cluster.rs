//! A test's own server, which can be restarted, killed and suspended without harm to other tests.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use rustix::process::Signal;
use tokio::time::{Instant, sleep, timeout};
use tokio_postgres::NoTls;

use crate::{
    authority::Authority,
    daemon::{Daemon, Home, free_port},
    process,
};

const PASSWORD: &str = "it-guards-nothing";

/// The limit for a start, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_mins(1);

/// A Postgres server with its own data directory. Both are removed when the value is dropped.
///
/// Acknowledged writes survive `kill -9`. They do not survive a crash of the machine, because it does not wait for the
/// disk.
pub struct Cluster {
    server: Option<Daemon>, // before its directory, so that it ends first
    home: Home,
    port: u16,
    tls: bool,
}

impl Cluster {
    /// A server that listens on 127.0.0.1.
    pub async fn start() -> Self {
        let mut cluster = Self::initialized();
        cluster.run().await;
        cluster
    }

    /// A server that also accepts TLS, with a certificate of this authority. `None` if Postgres was built without TLS,
    /// as the one from `PyPI` is.
    pub async fn start_with_tls(authority: &Authority) -> Option<Self> {
        let mut cluster = Self::initialized();
        let identity = authority.identity();
        cluster.home.write("server.crt", &identity.certificate);
        cluster.home.write("server.key", &identity.key);
        cluster.tls = true;
        let runs = cluster.spawn().await;
        if !runs && cluster.home.log().contains("SSL is not supported by this build") {
            return None;
        }
        assert!(runs, "Postgres does not start:\n{}", cluster.home.log());
        Some(cluster)
    }

    fn initialized() -> Self {
        let home = Home::new();
        let password = home.write("password", PASSWORD);
        let mut initdb = home.command(&program("initdb"));
        initdb.args(["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"]);
        initdb.arg("--wal-segsize=1").arg(format!("--pwfile={}", password.display()));
        run(initdb.arg("-D").arg(home.path("data")), &home);
        Self { server: None, home, port: free_port(), tls: false }
    }

    /// The superuser's connection string, without TLS.
    pub fn url(&self) -> String {
        format!("postgres://postgres:{PASSWORD}@127.0.0.1:{}/postgres?sslmode=disable", self.port)
    }

    /// Stops it as an operator does: running statements are cancelled with an error.
    pub fn stop(&mut self) {
        self.end(Signal::INT);
    }

    /// Kills it and all its processes, as in a power failure.
    pub fn kill(&mut self) {
        for pid in self.pids() {
            process::send(pid, Signal::STOP); // so that none notices that another one has ended
        }
        for pid in self.pids().into_iter().skip(1) {
            process::send(pid, Signal::KILL);
        }
        self.end(Signal::KILL);
    }

    fn end(&mut self, signal: Signal) {
        self.server.take().expect("it is running").end(signal);
    }

    /// Starts it again, at the same address and with the same data.
    pub async fn run(&mut self) {
        let until = Instant::now() + PATIENCE;
        while !self.spawn().await {
            let log = self.home.log();
            // A process of the killed server may still exist. Then the log says so.
            let mut said = log.lines().rev().take(2);
            let for_now = said.any(|line| line.contains("pre-existing shared memory block")) && Instant::now() < until;
            assert!(for_now, "Postgres does not start:\n{log}");
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Suspends it: connections are accepted, but nothing is answered.
    pub fn suspend(&self) {
        for pid in self.pids() {
            process::send(pid, Signal::STOP);
        }
    }

    /// Resumes it.
    pub fn resume(&self) {
        for pid in self.pids().into_iter().rev() {
            process::send(pid, Signal::CONT);
        }
    }

    /// The postmaster, which comes first, and its child processes.
    fn pids(&self) -> Vec<u32> {
        let postmaster = self.server.as_ref().expect("it is running").pid();
        [vec![postmaster], process::children(postmaster)].concat()
    }

    /// Starts the server. Returns whether it runs.
    async fn spawn(&mut self) -> bool {
        let mut command = self.home.command(&program("postgres"));
        command.arg("-D").arg(self.home.path("data"));
        let port = self.port.to_string();
        let mut settings = vec![
            ("listen_addresses", "127.0.0.1"),
            ("port", &*port),
            ("unix_socket_directories", ""),
            ("fsync", "off"),
        ];
        settings.extend([("full_page_writes", "off"), ("max_connections", "200"), ("shared_buffers", "16MB")]);
        if self.tls {
            settings.extend([("ssl", "on"), ("ssl_cert_file", "../server.crt"), ("ssl_key_file", "../server.key")]);
        }
        for (name, value) in settings {
            command.args(["-c", &format!("{name}={value}")]);
        }
        let server = self.server.insert(Daemon::spawn(command, Signal::QUIT));
        let url = format!("postgres://postgres:{PASSWORD}@127.0.0.1:{}/postgres", self.port);
        let ready = async {
            while tokio_postgres::connect(&url, NoTls).await.is_err() {
                if server.has_ended() {
                    return false;
                }
                sleep(Duration::from_millis(20)).await;
            }
            true
        };
        timeout(PATIENCE, ready).await.unwrap_or(false)
    }
}

/// A program of Postgres.
fn program(name: &str) -> PathBuf {
    let directory = env::var("TEST_POSTGRES_BIN").unwrap_or_else(|_| {
        panic!("TEST_POSTGRES_BIN is not set: run `make test`, or set it to the directory of initdb and postgres")
    });
    Path::new(&directory).join(name)
}

fn run(command: &mut Command, home: &Home) {
    let ended = command.status().unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
    assert!(ended.success(), "{command:?}:\n{}", home.log());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::{connect, execute};

    #[tokio::test]
    async fn a_killed_cluster_keeps_acknowledged_writes() {
        let mut cluster = Cluster::start().await;
        execute(&connect(&cluster.url()).await, "create table kept ()").await;
        for end in [Cluster::kill, Cluster::stop] {
            end(&mut cluster);
            assert!(tokio_postgres::connect(&cluster.url(), NoTls).await.is_err());
            cluster.run().await;
            execute(&connect(&cluster.url()).await, "table kept").await;
        }
    }

    #[tokio::test]
    async fn a_suspended_cluster_does_not_answer_until_it_is_resumed() {
        let cluster = Cluster::start().await;
        let client = connect(&cluster.url()).await;
        let is_awake = async || timeout(Duration::from_millis(300), client.batch_execute("select")).await.is_ok();
        assert!(is_awake().await);
        cluster.suspend();
        assert!(!is_awake().await);
        cluster.resume();
        assert!(is_awake().await);
    }
}
