//! How the pool opens a connection. If the server refuses the password, this looks for a new one in Parameter Store.

use std::{
    future::pending,
    pin::{Pin, pin},
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use deadpool_postgres::Connect;
use tokio::{
    select,
    sync::{Mutex, oneshot},
    task::JoinHandle,
    time::timeout,
};
use tokio_postgres::{Client, Config, Error};

use super::{
    error::is_refusal,
    url::{Connection, DatabaseUrl, Opened},
};
use crate::parameter_store::ParameterStore;

/// How long a discarded connection may take to close. If it still waits for an answer, it is cut off after this time.
const CLOSE_LIMIT: Duration = Duration::from_millis(100);

/// The shortest time between two reads of Parameter Store. If the new password is refused too, requests should not
/// all ask again.
const COOL_DOWN: Duration = Duration::from_secs(10);

/// Opens connections.
pub(super) struct Opener {
    /// The URL with the password. The password can change.
    url: RwLock<Arc<DatabaseUrl>>,
    /// Where the URL came from, if it can change there.
    secrets: Option<ParameterStore>,
    /// When Parameter Store was last read, by the wall clock, because that continues while an execution environment is
    /// frozen. It is locked during a read, so that there is only one at a time.
    last_read: Mutex<Option<SystemTime>>,
    /// Each open connection holds a clone, so the count says how many are open.
    open: Arc<()>,
}

impl Opener {
    pub(super) fn new(url: DatabaseUrl, secrets: Option<ParameterStore>) -> Self {
        Self { url: RwLock::new(Arc::new(url)), secrets, last_read: Mutex::default(), open: Arc::default() }
    }

    /// A clone of the counter. The pool and this opener hold one each, and so does every open connection.
    pub(super) fn open(&self) -> Arc<()> {
        Arc::clone(&self.open)
    }

    fn url(&self) -> Arc<DatabaseUrl> {
        Arc::clone(&self.url.read().unwrap_or_else(PoisonError::into_inner))
    }

    async fn opened(&self) -> Result<Opened, Error> {
        let url = self.url();
        match url.open().await {
            Err(error) if error.code().is_some_and(is_refusal) && self.refresh_url(&url).await => {
                self.url().open().await
            }
            opened => opened,
        }
    }

    /// Reads the URL again after a refusal. Returns whether there is a new one.
    async fn refresh_url(&self, refused: &DatabaseUrl) -> bool {
        let Some(secrets) = &self.secrets else { return false };
        let mut last_read = self.last_read.lock().await;
        if !self.url().is_same_as(refused) {
            return true; // another request has found it meanwhile
        }
        if last_read.is_some_and(|then| then.elapsed().is_ok_and(|elapsed| elapsed < COOL_DOWN)) {
            return false;
        }
        let new_url = new_url(secrets, refused).await;
        *last_read = Some(SystemTime::now()); // afterwards, so that an abandoned read does not count
        match new_url {
            Ok(Some(url)) => {
                tracing::info!("the database's password has been changed");
                *self.url.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(url);
                true
            }
            Ok(None) => false,
            Err(cause) => {
                tracing::warn!(cause, "the database refuses the password, and no new one could be read");
                false
            }
        }
    }
}

async fn new_url(secrets: &ParameterStore, refused: &DatabaseUrl) -> Result<Option<DatabaseUrl>, String> {
    let mut parameters = secrets.fetch().await?;
    let Some(text) = parameters.remove("DATABASE_URL") else { return Ok(None) };
    let url = DatabaseUrl::parse("DATABASE_URL", &text).map_err(|error| error.to_string())?;
    Ok(Some(url).filter(|url| !url.is_same_as(refused)))
}

type Handle = (Client, JoinHandle<()>);

impl Connect for Opener {
    fn connect(&self, _: &Config) -> Pin<Box<dyn Future<Output = Result<Handle, Error>> + Send + '_>> {
        Box::pin(async {
            let (client, connection) = self.opened().await?;
            let (held, discarded) = oneshot::channel::<()>();
            tokio::spawn(drive(connection, discarded, self.open()));
            // The pool aborts the task that we return here. If that task drove the connection, the socket would close
            // without a goodbye to Postgres. So we return a placeholder, and another task drives the connection.
            let holder = tokio::spawn(async move {
                let _held = held;
                pending::<()>().await;
            });
            Ok((client, holder))
        })
    }
}

/// Drives a connection until it ends. If the connection breaks, its running statements report the error, so it is not
/// needed here.
async fn drive(connection: Connection, discarded: oneshot::Receiver<()>, _open: Arc<()>) {
    let mut connection = pin!(connection);
    select! {
        _ = &mut connection => {}
        _ = discarded => {
            let _ = timeout(CLOSE_LIMIT, connection).await;
        }
    }
}
