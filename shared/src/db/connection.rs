//! A connection in the pool: how it is opened, looked at before it is used again, and closed.

use std::{
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use deadpool::managed::{self, Metrics, RecycleError, RecycleResult};
use tokio::{
    task::{JoinHandle, yield_now},
    time::timeout,
};
use tokio_postgres::Client;

use super::DatabaseUrl;

pub(super) type Pool = managed::Pool<Manager>;
pub(super) type Pooled = managed::Object<Manager>;

/// A connection and the task that carries its bytes. The times are the wall clock's, which goes on while an
/// environment is frozen.
pub(super) struct Connection {
    pub(super) client: Client,
    carrier: JoinHandle<()>,
    opened: SystemTime,
    used: SystemTime,
}

impl Connection {
    /// It has just been used.
    pub(super) fn was_used(&mut self) {
        self.used = SystemTime::now();
    }

    /// Leaves without a word, and at once: who waits for the server to take its leave may wait for ever.
    fn abandon(&self) {
        self.carrier.abort();
    }

    /// Says goodbye to the server (Terminate), and waits until it has been said.
    pub(super) async fn close(self) {
        drop(self.client);
        let _ = self.carrier.await; // it may have ended otherwise
    }

    async fn answers(&self, limit: Duration) -> bool {
        matches!(timeout(limit, self.client.batch_execute("")).await, Ok(Ok(())))
    }
}

/// Gives up a connection whose answer did not come, and with it those that have been idle for longer: what has become of
/// it has become of them, so that the next try opens a new one.
pub(super) fn give_up(pooled: Pooled) {
    let pool = Pooled::pool(&pooled);
    let silent = Pooled::take(pooled);
    let others = pool.map(|pool| pool.retain(|other, _| other.used > silent.used).removed).unwrap_or_default();
    for connection in others.iter().chain([&silent]) {
        connection.abandon();
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
    type Error = tokio_postgres::Error;

    async fn create(&self) -> Result<Connection, tokio_postgres::Error> {
        let (client, carrier) = self.url().open().await?;
        let now = SystemTime::now();
        Ok(Connection { client, carrier, opened: now, used: now })
    }

    /// Without a round trip where it was used a moment ago: what closed the connection while the environment was
    /// frozen waits in the socket, and its carrier gets a turn to read it. (Tokio has looked at the sockets just before
    /// a request gets here; all that the carrier needs is to be let run.) Only a peer that vanished without a word
    /// leaves nothing there, which takes time to happen (Neon suspends after five minutes, gateways forget a
    /// connection after as many), and so is asked for after a long idle alone.
    async fn recycle(&self, connection: &mut Connection, _: &Metrics) -> RecycleResult<tokio_postgres::Error> {
        yield_now().await;
        if connection.client.is_closed() {
            return Err(RecycleError::message("closed"));
        }
        if has_passed(connection.opened, self.max_age) {
            return Err(RecycleError::message("old"));
        }
        if !has_passed(connection.used, self.probe_after) {
            return Ok(());
        }
        if self.is_silent(connection) || !connection.answers(self.probe_limit).await {
            self.note_silence(connection);
            connection.abandon();
            return Err(RecycleError::message("silent"));
        }
        Ok(())
    }
}

/// Whether `since` is so long ago, or in the future: the clock has been set, and nothing is known.
fn has_passed(since: SystemTime, time: Duration) -> bool {
    since.elapsed().map_or(true, |elapsed| elapsed >= time)
}
