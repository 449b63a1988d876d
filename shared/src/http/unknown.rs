//! What happens to unknown members of a body and unknown parameters of a query.

use std::sync::{Mutex, PoisonError};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::settings::{Fatal, optional};

/// The most names in `X-Ignored`, and the most characters of each. They are limited because the client chooses them.
const MAX_NAMES: usize = 20;
const MAX_NAME_LENGTH: usize = 64;

/// `UNKNOWN_INPUT`: `refuse` (the default), or `ignore` for a front end that sends more than this API knows.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum UnknownInput {
    /// A 400 that names it. Otherwise a filter with a typo would return all tasks.
    #[default]
    Refuse,
    /// It is ignored, and named in the header `X-Ignored`.
    Ignore,
}

impl UnknownInput {
    /// Reads the variable.
    pub(crate) fn from_env() -> Result<Self, Fatal> {
        match optional("UNKNOWN_INPUT").as_deref() {
            None | Some("refuse") => Ok(Self::Refuse),
            Some("ignore") => Ok(Self::Ignore),
            Some(other) => Err(Fatal::new(format!("UNKNOWN_INPUT is {other:?}: it must be `refuse` or `ignore`"))),
        }
    }
}

/// The unknown names of one request.
#[derive(Debug, Default)]
pub(crate) struct Unknown {
    policy: UnknownInput,
    ignored: Mutex<Vec<String>>,
}

impl Unknown {
    pub(crate) fn new(policy: UnknownInput) -> Self {
        Self { policy, ignored: Mutex::default() }
    }

    /// Whether this name is ignored. If so, it is noted for `X-Ignored`.
    pub(crate) fn ignores(&self, name: &str) -> bool {
        let ignores = matches!(self.policy, UnknownInput::Ignore);
        if ignores {
            self.ignored
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(name.chars().take(MAX_NAME_LENGTH).collect());
        }
        ignores
    }

    /// The value of `X-Ignored`: percent-encoded names, separated by commas.
    pub(crate) fn header(&self) -> Option<String> {
        let names = self.ignored.lock().unwrap_or_else(PoisonError::into_inner);
        let encoded: Vec<_> =
            names.iter().take(MAX_NAMES).map(|name| utf8_percent_encode(name, NON_ALPHANUMERIC).to_string()).collect();
        (!encoded.is_empty()).then(|| encoded.join(", "))
    }
}
