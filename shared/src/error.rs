//! Every way in which a request fails, each with its status, its code and the sentence that the client reads.

use std::borrow::Cow;

use serde::Serialize;

use crate::{
    auth::{self, Unauthorized},
    db,
};

/// The answer of whatever a request can fail in.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a request was not done.
#[derive(Debug)]
pub enum Error {
    /// 400: a path, query, header or body that cannot be read.
    InvalidRequest(Vec<Detail>),
    /// 400: a body that can be read but is no task.
    ValidationFailed(Vec<Detail>),
    /// 400: more than one token, of which none is looked at.
    TwoTokens,
    /// 401: no token, or none that holds.
    Unauthorized(Unauthorized),
    /// 403: the path names another user than the token.
    Forbidden,
    /// 404: no such task, or another user's: the two cannot be told apart.
    NotFound,
    /// 404: no such file of the page that shows the API.
    NoSuchFile,
    /// 409: a task of this id is there already.
    TaskExists,
    /// 409: after thousands of moves to one and the same place.
    NoRoom,
    /// 410: the feed of changes is no longer known from so far back.
    TokenExpired,
    /// 412: the task is at another revision than `If-Match` names, namely this one.
    PreconditionFailed {
        /// The task's.
        revision: i64,
    },
    /// 412: `If-Match` has no tag that could ever be a task's, so that reading it again does not help.
    UnmatchableTag,
    /// 422: the idempotency key was sent with another request before.
    KeyReused,
    /// What one operation of a batch was refused for, and which one; so nothing of the batch was done.
    InBatch(usize, Box<Error>),
    /// 413: a body over so many bytes.
    PayloadTooLarge(usize),
    /// 415: a body that is not JSON.
    UnsupportedMediaType,
    /// 500: a defect of ours. The cause is for the log.
    Internal(String),
    /// 503: the issuer's keys have never been reached, so that no token of its can be judged; worth another try.
    KeysUnavailable,
    /// 503: the database cannot be reached or is too slow; worth another try. The cause is for the log.
    DatabaseUnavailable(String),
    /// 503: the database does not let us in, and will not the next time. The cause is for the log.
    DatabaseRefused(String),
}

/// So many names that are not known are enough to be told.
pub(crate) const DETAILS: usize = 10;

/// What is wrong with one field, parameter or header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Detail {
    /// Its name as the client sent it; `body` for the body as a whole.
    pub field: String,
    /// What is wrong, and what would be right.
    pub message: String,
    /// Which operation of a batch it stands in, from 0 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<usize>,
}

impl Detail {
    /// `field` may come from the client and be of any length: no more than 64 characters of it are repeated.
    pub fn new(field: &str, message: impl Into<String>) -> Self {
        Self { field: field.chars().take(64).collect(), message: message.into(), operation: None }
    }

    /// The same in an operation of a batch.
    #[must_use]
    pub fn in_operation(self, index: usize) -> Self {
        Self { operation: Some(index), ..self }
    }

    /// In one sentence.
    pub(crate) fn sentence(&self) -> String {
        match self.operation {
            Some(index) => format!("operation {index}, {}: {}", self.field, self.message),
            None => format!("{}: {}", self.field, self.message),
        }
    }
}

impl Error {
    /// A 400 about one field.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::InvalidRequest(vec![Detail::new(field, message)])
    }

    /// Status, code and message: the whole mapping, in one place.
    pub(crate) fn parts(&self) -> (u16, &'static str, Cow<'static, str>) {
        let (status, code, message) = match self {
            Self::InvalidRequest(_) => (400, "invalid_request", "The request cannot be read."),
            Self::ValidationFailed(_) => (400, "validation_failed", "The task is not valid."),
            Self::TwoTokens => (400, "invalid_request", "Send one bearer token, and the header Authorization once."),
            // The same for every cause; what helps with an honest token stands in the challenge.
            Self::Unauthorized(_) => (
                401,
                "unauthorized",
                "A valid bearer token is needed. What is wrong stands in the header WWW-Authenticate.",
            ),
            Self::Forbidden => (403, "forbidden", "The path names another user: use your own id, or `me`."),
            Self::NotFound => (404, "not_found", "There is no such task."),
            Self::NoSuchFile => (404, "not_found", "There is no such file."),
            Self::TaskExists => (409, "conflict", "You have a task of this id already."),
            Self::NoRoom => {
                (409, "conflict", "There is no room left at this place: move the task next to another one.")
            }
            Self::TokenExpired => (
                410,
                "gone",
                "What has changed since then is no longer known: forget what you have, and start without `since`.",
            ),
            Self::PreconditionFailed { .. } => (
                412,
                "precondition_failed",
                "The task is at another revision than you name: read it again, then repeat your change.",
            ),
            Self::UnmatchableTag => (
                412,
                "precondition_failed",
                "No tag of `If-Match` can match: send an `ETag` as you got it, neither weak (`W/`) nor changed on the way.",
            ),
            Self::KeyReused => (
                422,
                "idempotency_key_reused",
                "This `Idempotency-Key` was sent with another request before: give each request a key of its own.",
            ),
            Self::InBatch(_, error) => return error.parts(),
            Self::PayloadTooLarge(limit) => {
                return (413, "payload_too_large", format!("A body has at most {limit} bytes.").into());
            }
            Self::UnsupportedMediaType => {
                (415, "unsupported_media_type", "A body is JSON: send `Content-Type: application/json`.")
            }
            Self::Internal(_) => (500, "internal", "Something went wrong on our side."),
            Self::KeysUnavailable => (
                503,
                "keys_unavailable",
                "The keys that tokens are checked with cannot be reached just now: try again.",
            ),
            Self::DatabaseUnavailable(_) | Self::DatabaseRefused(_) => {
                (503, "database_unavailable", "The database cannot be reached just now: try again.")
            }
        };
        (status, code, message.into())
    }

    /// The stable name of the error, as clients match on it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.parts().1
    }

    pub(crate) fn details(&self) -> Cow<'_, [Detail]> {
        match self {
            Self::InvalidRequest(details) | Self::ValidationFailed(details) => details.into(),
            Self::InBatch(index, error) => {
                let field = if matches!(**error, Self::PreconditionFailed { .. }) { "if_match" } else { "id" };
                vec![Detail::new(field, error.parts().2).in_operation(*index)].into()
            }
            _ => Cow::Borrowed(&[]),
        }
    }

    /// What an operation of a batch was refused for.
    pub(crate) fn in_batch(self, index: usize) -> Self {
        match self {
            Self::ValidationFailed(details) => {
                Self::ValidationFailed(details.into_iter().map(|detail| detail.in_operation(index)).collect())
            }
            other => Self::InBatch(index, Box::new(other)),
        }
    }

    /// What the log learns and the client does not.
    #[must_use]
    pub fn cause(&self) -> Option<&str> {
        match self {
            Self::Internal(cause) | Self::DatabaseUnavailable(cause) | Self::DatabaseRefused(cause) => Some(cause),
            Self::Unauthorized(reason) => Some(reason.cause()),
            Self::InBatch(_, error) => error.cause(),
            Self::KeysUnavailable => Some("no keys of the issuer: see the fetches that failed"),
            _ => None,
        }
    }
}

impl From<Vec<Detail>> for Error {
    /// What is wrong with the fields of a body.
    fn from(details: Vec<Detail>) -> Self {
        Self::ValidationFailed(details)
    }
}

impl From<auth::Error> for Error {
    fn from(error: auth::Error) -> Self {
        match error {
            auth::Error::Unauthorized(reason) => Self::Unauthorized(reason),
            auth::Error::KeysUnavailable => Self::KeysUnavailable,
        }
    }
}

impl From<db::Error> for Error {
    fn from(error: db::Error) -> Self {
        match error {
            db::Error::Unavailable(cause) => Self::DatabaseUnavailable(cause),
            db::Error::Refused(cause) => Self::DatabaseRefused(cause),
            db::Error::Defect(cause) => Self::Internal(cause),
        }
    }
}
