//! Why the database has not done what it was asked, and whether another try may help.

use std::error::Error as _;

use tokio_postgres::error::SqlState;

use crate::tls;

/// Why an operation was not done. The text is the cause, for the log: it holds no value of anybody's.
#[derive(Debug)]
pub enum Error {
    /// The database cannot be reached, is too slow, or this release's operations are not there: worth another try later.
    Unavailable(String),
    /// The database does not let us in, and will not until somebody has mended the settings.
    Refused(String),
    /// A defect of ours.
    Defect(String),
}

impl Error {
    /// What went wrong.
    #[must_use]
    pub fn cause(&self) -> &str {
        match self {
            Self::Unavailable(cause) | Self::Refused(cause) | Self::Defect(cause) => cause,
        }
    }
}

/// Why a try has failed.
pub(super) enum Failure {
    /// Another try may get past it.
    Passing(String),
    /// Another try will not.
    Final(Error),
}

pub(super) fn passing(cause: impl Into<String>) -> Failure {
    Failure::Passing(cause.into())
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Passing(cause) => Self::Unavailable(cause),
            Failure::Final(error) => error,
        }
    }
}

impl Failure {
    /// What a server or a pooler says while it lets nobody in is nearly always that it is waking up or full, and what
    /// breaks on the way there may hold the next time. The rest will be the same in a second: that it does not know the
    /// login (class 28) or the database (3D), that its certificate is not believed, or that the two cannot agree on how
    /// we prove who we are.
    pub(super) fn of_opening(error: &tokio_postgres::Error) -> Self {
        let refuses = match error.code() {
            Some(state) => is_refusal(state),
            None => !(error.is_closed() || is_io(error)) || tls::is_distrust(error),
        };
        let cause = describe(error);
        if refuses { Self::Final(Error::Refused(cause)) } else { Self::Passing(cause) }
    }

    pub(super) fn of_call(error: &tokio_postgres::Error) -> Self {
        let cause = describe(error);
        match error.code() {
            Some(state) if is_of(state, MISSING) => {
                Self::Passing(format!("{cause} (`migrate` of this release installs its operations)"))
            }
            Some(state) if is_of(state, PASSING) || is_of(state, SESSION) => Self::Passing(cause),
            None if error.is_closed() || is_io(error) => Self::Passing(cause),
            _ => Self::Final(Error::Defect(cause)),
        }
    }
}

/// What another try may get past, by the states and classes of the
/// [Postgres manual](https://www.postgresql.org/docs/current/errcodes-appendix.html): 08 connection, 53300 too many of
/// them, 57 shut down, starting up or cancelled; serialization failure and deadlock; a lock or a transaction that ran out
/// of time. (25P02 and 25P03 are what a pooler may pass on of a transaction that it has lost track of.)
const PASSING: &[&str] = &["08", "53300", "57", "40001", "40P01", "55P03", "25P03", "25P04", "25P02"];

/// What another client of the pooler may have left in the session, and what cannot be mended from inside a call: another
/// mode of transactions (25001), transactions that only read (25006, as on a server that is no primary any more), a
/// time-out that is too short (57014), another role, which may not call the operations (42501). Another connection may
/// lead to another session, or server.
const SESSION: &[&str] = &["25001", "25006", "57014", "42501"];

/// No such schema, function, relation or type: this release's operations have not been installed yet, or were dropped
/// under a call that ran.
const MISSING: &[&str] = &["3F000", "42883", "42P01", "42704"];

/// Whether the session is to blame, and the connection is not to be used again.
pub(super) fn is_of_session(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|state| is_of(state, SESSION))
}

/// Whether the login, its password or the database is not known.
pub(super) fn is_refusal(state: &SqlState) -> bool {
    is_of(state, &["28", "3D"])
}

/// Whether a state is one of those, or of one of those classes.
fn is_of(state: &SqlState, states: &[&str]) -> bool {
    states.iter().any(|prefix| state.code().starts_with(prefix))
}

/// Whether the network is to blame.
fn is_io(error: &tokio_postgres::Error) -> bool {
    error.source().is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}

/// The error as the log may have it: never the DETAIL, which repeats the row, nor the text of a data exception (class
/// 22), which repeats the value. (A setting that is refused is of that class, too, and is ours.)
#[must_use]
pub fn describe(error: &tokio_postgres::Error) -> String {
    let Some(db) = error.as_db_error() else {
        return error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}"));
    };
    let repeats_a_value = is_of(db.code(), &["22"]) && *db.code() != SqlState::INVALID_PARAMETER_VALUE;
    format!("{} {}", db.code().code(), if repeats_a_value { "(data exception)" } else { db.message() })
}
