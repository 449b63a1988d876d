//! How the pool opens a connection: where the URL says, and by another password once the old one is refused.

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

/// How long a connection that is given up may take to say goodbye. One that still waits for an answer is cut off then.
const GOODBYE: Duration = Duration::from_millis(100);

/// The shortest time between two looks for another password. A refusal that a new one does not mend is no reason to ask
/// for each request.
const COOL_DOWN: Duration = Duration::from_secs(10);

/// Opens connections.
pub(super) struct Opener {
    /// Where they lead, with the password, which may be another one day.
    url: RwLock<Arc<DatabaseUrl>>,
    /// Where the URL is kept, if it may change.
    secrets: Option<ParameterStore>,
    /// When another URL was last looked for, by the wall clock, which goes on while an environment is frozen. Held during
    /// a look, so that there is one at a time.
    looked: Mutex<Option<SystemTime>>,
    /// Each open connection has one, too.
    open: Arc<()>,
}

impl Opener {
    pub(super) fn new(url: DatabaseUrl, secrets: Option<ParameterStore>) -> Self {
        Self { url: RwLock::new(Arc::new(url)), secrets, looked: Mutex::default(), open: Arc::default() }
    }

    /// Known by all connections: with one left, none is open.
    pub(super) fn open(&self) -> Arc<()> {
        Arc::clone(&self.open)
    }

    fn url(&self) -> Arc<DatabaseUrl> {
        Arc::clone(&self.url.read().unwrap_or_else(PoisonError::into_inner))
    }

    async fn opened(&self) -> Result<Opened, Error> {
        let url = self.url();
        match url.open().await {
            Err(error) if error.code().is_some_and(is_refusal) && self.has_another(&url).await => {
                self.url().open().await
            }
            opened => opened,
        }
    }

    /// Whether the password has been changed, and the new one is known now.
    async fn has_another(&self, refused: &DatabaseUrl) -> bool {
        let Some(secrets) = &self.secrets else { return false };
        let mut looked = self.looked.lock().await;
        if !self.url().is(refused) {
            return true; // somebody else has found it meanwhile
        }
        if looked.is_some_and(|then| then.elapsed().is_ok_and(|elapsed| elapsed < COOL_DOWN)) {
            return false;
        }
        let another = another(secrets, refused).await;
        *looked = Some(SystemTime::now()); // after it: a look that was given up was none
        match another {
            Ok(Some(url)) => {
                tracing::info!("the database's password has been changed");
                *self.url.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(url);
                true
            }
            Ok(None) => false,
            Err(cause) => {
                tracing::warn!(cause, "the database refuses the password, and another cannot be had");
                false
            }
        }
    }
}

async fn another(secrets: &ParameterStore, refused: &DatabaseUrl) -> Result<Option<DatabaseUrl>, String> {
    let mut parameters = secrets.fetch().await?;
    let Some(text) = parameters.remove("DATABASE_URL") else { return Ok(None) };
    let url = DatabaseUrl::parse("DATABASE_URL", &text).map_err(|error| error.to_string())?;
    Ok(Some(url).filter(|url| !url.is(refused)))
}

type Handle = (Client, JoinHandle<()>);

impl Connect for Opener {
    fn connect(&self, _: &Config) -> Pin<Box<dyn Future<Output = Result<Handle, Error>> + Send + '_>> {
        Box::pin(async {
            let (client, connection) = self.opened().await?;
            let (held, given_up) = oneshot::channel::<()>();
            tokio::spawn(carry(connection, given_up, self.open()));
            // The pool aborts this task with the connection. Were it the one that carries the bytes, Postgres would not
            // hear a goodbye and would have to find out that we are gone.
            let holder = tokio::spawn(async move {
                let _held = held;
                pending::<()>().await;
            });
            Ok((client, holder))
        })
    }
}

/// Carries the bytes of a connection until it ends: what ends it, the statements on it are told.
async fn carry(connection: Connection, given_up: oneshot::Receiver<()>, _open: Arc<()>) {
    let mut connection = pin!(connection);
    select! {
        _ = &mut connection => {}
        _ = given_up => {
            let _ = timeout(GOODBYE, connection).await;
        }
    }
}
