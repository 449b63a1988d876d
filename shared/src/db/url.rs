//! Where the database is, and how it is reached.

use std::time::Duration;

use native_tls::TlsConnector;
use postgres_native_tls::MakeTlsConnector;
use tokio::time::timeout;
use tokio_postgres::{
    Client, Config, NoTls,
    config::{Host, SslMode},
};

use super::CONNECT;
use crate::{config::Fatal, error::describe};

/// How long the network may leave what was sent without an acknowledgement. Without it a peer that vanished keeps a
/// request waiting for as long as the request has.
const UNACKNOWLEDGED: Duration = Duration::from_secs(2);

/// Where the database is. It holds the password: nothing prints it.
pub struct DatabaseUrl(pub(super) Config);

impl DatabaseUrl {
    /// Reads a connection string, a URL or key-value pairs
    /// (<https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING>). `variable` is where it came
    /// from, for the error.
    pub fn parse(variable: &str, text: &str) -> Result<Self, Fatal> {
        let mut config: Config = text.parse().map_err(|error: tokio_postgres::Error| {
            Fatal::new(format!("{variable} is not a Postgres connection string: {}", describe(&error)))
        })?;
        config.application_name("task-api");
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(UNACKNOWLEDGED);
        }
        let url = Self(config);
        // The rest of a password, where an `@` in it was left as it is. Messages name hosts.
        if url.hosts().iter().any(|host| host.contains('@')) {
            return Err(Fatal::new(format!("{variable} has a second `@`: write one that is in the password as %40")));
        }
        Ok(url)
    }

    /// The servers named, for messages.
    #[must_use]
    pub fn hosts(&self) -> Vec<String> {
        let host = |host: &Host| match host {
            Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            Host::Unix(path) => path.display().to_string(),
        };
        self.0.get_hosts().iter().map(host).collect()
    }

    /// Whether the connection is to be encrypted: unless the string says `sslmode=disable`.
    pub(super) fn wants_tls(&self) -> bool {
        self.0.get_ssl_mode() != SslMode::Disable
    }

    /// One connection outside the pool, for what is no request. Its background task runs on the current runtime.
    pub async fn connect(&self) -> Result<Client, Fatal> {
        let unreachable =
            |cause| Fatal::new(format!("the database at {} cannot be reached: {cause}", self.hosts().join(", ")));
        let connecting = async {
            if self.wants_tls() {
                let (client, connection) = self.0.connect(tls()?).await.map_err(|e| unreachable(describe(&e)))?;
                tokio::spawn(connection);
                Ok(client)
            } else {
                let (client, connection) = self.0.connect(NoTls).await.map_err(|e| unreachable(describe(&e)))?;
                tokio::spawn(connection);
                Ok(client)
            }
        };
        timeout(CONNECT, connecting).await.unwrap_or_else(|_| Err(unreachable(format!("no answer in {CONNECT:?}"))))
    }
}

/// TLS that checks the certificate and the host name against the system's roots.
pub(super) fn tls() -> Result<MakeTlsConnector, Fatal> {
    let connector = TlsConnector::new().map_err(|error| Fatal::new(format!("TLS cannot be set up: {error}")))?;
    Ok(MakeTlsConnector::new(connector))
}
