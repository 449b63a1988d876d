//! What is set from outside: every variable that the functions read, each on its field.

use std::{collections::BTreeMap, env, fmt, ops::RangeInclusive, sync::Arc, time::Duration};

use crate::{
    auth::{Jwks, JwksUrl, Policy},
    db::DatabaseUrl,
    telemetry::Pepper,
};

/// The shortest shared secret, in bytes: HS256 wants a key at least as long as its hash (RFC 7518 §3.2).
const SECRET_BYTES: usize = 32;

/// Where the variables are: in the environment, and where it has none of a name, among the parameters of Parameter Store
/// (secrets.rs).
#[derive(Default)]
pub struct Settings {
    parameters: BTreeMap<String, String>,
}

impl Settings {
    pub(crate) fn with_parameters(parameters: BTreeMap<String, String>) -> Self {
        Self { parameters }
    }

    fn optional(&self, name: &str) -> Option<String> {
        optional(name).or_else(|| self.parameters.get(name).cloned())
    }

    fn required(&self, name: &str) -> Result<String, Fatal> {
        self.optional(name).ok_or_else(|| Fatal::new(format!("{name} is not set")))
    }

    /// The values of a variable that may have several, separated by commas.
    fn list(&self, name: &str) -> Vec<String> {
        let values = self.optional(name).unwrap_or_default();
        values.split(',').map(str::trim).filter(|value| !value.is_empty()).map(ToOwned::to_owned).collect()
    }

    fn seconds(&self, name: &str, default: u32, range: RangeInclusive<u32>) -> Result<u32, Fatal> {
        self.number(name, " of seconds", default, range)
    }

    fn milliseconds(&self, name: &str, default: u32, range: RangeInclusive<u32>) -> Result<Duration, Fatal> {
        Ok(Duration::from_millis(self.number(name, " of milliseconds", default, range)?.into()))
    }

    fn number(&self, name: &str, unit: &str, default: u32, range: RangeInclusive<u32>) -> Result<u32, Fatal> {
        let Some(text) = self.optional(name) else { return Ok(default) };
        text.parse().ok().filter(|number| range.contains(number)).ok_or_else(|| {
            let (least, most) = (range.start(), range.end());
            Fatal::new(format!("{name} is {text:?} and must be a whole number{unit} from {least} to {most}"))
        })
    }
}

/// The settings of a function that serves tasks. (`health` has none.)
pub struct Config {
    /// How the database is reached.
    pub database: DatabaseConfig,
    /// Which tokens are taken.
    pub tokens: TokenConfig,
    /// How long a request may take.
    pub time: TimeConfig,
    /// `LOG_OWNER_PEPPER`: a secret of 32 bytes or more. With it each line of the log names whose request it was, as a
    /// hash that only the secret can tie to a user; without it the lines say nothing of whom they are about.
    pub(crate) pepper: Option<Pepper>,
}

impl Config {
    /// Reads the settings. What is missing or wrong is named.
    pub(crate) fn new(settings: &Settings, issuer: Option<Arc<Jwks>>) -> Result<Self, Fatal> {
        Ok(Self {
            database: DatabaseConfig::new(settings)?,
            tokens: TokenConfig::new(settings, issuer)?,
            time: TimeConfig::new(settings)?,
            pepper: settings
                .optional("LOG_OWNER_PEPPER")
                .map(|text| Pepper::new("LOG_OWNER_PEPPER", &text))
                .transpose()?,
        })
    }
}

/// How long a request may take. The variables are in milliseconds.
#[derive(Clone, Copy)]
pub struct TimeConfig {
    /// `REQUEST_BUDGET_MS`: after how long the client gets its 503, 500 to 25,000; 8,000 if unset. Enough for a compute
    /// that wakes in 3 s, with a try before and one after; more would only fill every environment with requests that
    /// wait, and each of them is paid for by the millisecond. The gateway gives up after 30 s.
    pub budget: Duration,
    /// `REQUEST_MARGIN_MS`: how much earlier than the invocation's end, which Lambda names with each, 50 to 5,000; 500
    /// if unset: what the answer takes to leave, also at a small function's share of a processor.
    pub margin: Duration,
}

impl TimeConfig {
    fn new(settings: &Settings) -> Result<Self, Fatal> {
        Ok(Self {
            budget: settings.milliseconds("REQUEST_BUDGET_MS", 8_000, 500..=25_000)?,
            margin: settings.milliseconds("REQUEST_MARGIN_MS", 500, 50..=5_000)?,
        })
    }
}

/// How the database is reached. The variables of times are in milliseconds.
pub struct DatabaseConfig {
    /// `DATABASE_URL`: where the tasks are; on Neon the pooled host.
    pub url: DatabaseUrl,
    /// `DB_POOL_SIZE`: how many connections an environment keeps, 1 to 10. If unset, as many as Lambda has it serve
    /// requests at once: one, and on Managed Instances what `AWS_LAMBDA_MAX_CONCURRENCY` says, at most 10.
    pub connections: usize,
    /// `DB_CONNECT_MS`: for a connection as a whole: waiting for one, TCP, TLS, authentication and a compute that has to
    /// wake, 100 to 25,000; 5,000 if unset. Neon wakes in a few hundred milliseconds, and rarely in seconds.
    pub connect_limit: Duration,
    /// `DB_TRY_MS`: for one try of a call on an open connection, 100 to 25,000; 3,000 if unset. A peer may take what is
    /// sent and never answer; the next try goes to another. A call takes milliseconds where none waits for a lock.
    pub try_limit: Duration,
    /// `DB_PROBE_AFTER_MS`: how long a connection may go unused before it is asked for a sign of life, which costs a
    /// round trip, 0 to 3,600,000; 60,000 if unset. Whatever lies between drops a connection after minutes.
    pub probe_after: Duration,
    /// `DB_PROBE_MS`: for that sign of life, 50 to 25,000; 1,000 if unset. It is one round trip to a server that has
    /// nothing else to do for us.
    pub probe_limit: Duration,
    /// `DB_MAX_AGE_MS`: after how long a connection is replaced, 1,000 to 86,400,000; 1,800,000 (half an hour) if unset,
    /// so that a host that has been replaced behind its name is left, and a server's memory for a session is freed.
    pub max_age: Duration,
}

impl DatabaseConfig {
    fn new(settings: &Settings) -> Result<Self, Fatal> {
        Ok(Self {
            url: DatabaseUrl::parse("DATABASE_URL", &settings.required("DATABASE_URL")?)?,
            connections: connections(settings)?,
            connect_limit: settings.milliseconds("DB_CONNECT_MS", 5_000, 100..=25_000)?,
            try_limit: settings.milliseconds("DB_TRY_MS", 3_000, 100..=25_000)?,
            probe_limit: settings.milliseconds("DB_PROBE_MS", 1_000, 50..=25_000)?,
            probe_after: settings.milliseconds("DB_PROBE_AFTER_MS", 60_000, 0..=3_600_000)?,
            max_age: settings.milliseconds("DB_MAX_AGE_MS", 1_800_000, 1_000..=86_400_000)?,
        })
    }
}

/// The most connections of one environment. Postgres has a process for each, and there are many environments.
const MOST_CONNECTIONS: u32 = 10;

fn connections(settings: &Settings) -> Result<usize, Fatal> {
    let at_once = optional("AWS_LAMBDA_MAX_CONCURRENCY").and_then(|number| number.parse().ok()).unwrap_or(1);
    let default = u32::clamp(at_once, 1, MOST_CONNECTIONS);
    Ok(settings.number("DB_POOL_SIZE", "", default, 1..=MOST_CONNECTIONS)? as usize)
}

/// Which tokens are taken. At least one of the sources of keys is set.
pub struct TokenConfig {
    /// `JWT_SECRET` (else `BETTER_AUTH_SECRET`) and `JWT_SECRET_PREVIOUS`: shared secrets for HS256, HS384 and HS512,
    /// of 32 bytes or more. With two, tokens of either are taken, while a new one is brought in.
    pub secrets: Vec<String>,
    /// `JWKS`: an issuer's public keys as JSON. They are fixed: nothing is fetched.
    pub jwks: Option<String>,
    /// Who publishes their keys.
    pub issuer: Option<Arc<Jwks>>,
    /// `JWT_ISSUER` and `JWT_AUDIENCE` (several by commas), `JWT_USER_CLAIM` (`sub` if unset), `JWT_AUDIENCE_CLAIM`
    /// (`aud` if unset), and `JWT_LEEWAY`: how far an issuer's clock may be off, in seconds, 0 to 300; 30 if unset.
    pub policy: Policy,
}

impl TokenConfig {
    fn new(settings: &Settings, issuer: Option<Arc<Jwks>>) -> Result<Self, Fatal> {
        let config = Self {
            secrets: secrets(settings)?,
            jwks: settings.optional("JWKS"),
            issuer,
            policy: Policy {
                issuers: settings.list("JWT_ISSUER"),
                audiences: settings.list("JWT_AUDIENCE"),
                audience_claim: settings.optional("JWT_AUDIENCE_CLAIM").unwrap_or_else(|| "aud".into()),
                user_claim: settings.optional("JWT_USER_CLAIM").unwrap_or_else(|| "sub".into()),
                leeway: settings.seconds("JWT_LEEWAY", 30, 0..=300)?,
            },
        };
        if config.secrets.is_empty() && config.jwks.is_none() && config.issuer.is_none() {
            return Err(Fatal::new(
                "JWT_SECRET is not set, nor JWKS_URL or JWKS: name the secret or the keys that sign your users' tokens",
            ));
        }
        Ok(config)
    }
}

/// The issuer whose keys are fetched; of the environment alone, because it is no secret and is asked while the secrets
/// are.
///
/// `JWKS_URL`: where it publishes them. `JWKS_MAX_AGE`: how long fetched keys are used before they are fetched again, in
/// seconds, 30 to 86,400; 600 if unset. A key that the issuer withdraws is taken for so long at the most, unless the
/// issuer cannot be reached.
pub(crate) fn issuer() -> Result<Option<Jwks>, Fatal> {
    let max_age = Settings::default().seconds("JWKS_MAX_AGE", 600, 30..=86_400)?;
    let url = optional("JWKS_URL").map(|url| JwksUrl::parse("JWKS_URL", &url)).transpose()?;
    Ok(url.map(|url| Jwks::new(url, Duration::from_secs(max_age.into()))))
}

/// There is no fallback to a generated secret: each Lambda environment would make its own and refuse the tokens of
/// all users. (`make dev` generates one, once, for all functions.)
fn secrets(settings: &Settings) -> Result<Vec<String>, Fatal> {
    let current = ["JWT_SECRET", "BETTER_AUTH_SECRET"].into_iter().find(|name| settings.optional(name).is_some());
    let mut secrets = Vec::new();
    for name in current.into_iter().chain(["JWT_SECRET_PREVIOUS"]) {
        let Some(secret) = settings.optional(name) else { continue };
        if secret.len() < SECRET_BYTES {
            return Err(Fatal::new(format!(
                "{name} has {} bytes and needs {SECRET_BYTES} or more: `openssl rand -base64 48` makes one",
                secret.len()
            )));
        }
        secrets.push(secret);
    }
    Ok(secrets)
}

/// The value of a variable that must be set.
pub fn required(name: &str) -> Result<String, Fatal> {
    optional(name).ok_or_else(|| Fatal::new(format!("{name} is not set")))
}

/// The value of a variable; an empty one counts as absent, since templates pass those on.
#[must_use]
pub fn optional(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// Why a program cannot start: a sentence for the person who started it, without secrets.
pub struct Fatal(String);

impl Fatal {
    /// `message` says what is wrong and what to do.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for Fatal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The same as [`fmt::Display`], because `main` prints its error by `Debug`.
impl fmt::Debug for Fatal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Fatal {}
