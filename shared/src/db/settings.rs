//! How the database is reached.

use std::time::Duration;

use super::url::DatabaseUrl;
use crate::settings::{Fatal, Settings, optional};

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
    /// Reads them. What is missing or wrong is named.
    pub fn new(settings: &Settings) -> Result<Self, Fatal> {
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
