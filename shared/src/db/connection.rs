//! A connection in the pool: how it is opened, looked at before it is used again, and closed.

use std::{
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use deadpool::managed::{self, Metrics, RecycleError, RecycleResult};
use tokio::time::timeout;

use super::{DatabaseUrl, wire::Wire};
use crate::error::Error;

pub(super) type Pool = managed::Pool<Manager>;
pub(super) type Pooled = managed::Object<Manager>;

/// A connection. The times are the wall clock's, which goes on while an environment is frozen.
pub(super) struct Connection {
    pub(super) wire: Wire,
    opened: SystemTime,
    used: SystemTime,
}

impl Connection {
    /// It has just been used.
    pub(super) fn was_used(&mut self) {
        self.used = SystemTime::now();
    }

    async fn answers(&mut self, limit: Duration) -> bool {
        timeout(limit, self.wire.answers()).await.unwrap_or(false)
    }
}

/// Gives up a connection whose answer did not come, and with it those that have been idle for longer: what has become of
/// it has become of them, so that the next try opens a new one.
pub(super) fn give_up(pooled: Pooled) {
    let pool = Pooled::pool(&pooled);
    let silent = Pooled::take(pooled);
    if let Some(pool) = pool {
        pool.retain(|other, _| other.used > silent.used);
    }
}

/// Opens connections, and says which of them may be used again.
pub(super) struct Manager {
    /// Where they lead, with the password, which may be another one day.
    pub(super) url: RwLock<Arc<DatabaseUrl>>,
    /// After how long without use a connection is asked whether it is there.
    pub(super) probe_after: Duration,
    /// For how long it is waited for the answer.
    pub(super) probe_limit: Duration,
    /// At what age a connection is replaced.
    pub(super) max_age: Duration,
    /// When the last connection that a probe has found silent had been used: those that have been idle for longer are
    /// not probed one after another.
    pub(super) silent: Mutex<SystemTime>,
}

impl Manager {
    pub(super) fn url(&self) -> Arc<DatabaseUrl> {
        Arc::clone(&self.url.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn is_silent(&self, connection: &Connection) -> bool {
        connection.used <= *self.silent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note_silence(&self, connection: &Connection) {
        let mut silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        *silent = connection.used.max(*silent);
    }

    pub(super) fn set_url(&self, url: DatabaseUrl) {
        *self.url.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(url);
    }
}

impl managed::Manager for Manager {
    type Type = Connection;
    type Error = Error;

    async fn create(&self) -> Result<Connection, Error> {
        let wire = self.url().open().await?;
        let now = SystemTime::now();
        Ok(Connection { wire, opened: now, used: now })
    }

    /// Without a round trip where it was used a moment ago: what closed the connection while the environment was
    /// frozen waits in the socket. (Tokio has looked at the sockets just before a request gets here.) Only a peer that
    /// vanished without a word leaves nothing there, which takes time to happen (Neon suspends after five minutes,
    /// gateways forget a connection after as many), and so is asked for after a long idle alone.
    async fn recycle(&self, connection: &mut Connection, _: &Metrics) -> RecycleResult<Error> {
        if !connection.wire.still_rests() {
            return Err(RecycleError::message("closed"));
        }
        if has_passed(connection.opened, self.max_age) {
            let _ = timeout(self.probe_limit, connection.wire.close()).await; // the server will find out
            return Err(RecycleError::message("old"));
        }
        if !has_passed(connection.used, self.probe_after) {
            return Ok(());
        }
        if self.is_silent(connection) || !connection.answers(self.probe_limit).await {
            self.note_silence(connection);
            return Err(RecycleError::message("silent"));
        }
        Ok(())
    }
}

/// Whether `since` is so long ago, or in the future: the clock has been set, and nothing is known.
fn has_passed(since: SystemTime, time: Duration) -> bool {
    since.elapsed().map_or(true, |elapsed| elapsed >= time)
}
