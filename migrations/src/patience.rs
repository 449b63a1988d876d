//! Who waits for the locks of others, and says so meanwhile.

use std::{fmt::Display, time::Duration};

use shared::settings::Fatal;
use tokio::time::sleep;
use tokio_postgres::error::SqlState;

/// Takes the lines for the person who looks on, as they come up.
pub type Tell<'a> = dyn FnMut(&str) + Send + 'a;

/// So often something is tried that does not get its locks in time, with [`pause`] in between.
pub(crate) const TRIES: u32 = 5;

/// How often something has been tried.
#[derive(Default)]
pub(crate) struct Patience {
    tries: u32,
}

impl Patience {
    /// What came of a try. Nothing, after a pause, where it did not get its locks in time and is to be tried again.
    pub(crate) async fn end<T>(
        &mut self,
        outcome: Result<T, Failure>,
        what: impl Display,
        tell: &mut Tell<'_>,
    ) -> Option<Result<T, Fatal>> {
        self.tries += 1;
        match outcome {
            Err(Failure::Contended(_)) if self.tries < TRIES => {
                let wait = pause(self.tries);
                tell(&format!("{what} did not get its locks in time: tried again in {wait:?}"));
                sleep(wait).await;
                None
            }
            outcome => Some(outcome.map_err(Failure::into_fatal)),
        }
    }
}

/// 1, 2, 4, … seconds: what holds the locks has gone on by then, or is no request.
fn pause(attempt: u32) -> Duration {
    Duration::from_secs(1 << (attempt - 1))
}

/// Whether somebody else has a lock that is needed.
pub(crate) fn is_contended(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|code| [SqlState::LOCK_NOT_AVAILABLE, SqlState::T_R_DEADLOCK_DETECTED].contains(code))
}

/// Why something was not done.
pub(crate) enum Failure {
    /// Somebody else has a lock that it needs: worth another try.
    Contended(Fatal),
    Final(Fatal),
}

impl Failure {
    pub(crate) fn of(cause: Option<&tokio_postgres::Error>, message: Fatal) -> Self {
        if cause.is_some_and(is_contended) { Self::Contended(message) } else { Self::Final(message) }
    }

    pub(crate) fn into_fatal(self) -> Fatal {
        match self {
            Self::Contended(fatal) => Fatal::new(format!("{fatal} (tried {TRIES} times)")),
            Self::Final(fatal) => fatal,
        }
    }
}

impl From<Fatal> for Failure {
    fn from(fatal: Fatal) -> Self {
        Self::Final(fatal)
    }
}
