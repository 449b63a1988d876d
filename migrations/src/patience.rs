//! Retries when somebody else holds a lock, and messages about it.

use std::{fmt::Display, time::Duration};

use shared::settings::Fatal;
use tokio::time::sleep;
use tokio_postgres::error::SqlState;

/// Receives each line of progress, for the person who runs the command.
pub type Tell<'a> = dyn FnMut(&str) + Send + 'a;

/// How many attempts something gets if it does not get its locks in time, with a [`pause`] between them.
pub(crate) const ATTEMPTS: u32 = 5;

/// Counts the attempts.
#[derive(Default)]
pub(crate) struct Patience {
    attempts: u32,
}

impl Patience {
    /// The result of an attempt. If the attempt did not get its locks in time and there may be another one, this waits
    /// and returns `None`.
    pub(crate) async fn end<T>(
        &mut self,
        outcome: Result<T, Failure>,
        what: impl Display,
        tell: &mut Tell<'_>,
    ) -> Option<Result<T, Fatal>> {
        self.attempts += 1;
        match outcome {
            Err(Failure::Contended(_)) if self.attempts < ATTEMPTS => {
                let wait = pause(self.attempts);
                tell(&format!("{what} did not get its locks in time: next attempt in {wait:?}"));
                sleep(wait).await;
                None
            }
            outcome => Some(outcome.map_err(Failure::into_fatal)),
        }
    }
}

/// 1, 2, 4, … seconds. A request does not hold its locks that long.
fn pause(attempt: u32) -> Duration {
    Duration::from_secs(1 << (attempt - 1))
}

/// Whether somebody else held a lock that was needed.
pub(crate) fn is_contended(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|code| [SqlState::LOCK_NOT_AVAILABLE, SqlState::T_R_DEADLOCK_DETECTED].contains(code))
}

/// Why an attempt failed.
pub(crate) enum Failure {
    /// Somebody else holds a lock that it needs, so another attempt makes sense.
    Contended(Fatal),
    Final(Fatal),
}

impl Failure {
    pub(crate) fn of(cause: Option<&tokio_postgres::Error>, message: Fatal) -> Self {
        if cause.is_some_and(is_contended) { Self::Contended(message) } else { Self::Final(message) }
    }

    pub(crate) fn into_fatal(self) -> Fatal {
        match self {
            Self::Contended(fatal) => Fatal::new(format!("{fatal} ({ATTEMPTS} attempts)")),
            Self::Final(fatal) => fatal,
        }
    }
}

impl From<Fatal> for Failure {
    fn from(fatal: Fatal) -> Self {
        Self::Final(fatal)
    }
}
