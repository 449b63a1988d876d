//! What is noted of a request while it is served.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use ring::hmac;

use crate::settings::{Fatal, Settings};

/// What happens to a request on its way, for those who look at it later.
#[derive(Debug)]
pub(crate) struct Record {
    began: Instant,
    owner: OnceLock<String>,
    tries: AtomicU32,
    asked: OnceLock<(SystemTime, Instant)>,
    answered: OnceLock<Instant>,
}

/// Its time at the database: from the first try's beginning to the last one's end, with what was waited in between. A
/// request makes one call, however often it is tried.
pub(super) struct DatabaseTime {
    pub(super) began: SystemTime,
    pub(super) duration: Duration,
    pub(super) tries: u32,
}

impl Default for Record {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            owner: OnceLock::new(),
            tries: AtomicU32::new(0),
            asked: OnceLock::new(),
            answered: OnceLock::new(),
        }
    }
}

impl Record {
    /// The database is asked, for the first time or once more.
    pub(crate) fn tries(&self) {
        self.asked.get_or_init(|| (SystemTime::now(), Instant::now()));
        self.tries.fetch_add(1, Ordering::Relaxed);
    }

    /// The database has answered, or is not asked any more.
    pub(crate) fn has_tried(&self) {
        self.answered.get_or_init(Instant::now);
    }

    /// It is this user's.
    pub(crate) fn is_of(&self, user: &str, pepper: &Pepper) {
        self.owner.get_or_init(|| pepper.hash(user));
    }

    pub(super) fn duration(&self) -> Duration {
        self.began.elapsed()
    }

    pub(super) fn owner(&self) -> Option<&str> {
        self.owner.get().map(String::as_str)
    }

    pub(super) fn database(&self) -> Option<DatabaseTime> {
        let (began, asked) = *self.asked.get()?;
        let answered = self.answered.get().copied().unwrap_or_else(Instant::now);
        Some(DatabaseTime { began, duration: answered - asked, tries: self.tries.load(Ordering::Relaxed) })
    }
}

/// Turns a user's id into a name for the log: the same for each of their requests, and nobody's without the pepper.
pub(crate) struct Pepper(hmac::Key);

/// The shortest, in bytes: with less, ids such as e-mail addresses can be tried out.
const PEPPER_BYTES: usize = 32;

impl Pepper {
    /// `LOG_OWNER_PEPPER`: a secret of 32 bytes or more. With it each line of the log names whose request it was, as a
    /// hash that only the secret can tie to a user; without it the lines say nothing of whom they are about.
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

    /// 64 bits: enough to tell the users of one service apart.
    fn hash(&self, user: &str) -> String {
        let tag = hmac::sign(&self.0, user.as_bytes());
        let first = tag.as_ref().first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
        format!("{first:016x}")
    }
}
