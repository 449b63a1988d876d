//! What is recorded about a request while it is served.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use ring::hmac;

use crate::settings::{Fatal, Settings};

/// The record of one request, for its line in the log, its metrics and its trace.
#[derive(Debug)]
pub(crate) struct Record {
    began: Instant,
    owner: OnceLock<String>,
    attempts: AtomicU32,
    first_attempt: OnceLock<(SystemTime, Instant)>,
    end: OnceLock<Instant>,
}

/// A request's time at the database: from the beginning of the first attempt to the end of the last one, with the
/// pauses between them. A request makes one call, with one or more attempts.
pub(super) struct DatabaseTime {
    pub(super) began: SystemTime,
    pub(super) duration: Duration,
    pub(super) attempts: u32,
}

impl Default for Record {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            owner: OnceLock::new(),
            attempts: AtomicU32::new(0),
            first_attempt: OnceLock::new(),
            end: OnceLock::new(),
        }
    }
}

impl Record {
    /// Notes that an attempt begins.
    pub(crate) fn begin_attempt(&self) {
        self.first_attempt.get_or_init(|| (SystemTime::now(), Instant::now()));
        self.attempts.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes that the last attempt has ended.
    pub(crate) fn end_attempts(&self) {
        self.end.get_or_init(Instant::now);
    }

    /// Notes whose request this is. Only a hash of the user's id is kept.
    pub(crate) fn set_owner(&self, user: &str, pepper: &Pepper) {
        self.owner.get_or_init(|| pepper.hash(user));
    }

    pub(super) fn duration(&self) -> Duration {
        self.began.elapsed()
    }

    pub(super) fn owner(&self) -> Option<&str> {
        self.owner.get().map(String::as_str)
    }

    pub(super) fn database(&self) -> Option<DatabaseTime> {
        let (began, first_attempt) = *self.first_attempt.get()?;
        let end = self.end.get().copied().unwrap_or_else(Instant::now);
        Some(DatabaseTime { began, duration: end - first_attempt, attempts: self.attempts.load(Ordering::Relaxed) })
    }
}

/// Hashes a user's id for the log, with a secret. A user always gets the same hash, and without the secret nobody can
/// tell whose it is.
pub(crate) struct Pepper(hmac::Key);

/// The shortest pepper, in bytes. With a shorter one, an attacker could find ids such as e-mail addresses by trying
/// them out.
const PEPPER_BYTES: usize = 32;

impl Pepper {
    /// `LOG_OWNER_PEPPER`: a secret of 32 bytes or more. If it is set, each line of the log has the hash of its user in
    /// the field `owner`. If it is not set, the log does not say which user a line is about.
    pub(crate) fn from_settings(settings: &Settings) -> Result<Option<Self>, Fatal> {
        const VARIABLE: &str = "LOG_OWNER_PEPPER";
        settings.optional(VARIABLE).map(|text| Self::new(VARIABLE, &text)).transpose()
    }

    /// `variable` is where the pepper came from, for the error.
    fn new(variable: &str, pepper: &str) -> Result<Self, Fatal> {
        if pepper.len() < PEPPER_BYTES {
            return Err(Fatal::new(format!(
                "{variable} has {} bytes and needs {PEPPER_BYTES} or more: `openssl rand -base64 48` makes one",
                pepper.len()
            )));
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, pepper.as_bytes())))
    }

    /// The first 64 bits of the hash, which are enough to tell the users of one service apart.
    fn hash(&self, user: &str) -> String {
        let tag = hmac::sign(&self.0, user.as_bytes());
        let first = tag.as_ref().first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
        format!("{first:016x}")
    }
}

#[cfg(test)]
mod tests {
    use super::Pepper;

    /// scripts/owner.py computes the same hashes, and its test has the same examples.
    #[test]
    fn the_hash_of_a_user_is_the_one_that_the_runbooks_script_finds() {
        let pepper = Pepper::new("LOG_OWNER_PEPPER", "a pepper of 32 bytes or even more").unwrap();
        assert_eq!(pepper.hash("alice"), "d8aba90e63b39116");
        assert_eq!(pepper.hash("bob"), "7eb69962bbf4e3e8");
    }
}
