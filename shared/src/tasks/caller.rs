//! The verified user who sent a request.

use std::sync::Arc;

use tokio::time::Instant;

use crate::{auth::UserId, db::CallContext, telemetry::Record};

/// The verified user who sent a request, and the request's deadline.
pub struct Caller {
    /// The user. Only this user's tasks are served.
    pub user: UserId,
    pub(crate) deadline: Instant,
    pub(crate) record: Arc<Record>,
}

impl Caller {
    pub(super) fn context(&self) -> CallContext<'_> {
        CallContext { owner: self.user.as_str(), deadline: self.deadline, record: &self.record }
    }
}
