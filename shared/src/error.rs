//! Every error that a client can get: status, code and sentence.

use std::borrow::Cow;

use serde::Serialize;

use crate::{
    auth::{self, Unauthorized},
    db,
};

/// The result of everything that can fail in a request.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a request failed.
#[derive(Debug)]
pub enum Error {
    /// 400: the path, query, a header or the body cannot be read.
    InvalidRequest(Vec<Detail>),
    /// 400: the body can be read but is not valid.
    ValidationFailed(Vec<Detail>),
    /// 400: the request has more than one token. None of them is verified.
    TwoTokens,
    /// 401: the request has no token, or one that is not valid.
    Unauthorized(Unauthorized),
    /// 403: the path names another user than the token.
    Forbidden,
    /// 404: there is no such task, or it is another user's. A client cannot tell the two apart.
    NotFound,
    /// 404: the page that shows the API has no such file.
    NoSuchFile,
    /// 409: there is already a task with this id.
    TaskExists,
    /// 409: there is no room between two tasks. This happens after thousands of moves to the same place.
    NoRoom,
    /// 410: the client's position in the change feed is too old.
    FeedPositionExpired,
    /// 412: the task has another revision than `If-Match` names.
    PreconditionFailed {
        /// The revision of the task.
        revision: i64,
    },
    /// 412: no tag of `If-Match` can ever match a task. Reading the task again does not help.
    UnmatchableTag,
    /// 422: the idempotency key was sent before, with another request.
    KeyReused,
    /// The index of the operation of a batch that was refused, and why. Nothing of the batch was done. The status is
    /// that of the inner error.
    InBatch(usize, Box<Error>),
    /// 413: the body has more than this many bytes.
    PayloadTooLarge(usize),
    /// 415: the body is not JSON.
    UnsupportedMediaType,
    /// 500: a defect in our code. The cause is for the log.
    Internal(String),
    /// 503: the token cannot be verified. The issuer's keys have never been fetched, or the deadline ended during a
    /// fetch. A retry may help.
    KeysUnavailable,
    /// 503: the database cannot be reached or is too slow. A retry may help. The cause is for the log.
    DatabaseUnavailable(String),
    /// 503: the database refuses the connection, and will refuse it until somebody corrects the settings. The cause is
    /// for the log.
    DatabaseRefused(String),
}

/// The limit for details about unknown names. In a body, it counts for each object, such as an operation of a batch: an
/// object with this many details reports no more unknown names. In a query, it limits all details together.
pub(crate) const MAX_DETAILS: usize = 10;

/// What is wrong with one field, parameter or header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Detail {
    /// The name of the field, parameter or header. A name with a dot is a member of an object, such as `task.title`.
    /// `request`, `body` and `operation` (in a batch) are about the whole. If the database refuses an operation of a
    /// batch, the name is `id` or `if_match`.
    pub field: String,
    /// What is wrong, and what would be right.
    pub message: String,
    /// The index of the operation in a batch, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<usize>,
}

impl Detail {
    /// `field` may come from the client and be of any length, so only its first 64 characters are kept.
    pub fn new(field: &str, message: impl Into<String>) -> Self {
        Self { field: field.chars().take(64).collect(), message: message.into(), operation: None }
    }

    /// The same detail, within an operation of a batch.
    #[must_use]
    pub fn in_operation(self, index: usize) -> Self {
        Self { operation: Some(index), ..self }
    }

    /// The detail in one sentence.
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

    /// Status, code and message. This is the only place that maps them.
    pub(crate) fn parts(&self) -> (u16, &'static str, Cow<'static, str>) {
        let (status, code, message) = match self {
            Self::InvalidRequest(_) => (400, "invalid_request", "The request cannot be read."),
            Self::ValidationFailed(_) => (400, "validation_failed", "The task is not valid."),
            Self::TwoTokens => (400, "invalid_request", "Send one bearer token, and the header Authorization once."),
            // The body is the same for every cause. The challenge in `WWW-Authenticate` says what helps an honest
            // client.
            Self::Unauthorized(_) => {
                (401, "unauthorized", "A valid bearer token is needed. The header WWW-Authenticate says what is wrong.")
            }
            Self::Forbidden => (403, "forbidden", "The path names another user: use your own id, or `me`."),
            Self::NotFound => (404, "not_found", "There is no such task."),
            Self::NoSuchFile => (404, "not_found", "There is no such file."),
            Self::TaskExists => (409, "conflict", "You have a task of this id already."),
            Self::NoRoom => {
                (409, "conflict", "There is no room left at this place: move the task next to another one.")
            }
            Self::FeedPositionExpired => (
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
                "The keys that tokens are checked with cannot be reached right now: try again.",
            ),
            Self::DatabaseUnavailable(_) | Self::DatabaseRefused(_) => {
                (503, "database_unavailable", "The database cannot be reached right now: try again.")
            }
        };
        (status, code, message.into())
    }

    /// The stable code that clients match on.
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

    /// The same error, within an operation of a batch.
    pub(crate) fn in_batch(self, index: usize) -> Self {
        match self {
            Self::ValidationFailed(details) => {
                Self::ValidationFailed(details.into_iter().map(|detail| detail.in_operation(index)).collect())
            }
            other => Self::InBatch(index, Box::new(other)),
        }
    }

    /// The cause, which is logged and not sent to the client.
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
    /// The fields of a body that are not valid.
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
