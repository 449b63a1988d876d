//! What is set from outside: every environment variable that the functions read, each on its field.

use std::{env, fmt};

use crate::db::DatabaseUrl;

/// The shortest shared secret: HS256 wants a key at least as long as its hash (RFC 7518 §3.2).
const SECRET_BYTES: usize = 32;

/// The settings of a function that serves tasks. (`health` has none.)
pub struct Config {
    /// `DATABASE_URL`: where the tasks are; on Neon the pooled host.
    pub database: DatabaseUrl,
    /// `JWT_SECRET`, else `BETTER_AUTH_SECRET`: the secret that signs the callers' tokens (HS256), 32 bytes or more.
    pub secret: String,
}

impl Config {
    /// Reads the environment. What is missing or wrong is named.
    pub fn from_env() -> Result<Self, Fatal> {
        Ok(Self { database: DatabaseUrl::parse("DATABASE_URL", &required("DATABASE_URL")?)?, secret: secret()? })
    }
}

/// There is no fallback to a generated secret: each Lambda environment would make its own and refuse the tokens of
/// all users. (`make dev` generates one, once, for all functions.)
fn secret() -> Result<String, Fatal> {
    let (name, secret) = ["JWT_SECRET", "BETTER_AUTH_SECRET"]
        .into_iter()
        .find_map(|name| optional(name).map(|secret| (name, secret)))
        .ok_or_else(|| {
            Fatal::new("JWT_SECRET is not set: give it the secret that signs your users' tokens, 32 bytes or more")
        })?;
    if secret.len() < SECRET_BYTES {
        return Err(Fatal::new(format!(
            "{name} has {} bytes and needs {SECRET_BYTES} or more: `openssl rand -base64 48` makes one",
            secret.len()
        )));
    }
    Ok(secret)
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
