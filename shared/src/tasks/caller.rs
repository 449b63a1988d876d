//! Who asks.

use std::sync::Arc;

use tokio::time::Instant;

use crate::{auth::UserId, db::CallContext, telemetry::Record};

/// Who asks, and until when they wait for the answer.
pub struct Caller {
    /// Whose tasks are served.
    pub user: UserId,
    pub(crate) deadline: Instant,
    pub(crate) record: Arc<Record>,
}

impl Caller {
    pub(super) fn context(&self) -> CallContext<'_> {
        CallContext { owner: self.user.as_str(), deadline: self.deadline, record: &self.record }
    }
}
