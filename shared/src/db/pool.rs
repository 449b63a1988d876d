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

/// The connections of an execution environment.
#[derive(Clone)]
pub(super) struct Pool {
    connections: deadpool_postgres::Pool,
    activity: Arc<Activity>,
    open: Arc<()>,
}

impl Pool {
    pub(super) fn new(opener: Opener, config: &DatabaseConfig) -> Result<Self, Fatal> {
        let (activity, limits) = (Arc::new(Activity::default()), Arc::new(Limits::of(config)));
        let note_opened = Hook::sync_fn({
            let activity = Arc::clone(&activity);
            move |_, _| {
                activity.opened();
                Ok(())
            }
        });
        let check = Hook::async_fn({
            let activity = Arc::clone(&activity);
            move |client, metrics| {
                let (activity, limits) = (Arc::clone(&activity), Arc::clone(&limits));
                Box::pin(async move { check(client, metrics, &activity, &limits).await.map_err(HookError::message) })
            }
        });
        let open = opener.open();
        // The driver's configuration is empty, because the opener knows where to connect.
        let how = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_connect(Config::new(), opener, how);
        // The connection used last is used next, so that fewer connections are kept alive without need. There are no
        // time limits here: `Db` limits waiting, opening and checking together.
        let connections = deadpool_postgres::Pool::builder(manager)
            .max_size(config.connections)
            .queue_mode(QueueMode::Lifo)
            .post_create(note_opened)
            .pre_recycle(check)
            .build();
        let connections = connections.map_err(|error| Fatal::new(format!("the pool cannot be made: {error}")))?;
        Ok(Self { connections, activity, open })
    }

    pub(super) async fn get(&self) -> Result<Object, PoolError> {
        self.connections.get().await
    }

    /// Notes that a connection has just been used.
    pub(super) fn mark_used(&self) {
        *lock(&self.activity.used) = SystemTime::now();
    }

    /// Discards a connection whose answer did not come, and all connections that have been idle for longer. What broke
    /// the one has probably broken the others, so the next attempt opens a new one.
    pub(super) fn discard(&self, silent: Object) {
        let idle = Object::metrics(&silent).last_used();
        drop(Object::take(silent));
        self.connections.retain(|_, metrics| metrics.last_used() < idle);
    }

    /// Closes all connections, and waits until none is open.
    pub(super) async fn close(&self) {
        self.connections.close();
        // The opener and this pool hold one clone each.
        while Arc::strong_count(&self.open) > 2 {
            sleep(Duration::from_millis(5)).await;
        }
    }
}

/// When a connection is probed or replaced.
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

/// What the pool's own metrics do not know: their clock stops while an execution environment is frozen, but the wall
/// clock continues. (An execution environment that is frozen has one connection, so one time is enough for all.)
struct Activity {
    /// When a connection was last opened, and when one was last used.
    opened: Mutex<SystemTime>,
    used: Mutex<SystemTime>,
    /// When the last unanswered probe began. If one probe got no answer, connections last used before that probe are
    /// closed without a probe.
    silent: Mutex<Option<Instant>>,
}

impl Default for Activity {
    fn default() -> Self {
        let now = SystemTime::now();
        Self { opened: Mutex::new(now), used: Mutex::new(now), silent: Mutex::default() }
    }
}

impl Activity {
    fn opened(&self) {
        let now = SystemTime::now();
        *lock(&self.opened) = now;
        *lock(&self.used) = now;
    }
}

/// Checks whether a connection may be used again. The error says why not.
///
/// Only a connection that was idle for long is probed, because a probe costs a round trip. Neon suspends after five
/// minutes, and gateways forget a connection after about as many. There are two cases:
///
/// - The server closed the connection: `is_closed` knows it already, even after a freeze. The task that drives the
///   connection woke at the same time as the task that read the event.
/// - The peer vanished silently: only a probe finds out.
async fn check(
    client: &ClientWrapper,
    metrics: &Metrics,
    activity: &Activity,
    limits: &Limits,
) -> Result<(), &'static str> {
    if client.is_closed() {
        return Err("closed");
    }
    if metrics.age().max(since(&activity.opened)) >= limits.max_age {
        return Err("old");
    }
    if metrics.last_used().max(since(&activity.used)) < limits.probe_after {
        return Ok(());
    }
    let (used, now) = (metrics.recycled.unwrap_or(metrics.created), Instant::now());
    if lock(&activity.silent).is_none_or(|silent| used > silent)
        && matches!(timeout(limits.probe_limit, client.simple_query("")).await, Ok(Ok(_)))
    {
        return Ok(());
    }
    let mut silent = lock(&activity.silent);
    *silent = (*silent).max(Some(now));
    Err("silent")
}

/// How long ago a time was. If the clock was set back, that is unknown, and counts as long ago.
fn since(time: &Mutex<SystemTime>) -> Duration {
    lock(time).elapsed().unwrap_or(Duration::MAX)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
