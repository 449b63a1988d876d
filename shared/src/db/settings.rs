//! The settings of the database.

use std::time::Duration;

use super::url::DatabaseUrl;
use crate::settings::{Fatal, Settings, optional};

/// The settings of the database. Variables that are times are in milliseconds.
pub struct DatabaseConfig {
    /// `DATABASE_URL`: where the tasks are. On Neon, use the pooled connection string.
    pub url: DatabaseUrl,
    /// `DB_POOL_SIZE`: how many connections an execution environment keeps, 1 to 10. The default is the number of
    /// requests that it serves at once: one, or on Managed Instances the value of `AWS_LAMBDA_MAX_CONCURRENCY`, at most
    /// 10.
    pub connections: usize,
    /// `DB_CONNECT_MS`: the limit for getting a connection, 100 to 25,000; the default is 5,000. It covers waiting for
    /// the pool, TCP, TLS, authentication and a compute that has to wake. Neon wakes in a few hundred milliseconds,
    /// rarely in seconds.
    pub connect_limit: Duration,
    /// `DB_TRY_MS`: the limit of one attempt at a call on an open connection, 100 to 25,000; the default is 3,000. A
    /// peer may accept what is sent and never answer. The retry then uses another connection. A call takes milliseconds
    /// if it does not wait for a lock.
    pub attempt_limit: Duration,
    /// `DB_PROBE_AFTER_MS`: after how long without use a connection is probed before it is used, 0 to 3,600,000; the
    /// default is 60,000. A probe costs a round trip. Servers and gateways drop idle connections after minutes.
    pub probe_after: Duration,
    /// `DB_PROBE_MS`: the limit of that probe, 50 to 25,000; the default is 1,000. A probe is one round trip, and the
    /// server has nothing else to do for it.
    pub probe_limit: Duration,
    /// `DB_MAX_AGE_MS`: the age at which a connection is replaced, 1,000 to 86,400,000; the default is 1,800,000 (half
    /// an hour). So connections leave a host that was replaced behind its name, and the server frees the memory of old
    /// sessions.
    pub max_age: Duration,
}

impl DatabaseConfig {
    /// Reads the settings. The error names a variable that is missing or wrong.
    pub fn new(settings: &Settings) -> Result<Self, Fatal> {
        Ok(Self {
            url: DatabaseUrl::parse("DATABASE_URL", &settings.required("DATABASE_URL")?)?,
            connections: connections(settings)?,
            connect_limit: settings.milliseconds("DB_CONNECT_MS", 5_000, 100..=25_000)?,
            attempt_limit: settings.milliseconds("DB_TRY_MS", 3_000, 100..=25_000)?,
            probe_limit: settings.milliseconds("DB_PROBE_MS", 1_000, 50..=25_000)?,
            probe_after: settings.milliseconds("DB_PROBE_AFTER_MS", 60_000, 0..=3_600_000)?,
            max_age: settings.milliseconds("DB_MAX_AGE_MS", 1_800_000, 1_000..=86_400_000)?,
        })
    }
}

/// The most connections of one execution environment. Postgres has a process for each connection, and there are many
/// execution environments.
const MAX_CONNECTIONS: u32 = 10;

fn connections(settings: &Settings) -> Result<usize, Fatal> {
    let at_once = optional("AWS_LAMBDA_MAX_CONCURRENCY").and_then(|number| number.parse().ok()).unwrap_or(1);
    let default = u32::clamp(at_once, 1, MAX_CONNECTIONS);
    Ok(settings.number("DB_POOL_SIZE", "", default, 1..=MAX_CONNECTIONS)? as usize)
}
