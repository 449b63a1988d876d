//! Connection strings: where the database is, and how it is reached.

use std::{borrow::Cow, pin::Pin, time::Duration};

use percent_encoding::percent_decode_str;
use tokio::time::timeout;
use tokio_postgres::{
    Client, Config, NoTls,
    config::{Host, SslMode},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::error::describe;
use crate::{
    settings::{Fatal, unquoted},
    tls,
};

/// How long sent data may stay without an acknowledgement. Without this limit, a peer that vanished keeps a request
/// waiting until its deadline.
const UNACKNOWLEDGED: Duration = Duration::from_secs(2);

/// When and how often TCP probes a connection in use. So a missing answer is noticed while a request waits for it, and
/// not after the two hours that are the kernel's default.
const KEEPALIVE_IDLE: Duration = Duration::from_secs(10);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(2);
const KEEPALIVE_RETRIES: u32 = 3;

/// The limit of the TCP handshake with one address. A name may have several addresses, and one that never answers must
/// not hide the next. (A compute that has to wake is behind a proxy that is awake.)
const TCP: Duration = Duration::from_secs(2);

/// The limit of one connection outside the pool, which no request waits for. It is long, because a compute may be
/// waking.
const CONNECT: Duration = Duration::from_secs(15);

/// The name of Postgres' protocol inside TLS (IANA's registry of ALPN protocol ids).
const ALPN: &str = "postgresql";

/// A connection string. It contains the password, so nothing prints it.
#[derive(Clone)]
pub struct DatabaseUrl {
    text: String,
    config: Config,
    tls: Option<MakeRustlsConnect>,
}

/// The future that drives a connection until its end.
pub(super) type Connection = Pin<Box<dyn Future<Output = Result<(), tokio_postgres::Error>> + Send>>;

/// An open connection, and the future that drives it.
pub(super) type Opened = (Client, Connection);

impl DatabaseUrl {
    /// Reads a connection string with libpq's parameters
    /// (<https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS>). `variable` is where it came
    /// from, for the error.
    ///
    /// `sslmode` is at least as strict as in libpq. Encryption that does not verify the certificate does not protect
    /// from an attacker who can change the traffic. So `require`, and no `sslmode` at all, verify the certificate *and*
    /// the host name, as `verify-full` does; so does `verify-ca`. `prefer` and `allow` are refused, because such an
    /// attacker could turn encryption off. `disable` is for a server on the same machine.
    ///
    /// With `channel_binding=require` the client authenticates only with SCRAM, so no server can ask for the password
    /// in another way.
    ///
    /// `sslrootcert` names a PEM file with the roots to trust, instead of those in the binary or in the file that
    /// `SSL_CERT_FILE` names. `system` means those defaults. A Unix socket is not encrypted.
    pub fn parse(variable: &str, text: &str) -> Result<Self, Fatal> {
        let wrong = |reason: String| Fatal::new(format!("{variable} {reason}"));
        let text = pasted(text).map_err(wrong)?;
        let (rest, mut ours) = Parameters::take(text).map_err(wrong)?;
        let mut config: Config = rest.parse().map_err(|error: tokio_postgres::Error| {
            wrong(format!("is not a Postgres connection string: {}", describe(&error)))
        })?;
        ours.set_defaults(&mut config);
        let is_unix = |host: &Host| matches!(host, Host::Unix(_));
        let (some_unix, all_unix) = (config.get_hosts().iter().any(is_unix), config.get_hosts().iter().all(is_unix));
        match ours.encrypts {
            Some(true) if some_unix => {
                return Err(wrong("asks for TLS on a Unix socket, which has none: write sslmode=disable".into()));
            }
            None if some_unix && !all_unix => {
                return Err(wrong(
                    "names a Unix socket beside another host: write sslmode=disable, or one of them".into(),
                ));
            }
            None if some_unix => ours.encrypts = Some(false),
            _ => {}
        }
        let encrypts = ours.encrypts.unwrap_or(true);
        config.ssl_mode(if encrypts { SslMode::Require } else { SslMode::Disable });
        let roots = ours.roots.as_deref().filter(|file| *file != "system");
        let tls = encrypts.then(|| tls::client(roots, Some(ALPN))).transpose();
        let tls = tls.map_err(|error| wrong(format!("names sslrootcert: {error}")))?;
        let url = Self { text: text.to_owned(), config, tls: tls.map(MakeRustlsConnect::new) };
        let (hosts, ports) = (url.config.get_hosts().len(), url.config.get_ports().len());
        if hosts == 0 {
            return Err(wrong("names no host".into()));
        }
        if ports > 1 && ports != hosts {
            return Err(wrong(format!("names {hosts} hosts and {ports} ports: one port for all, or one for each")));
        }
        // An `@` in a host is the rest of a password whose own `@` was not encoded. Messages print hosts, so this must
        // be refused.
        if url.hosts().iter().any(|host| host.contains('@')) {
            return Err(wrong("has a second `@`: write an `@` in the password as %40".into()));
        }
        Ok(url)
    }

    /// Whether the other has the same text.
    pub(super) fn is_same_as(&self, other: &Self) -> bool {
        self.text == other.text
    }

    /// The host names, for messages.
    #[must_use]
    pub fn hosts(&self) -> Vec<String> {
        let host = |host: &Host| match host {
            Host::Tcp(name) => name.clone(),
            Host::Unix(path) => path.display().to_string(),
        };
        self.config.get_hosts().iter().map(host).collect()
    }

    /// Connects to one host after another, and to all addresses of each, until one accepts. The only time limit is
    /// `connect_timeout`, for the TCP handshake with one address.
    pub(super) async fn open(&self) -> Result<Opened, tokio_postgres::Error> {
        if let Some(tls) = &self.tls {
            let (client, connection) = self.config.connect(tls.clone()).await?;
            Ok((client, Box::pin(connection)))
        } else {
            let (client, connection) = self.config.connect(NoTls).await?;
            Ok((client, Box::pin(connection)))
        }
    }

    /// Opens one connection outside the pool, for work that is not a request. The limit is 15 seconds.
    pub async fn connect(&self) -> Result<Client, Fatal> {
        let hosts = self.hosts();
        let here = hosts.iter().all(|host| ["localhost", "127.0.0.1", "::1"].contains(&host.as_str()));
        let hint = if here && self.tls.is_some() { " (a server on this machine may want sslmode=disable)" } else { "" };
        let cause = match timeout(CONNECT, self.open()).await {
            Ok(Ok((client, connection))) => {
                // If the connection breaks, its running statements report the error, so it is not needed here.
                tokio::spawn(connection);
                return Ok(client);
            }
            Ok(Err(error)) => describe(&error),
            Err(_) => format!("no answer in {CONNECT:?}"),
        };
        Err(Fatal::new(format!("the database at {} cannot be reached: {cause}{hint}", hosts.join(", "))))
    }
}

/// Finds the URL in what people paste: in quotes, with a new line at the end, or as the whole `psql` command that a
/// provider's console shows. The error is a sentence without its subject, and contains no password.
fn pasted(text: &str) -> Result<&str, String> {
    let url = unquoted(text);
    let url = url.strip_prefix("psql ").map_or(url, unquoted);
    let (scheme, _) = url.split_once("://").unwrap_or_default();
    match scheme {
        "postgres" | "postgresql" => Ok(url),
        // SQLAlchemy, Django and Java write it in this way.
        _ if scheme.starts_with("postgresql+") || scheme.starts_with("postgres+") || scheme == "jdbc:postgresql" => {
            Err(format!("begins with {scheme}://, which is another client's: write postgresql:// instead"))
        }
        _ => Err("is not a Postgres connection string: postgresql://USER:PASSWORD@HOST/DATABASE".into()),
    }
}

/// Parameters that the driver reads itself.
const KNOWN: [&str; 14] = [
    "application_name",
    "channel_binding",
    "connect_timeout",
    "dbname",
    "host",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "options",
    "password",
    "port",
    "sslnegotiation",
    "user",
];

/// The parameters that the driver does not know or reads in another way than libpq, and the names of the others that
/// are set.
#[derive(Default)]
struct Parameters<'a> {
    encrypts: Option<bool>,
    roots: Option<Cow<'a, str>>,
    user_timeout: Option<Duration>,
    others: Vec<&'a str>,
}

impl<'a> Parameters<'a> {
    /// Takes these parameters out of the URL. The error is a sentence without its subject.
    fn take(url: &'a str) -> Result<(String, Self), String> {
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        if query.contains('@') {
            return Err("has a `?` before an `@`: write a `?` in the password as %3F".into());
        }
        let (mut ours, mut rest, mut unknown) = (Self::default(), Vec::new(), Vec::new());
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match name {
                "sslmode" => ours.encrypts = Some(encrypts(value)?),
                "sslrootcert" => ours.roots = Some(percent_decode_str(value).decode_utf8_lossy()),
                "tcp_user_timeout" => ours.user_timeout = Some(milliseconds(name, value)?),
                "require_auth" => {
                    return Err(
                        "has a require_auth, which is not supported: write channel_binding=require, which allows only \
                                SCRAM, or take it out"
                            .into(),
                    );
                }
                "target_session_attrs" if value == "any" => {}
                "load_balance_hosts" if value == "disable" => {}
                "hostaddr" | "target_session_attrs" | "load_balance_hosts" => {
                    return Err(format!("has a {name}, which is not supported: take it out"));
                }
                // libpq's name for what the driver calls `keepalives_retries`.
                "keepalives_count" => {
                    ours.others.push("keepalives_retries");
                    rest.push(Cow::from(format!("keepalives_retries={value}")));
                }
                _ if KNOWN.contains(&name) => {
                    ours.others.push(name);
                    rest.push(Cow::from(pair));
                }
                _ => unknown.push(name),
            }
        }
        if !unknown.is_empty() {
            let names = unknown.join(", ");
            return Err(format!(
                "has parameters that only other clients know: take out {names} (the variable DB_POOL_SIZE sets the \
                 size of the pool)"
            ));
        }
        Ok((format!("{base}?{}", rest.join("&")), ours))
    }

    fn lacks(&self, name: &str) -> bool {
        !self.others.contains(&name)
    }

    /// Sets the defaults of parameters that the URL does not set.
    fn set_defaults(&self, config: &mut Config) {
        let user_timeout = self.user_timeout.unwrap_or(UNACKNOWLEDGED);
        if !user_timeout.is_zero() {
            config.tcp_user_timeout(user_timeout); // 0 means the system's default
        }
        if self.lacks("application_name") {
            config.application_name("task-api");
        }
        if self.lacks("connect_timeout") {
            config.connect_timeout(TCP);
        }
        if self.lacks("keepalives_idle") {
            config.keepalives_idle(KEEPALIVE_IDLE);
        }
        if self.lacks("keepalives_interval") {
            config.keepalives_interval(KEEPALIVE_INTERVAL);
        }
        if self.lacks("keepalives_retries") {
            config.keepalives_retries(KEEPALIVE_RETRIES);
        }
    }
}

fn milliseconds(name: &str, value: &str) -> Result<Duration, String> {
    let number = value.parse().map_err(|_| format!("has a {name} that is not a number of milliseconds"))?;
    Ok(Duration::from_millis(number))
}

fn encrypts(mode: &str) -> Result<bool, String> {
    match mode {
        "require" | "verify-ca" | "verify-full" => Ok(true),
        "disable" => Ok(false),
        "prefer" | "allow" => Err(format!(
            "says sslmode={mode}, which anyone on the wire can turn into no encryption: write sslmode=require, or \
             sslmode=disable for a server on this machine"
        )),
        _ => Err("has an unknown sslmode: write require, verify-ca, verify-full or disable".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(parameters: &str) -> Result<DatabaseUrl, String> {
        let url = format!("postgresql://ann:p%40ss@db.example/tasks{parameters}");
        DatabaseUrl::parse("DATABASE_URL", &url).map_err(|error| error.to_string())
    }

    #[test]
    fn every_sslmode_is_given_its_meaning_or_refused_by_name() {
        for (parameters, encrypts) in [
            ("", true),
            ("?sslmode=require", true),
            ("?sslmode=verify-ca", true),
            ("?sslmode=verify-full&channel_binding=require&sslnegotiation=direct", true),
            ("?sslmode=verify-full&sslrootcert=system", true),
            ("?connect_timeout=3&sslmode=disable", false),
        ] {
            let url = parse(parameters).unwrap();
            assert_eq!(url.tls.is_some(), encrypts, "{parameters}");
            assert_eq!(url.config.get_ssl_mode() == SslMode::Require, encrypts, "{parameters}");
        }
        for mode in ["prefer", "allow"] {
            let error = parse(&format!("?sslmode={mode}")).err().unwrap();
            assert!(error.contains(mode) && error.contains("sslmode=require"), "{error}");
        }
        for mode in ["", "Require", "verify", "no-verify"] {
            assert!(parse(&format!("?sslmode={mode}")).err().unwrap().contains("verify-full"), "{mode}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_url_is_told_without_what_it_says() {
        for (url, expected) in [
            ("mysql://ann:hunter2@db.example/tasks", "is not a Postgres connection string"),
            ("host=db.example password=hunter2", "is not a Postgres connection string"),
            (
                "postgres://ann:hunter2@db.example/tasks?pgbouncer=true&connection_limit=1&sslmode=require&pool_timeout=0",
                "take out pgbouncer, connection_limit, pool_timeout",
            ),
            ("postgresql+asyncpg://ann:hunter2@db.example/tasks", "begins with postgresql+asyncpg://"),
            ("postgres+psycopg2://ann:hunter2@db.example/tasks", "begins with postgres+psycopg2://"),
            ("jdbc:postgresql://db.example/tasks?user=ann&password=hunter2", "begins with jdbc:postgresql://"),
            ("psql -h db.example hunter2", "is not a Postgres connection string"),
            ("postgres://ann:hun@ter2@db.example/tasks", "has a second `@`"),
            ("postgres://ann:p?sslmode=disable&hunter2@db.example/tasks", "as %3F"),
            ("postgres://ann:hunter2@db.example/tasks?tcp_user_timeout=2s", "tcp_user_timeout"),
            ("postgres://ann:hunter2@%2Fvar%2Frun/tasks?sslmode=require", "Unix socket"),
            ("postgres://ann:hunter2@%2Fvar%2Frun,db.example/tasks", "Unix socket beside another host"),
            ("postgres://ann:hunter2@one.example:1,two.example:2,three.example/tasks?port=1,2", "ports"),
            ("postgres://ann:hunter2@/tasks", "names no host"),
            ("postgres://ann:hunter2@db.example/tasks?require_auth=scram-sha-256", "channel_binding=require"),
            ("postgres://ann:hunter2@db.example/tasks?target_session_attrs=read-write", "target_session_attrs"),
            ("postgres://ann:hunter2@db.example/tasks?sslrootcert=/nowhere.pem", "/nowhere.pem cannot be read"),
            ("postgres://ann:hunter2@db.example/tasks?sslrootcert=/dev/null", "/dev/null are none"),
        ] {
            let error = DatabaseUrl::parse("DATABASE_URL", url).err().unwrap().to_string();
            assert!(error.starts_with("DATABASE_URL ") && error.contains(expected), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_url_is_taken_as_people_paste_it() {
        const URL: &str = "postgresql://ann:p%40ss@db.example/tasks?sslmode=require";
        for pasted in [
            format!("{URL}\n"),
            format!(" {URL}\r\n"),
            format!("\"{URL}\""),
            format!("'{URL}'\n"),
            format!("psql '{URL}'"),
            format!("psql \"{URL}\"\n"),
            format!("psql {URL}"),
        ] {
            let url = DatabaseUrl::parse("DATABASE_URL", &pasted).map_err(|error| error.to_string()).unwrap();
            assert_eq!(
                (url.hosts(), url.config.get_dbname()),
                (vec!["db.example".to_owned()], Some("tasks")),
                "{pasted}"
            );
            assert!(url.is_same_as(&DatabaseUrl::parse("DATABASE_URL", URL).ok().unwrap()), "{pasted}");
        }
    }

    #[test]
    fn what_the_url_says_of_time_outs_goes_before_the_defaults() {
        let said =
            "?tcp_user_timeout=7000&keepalives_idle=77&keepalives_count=5&application_name=mine&connect_timeout=9";
        let config = parse(said).unwrap().config;
        assert_eq!(config.get_tcp_user_timeout(), Some(&Duration::from_secs(7)), "libpq counts milliseconds");
        assert_eq!(config.get_keepalives_idle(), Duration::from_secs(77));
        assert_eq!(config.get_keepalives_interval(), Some(KEEPALIVE_INTERVAL));
        assert_eq!(config.get_keepalives_retries(), Some(5));
        assert_eq!(config.get_application_name(), Some("mine"));
        assert_eq!(config.get_connect_timeout(), Some(&Duration::from_secs(9)));
        assert_eq!(parse("?tcp_user_timeout=0").unwrap().config.get_tcp_user_timeout(), None, "the system's own");
        let config = parse("").unwrap().config;
        assert_eq!(config.get_tcp_user_timeout(), Some(&UNACKNOWLEDGED));
        assert_eq!(config.get_keepalives_idle(), KEEPALIVE_IDLE);
    }
}
