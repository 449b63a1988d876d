//! The cached keys of an issuer. No background task refreshes them, because Lambda freezes an execution environment
//! between requests. Instead, a request fetches the keys if they are too old or if its token's key is not among them.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use tokio::sync::Mutex;

use super::{fetch::JwksUrl, key_set::KeySet};

/// The shortest time between two fetches if there are keys. It limits what tokens with an invented `kid` cost the
/// issuer. A new key is known within a minute.
const COOL_DOWN: Duration = Duration::from_secs(30);

/// The same if there are no keys. It is short, because no token can be verified without them.
const COOL_DOWN_WITHOUT_KEYS: Duration = Duration::from_secs(5);

/// The key set at a URL.
pub struct Jwks {
    url: JwksUrl,
    max_age: Duration,
    state: RwLock<State>,
    /// Held during a fetch, so that there is only one at a time.
    fetching: Mutex<()>,
}

/// Times are of the wall clock, because it continues while an execution environment is frozen.
struct State {
    keys: Option<Arc<KeySet>>,
    fetched: Option<SystemTime>,
    attempted: Option<SystemTime>,
}

impl Jwks {
    /// The keys at `url`. After `max_age` they are fetched again.
    #[must_use]
    pub fn new(url: JwksUrl, max_age: Duration) -> Self {
        let state = State { keys: None, fetched: None, attempted: None };
        Self { url, max_age, state: RwLock::new(state), fetching: Mutex::new(()) }
    }

    /// Fetches the keys before the first request.
    pub(crate) async fn warm(&self) {
        self.keys().await;
    }

    /// The keys. They are fetched if there are none or if they are too old. `None` if no fetch has ever succeeded.
    pub(super) async fn keys(&self) -> Option<Arc<KeySet>> {
        if !self.is_fresh() {
            self.fetch().await;
        }
        self.kept()
    }

    /// The keys after another fetch, for a token whose key is not among them.
    pub(super) async fn newer_keys(&self) -> Option<Arc<KeySet>> {
        self.fetch().await;
        self.kept()
    }

    /// A poisoned lock may still be used, because each field is valid by itself.
    fn read(&self) -> std::sync::RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept(&self) -> Option<Arc<KeySet>> {
        self.read().keys.clone()
    }

    fn is_fresh(&self) -> bool {
        let state = self.read();
        state.keys.is_some() && !is_older(state.fetched, self.max_age)
    }

    fn may_fetch(&self) -> bool {
        let state = self.read();
        let has_keys = state.keys.as_ref().is_some_and(|keys| !keys.is_empty());
        is_older(state.attempted, if has_keys { COOL_DOWN } else { COOL_DOWN_WITHOUT_KEYS })
    }

    /// Fetches the keys, unless the last fetch was a moment ago. A complete new set replaces the old one. If the fetch
    /// fails, the old set stays.
    async fn fetch(&self) {
        let _one_at_a_time = self.fetching.lock().await;
        if !self.may_fetch() {
            return;
        }
        let fetched = self.url.fetch().await.and_then(|body| KeySet::parse(&body));
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.attempted = Some(SystemTime::now());
        match fetched {
            Ok(keys) => {
                state.fetched = state.attempted;
                state.keys = Some(Arc::new(keys));
            }
            Err(cause) => tracing::warn!(cause, "the key set could not be fetched"),
        }
    }
}

/// Whether `then` is at least `age` ago. `None` means never, and counts as older.
fn is_older(then: Option<SystemTime>, age: Duration) -> bool {
    then.and_then(|then| then.elapsed().ok()).is_none_or(|elapsed| elapsed >= age)
}
