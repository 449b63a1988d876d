//! Why a call failed, and whether a retry may help.

use std::error::Error as _;

use tokio_postgres::error::SqlState;

use crate::tls;

/// Why a call failed. The text is the cause, for the log: it contains no values of users.
#[derive(Debug)]
pub enum Error {
    /// The database cannot be reached, is too slow, or lacks the SQL functions of this version. A later retry may help.
    Unavailable(String),
    /// The database refuses the connection, and will refuse it until somebody corrects the settings.
    Refused(String),
    /// A defect in our code.
    Defect(String),
}

impl Error {
    /// The cause, for the log.
    #[must_use]
    pub fn cause(&self) -> &str {
        match self {
            Self::Unavailable(cause) | Self::Refused(cause) | Self::Defect(cause) => cause,
        }
    }
}

/// Why an attempt failed.
pub(super) enum Failure {
    /// A retry may succeed.
    Transient(String),
    /// A retry will not succeed.
    Permanent(Error),
}

pub(super) fn transient(cause: impl Into<String>) -> Failure {
    Failure::Transient(cause.into())
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Transient(cause) => Self::Unavailable(cause),
            Failure::Permanent(error) => error,
        }
    }
}

impl Failure {
    /// The failure to open a connection. Most errors of a server or a pooler at this point mean that it is waking up or
    /// full, and after a broken connection the next attempt may succeed. So they are transient. Four errors are permanent: the
    /// database role or its password is refused (class 28), the database does not exist (3D), its certificate is not
    /// trusted, or the client and the server cannot agree on a way to authenticate.
    pub(super) fn of_opening(error: &tokio_postgres::Error) -> Self {
        let refuses = match error.code() {
            Some(state) => is_refusal(state),
            None => !(error.is_closed() || is_io(error)) || tls::is_untrusted_certificate(error),
        };
        let cause = describe(error);
        if refuses { Self::Permanent(Error::Refused(cause)) } else { Self::Transient(cause) }
    }

    pub(super) fn of_call(error: &tokio_postgres::Error) -> Self {
        let cause = describe(error);
        match error.code() {
            Some(state) if is_of(state, MISSING) => {
                Self::Transient(format!("{cause} (`migrate` of this version installs its operations)"))
            }
            Some(state) if is_of(state, TRANSIENT) || is_of(state, SESSION) => Self::Transient(cause),
            None if error.is_closed() || is_io(error) => Self::Transient(cause),
            _ => Self::Permanent(Error::Defect(cause)),
        }
    }
}

/// The transient errors, by the states and classes of the [Postgres
/// manual](https://www.postgresql.org/docs/current/errcodes-appendix.html): a broken connection (08), too many
/// connections (53300), a server that shuts down, starts up or cancels (57), a serialization failure (40001), a
/// deadlock (40P01), a lock or a transaction that ran out of time (55P03, 25P04). A pooler may pass on 25P02 and 25P03
/// from a transaction that it has lost track of.
const TRANSIENT: &[&str] = &["08", "53300", "57", "40001", "40P01", "55P03", "25P03", "25P04", "25P02"];

/// What another client of the pooler may have left in the session, and what a call cannot correct: another transaction
/// mode (25001), read-only transactions (25006, also on a server that is no longer the primary), a time-out that is too
/// short (57014), another role that may not call the SQL functions (42501). Another connection may lead to another
/// session, or to another server.
const SESSION: &[&str] = &["25001", "25006", "57014", "42501"];

/// No such schema, function, relation or type: the SQL functions of this version have not been installed yet, or were
/// dropped while a call ran.
const MISSING: &[&str] = &["3F000", "42883", "42P01", "42704"];

/// Whether the session caused the error, so that its connection must not be used again.
pub(super) fn is_of_session(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|state| is_of(state, SESSION))
}

/// Whether the server refuses the database role, its password or the database.
pub(super) fn is_refusal(state: &SqlState) -> bool {
    is_of(state, &["28", "3D"])
}

/// Whether a state is one of these states, or in one of these classes.
fn is_of(state: &SqlState, states: &[&str]) -> bool {
    states.iter().any(|prefix| state.code().starts_with(prefix))
}

/// Whether the network caused the error.
fn is_io(error: &tokio_postgres::Error) -> bool {
    error.source().is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}

/// The error, in a form that may be logged. It leaves out the DETAIL, which repeats the row, and the text of a data
/// exception (class 22), which repeats the value. (A refused setting is in that class too, but its value is ours.)
#[must_use]
pub fn describe(error: &tokio_postgres::Error) -> String {
    let Some(db) = error.as_db_error() else {
        return error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}"));
    };
    let repeats_a_value = is_of(db.code(), &["22"]) && *db.code() != SqlState::INVALID_PARAMETER_VALUE;
    format!("{} {}", db.code().code(), if repeats_a_value { "(data exception)" } else { db.message() })
}
