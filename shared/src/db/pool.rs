//! The pool: which of its connections may be used again.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use deadpool_postgres::{
    ClientWrapper, Hook, HookError, Manager, ManagerConfig, Metrics, Object, PoolError, QueueMode, RecyclingMethod,
};
use tokio::time::{sleep, timeout};
use tokio_postgres::Config;

use super::{open::Opener, settings::DatabaseConfig};
use crate::settings::Fatal;

/// The connections of an environment.
#[derive(Clone)]
pub(super) struct Pool {
    connections: deadpool_postgres::Pool,
    seen: Arc<Seen>,
    open: Arc<()>,
}

impl Pool {
    pub(super) fn new(opener: Opener, config: &DatabaseConfig) -> Result<Self, Fatal> {
        let (seen, limits) = (Arc::new(Seen::default()), Arc::new(Limits::of(config)));
        let note = Hook::sync_fn({
            let seen = Arc::clone(&seen);
            move |_, _| {
                seen.opened();
                Ok(())
            }
        });
        let look_over = Hook::async_fn({
            let seen = Arc::clone(&seen);
            move |client, metrics| {
                let (seen, limits) = (Arc::clone(&seen), Arc::clone(&limits));
                Box::pin(async move { look_over(client, metrics, &seen, &limits).await.map_err(HookError::message) })
            }
        });
        let open = opener.open();
        // Where it leads, the opener knows.
        let how = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_connect(Config::new(), opener, how);
        // The connection used last is used next: fewer are kept from looking idle. No limits here: what waits for a
        // connection, opens one or looks one over is bounded as a whole, by `Db`.
        let connections = deadpool_postgres::Pool::builder(manager)
            .max_size(config.connections)
            .queue_mode(QueueMode::Lifo)
            .post_create(note)
            .pre_recycle(look_over)
            .build();
        let connections = connections.map_err(|error| Fatal::new(format!("the pool cannot be made: {error}")))?;
        Ok(Self { connections, seen, open })
    }

    pub(super) async fn get(&self) -> Result<Object, PoolError> {
        self.connections.get().await
    }

    /// A connection has just been used.
    pub(super) fn was_used(&self) {
        *lock(&self.seen.used) = SystemTime::now();
    }

    /// Gives up a connection whose answer did not come, and with it those that have been idle for longer: what has become
    /// of it has become of them, so that the next try opens a new one.
    pub(super) fn give_up(&self, silent: Object) {
        let idle = Object::metrics(&silent).last_used();
        drop(Object::take(silent));
        self.connections.retain(|_, metrics| metrics.last_used() < idle);
    }

    /// Closes all connections; at the end, none is open.
    pub(super) async fn close(&self) {
        self.connections.close();
        // The opener and this have one each.
        while Arc::strong_count(&self.open) > 2 {
            sleep(Duration::from_millis(5)).await;
        }
    }
}

/// How long a connection is trusted.
struct Limits {
    probe_after: Duration,
    probe_limit: Duration,
    max_age: Duration,
}

impl Limits {
    fn of(config: &DatabaseConfig) -> Self {
        let DatabaseConfig { probe_after, probe_limit, max_age, .. } = *config;
        Self { probe_after, probe_limit, max_age }
    }
}

/// What the pool's own metrics do not know. Their clock stands still while a Lambda environment is frozen; the wall clock
/// goes on. (An environment that is frozen has one connection, so one time serves for all.)
struct Seen {
    /// When a connection was last opened, and last used.
    opened: Mutex<SystemTime>,
    used: Mutex<SystemTime>,
    /// When the last probe began that found a connection silent: those that have been idle since before are not probed
    /// one after another.
    silent: Mutex<Option<Instant>>,
}

impl Default for Seen {
    fn default() -> Self {
        let now = SystemTime::now();
        Self { opened: Mutex::new(now), used: Mutex::new(now), silent: Mutex::default() }
    }
}

impl Seen {
    fn opened(&self) {
        let now = SystemTime::now();
        *lock(&self.opened) = now;
        *lock(&self.used) = now;
    }
}

/// Whether a connection may be used again; if not, why.
///
/// Without a round trip where it was used a moment ago: what closed the connection while the environment was frozen has
/// been read by now, by the task that carries its bytes. (It woke together with the task that has read the event.) Only a
/// peer that vanished without a word leaves nothing there, which takes time to happen (Neon suspends after five minutes,
/// gateways forget a connection after as many), and so is asked for after a long idle alone.
async fn look_over(
    client: &ClientWrapper,
    metrics: &Metrics,
    seen: &Seen,
    limits: &Limits,
) -> Result<(), &'static str> {
    if client.is_closed() {
        return Err("closed");
    }
    if metrics.age().max(since(&seen.opened)) >= limits.max_age {
        return Err("old");
    }
    if metrics.last_used().max(since(&seen.used)) < limits.probe_after {
        return Ok(());
    }
    let (used, now) = (metrics.recycled.unwrap_or(metrics.created), Instant::now());
    if lock(&seen.silent).is_none_or(|silent| used > silent)
        && matches!(timeout(limits.probe_limit, client.simple_query("")).await, Ok(Ok(_)))
    {
        return Ok(());
    }
    let mut silent = lock(&seen.silent);
    *silent = (*silent).max(Some(now));
    Err("silent")
}

/// How long ago it was. Where the clock has been set back, nothing is known, and it counts as long ago.
fn since(time: &Mutex<SystemTime>) -> Duration {
    lock(time).elapsed().unwrap_or(Duration::MAX)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
