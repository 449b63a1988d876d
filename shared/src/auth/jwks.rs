//! The keys of an issuer, fetched and kept. Made for Lambda: there is no background task that keeps them fresh, because
//! an environment is frozen between requests; a request that finds them too old, or lacks a key, fetches.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use tokio::sync::Mutex;

use super::{fetch::JwksUrl, key_set::KeySet};

/// The shortest time between two fetches where there are keys. A token with a made-up `kid` costs the issuer no more than
/// this, and a new key is known within a minute.
const COOL_DOWN: Duration = Duration::from_secs(30);

/// The same where there are none: nothing can be done without, and waiting spares nobody.
const COOL_DOWN_WITHOUT_KEYS: Duration = Duration::from_secs(5);

/// The key set behind a URL.
pub struct Jwks {
    url: JwksUrl,
    max_age: Duration,
    state: RwLock<State>,
    /// Held during a fetch, so that there is one at a time.
    fetching: Mutex<()>,
}

/// By the wall clock, which goes on while an environment is frozen.
struct State {
    keys: Option<Arc<KeySet>>,
    fetched: Option<SystemTime>,
    tried: Option<SystemTime>,
}

impl Jwks {
    /// Of the issuer that publishes them there; they are used for `max_age` before they are fetched again.
    #[must_use]
    pub fn new(url: JwksUrl, max_age: Duration) -> Self {
        let state = State { keys: None, fetched: None, tried: None };
        Self { url, max_age, state: RwLock::new(state), fetching: Mutex::new(()) }
    }

    /// Fetches the keys ahead of the first request.
    pub(crate) async fn warm(&self) {
        self.keys().await;
    }

    /// The keys, fetched if there are none yet or these are too old. `None`: there never were any.
    pub(super) async fn keys(&self) -> Option<Arc<KeySet>> {
        if !self.is_fresh() {
            self.fetch().await;
        }
        self.kept()
    }

    /// The keys after another look at the issuer, for a token whose key is not among them.
    pub(super) async fn newer_keys(&self) -> Option<Arc<KeySet>> {
        self.fetch().await;
        self.kept()
    }

    /// A writer that panicked has left nothing half-done: each field is set on its own.
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
        is_older(state.tried, if has_keys { COOL_DOWN } else { COOL_DOWN_WITHOUT_KEYS })
    }

    /// Fetches, unless somebody did a moment ago. The new set is whole before it takes the place of the old one; where
    /// there is none to be had, the old one stays.
    async fn fetch(&self) {
        let _one_at_a_time = self.fetching.lock().await;
        if !self.may_fetch() {
            return;
        }
        let fetched = self.url.fetch().await.and_then(|body| KeySet::parse(&body));
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.tried = Some(SystemTime::now());
        match fetched {
            Ok(keys) => {
                state.fetched = state.tried;
                state.keys = Some(Arc::new(keys));
            }
            Err(cause) => tracing::warn!(cause, "the key set could not be fetched"),
        }
    }
}

/// Whether `then` is so long ago; never is.
fn is_older(then: Option<SystemTime>, age: Duration) -> bool {
    then.and_then(|then| then.elapsed().ok()).is_none_or(|elapsed| elapsed >= age)
}
