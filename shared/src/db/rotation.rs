//! A password that is changed while functions run: the next login is refused, and the new one is where the old one was.

use std::time::{Duration, SystemTime};

use tokio::sync::Mutex;

use super::{DatabaseUrl, connection::Manager};
use crate::secrets::Secrets;

/// The shortest time between two looks. A refusal that a new password does not mend is no reason to ask for each request.
const COOL_DOWN: Duration = Duration::from_secs(10);

/// Where the URL is kept, and when it was looked for.
pub(super) struct Rotation {
    secrets: Secrets,
    /// By the wall clock, which goes on while an environment is frozen. Held during a look, so that there is one at a
    /// time.
    looked: Mutex<Option<SystemTime>>,
}

impl Rotation {
    pub(super) fn new(secrets: Secrets) -> Self {
        Self { secrets, looked: Mutex::new(None) }
    }

    /// Looks for another URL than the one that was refused, and has connections opened by it from now on. Whether there
    /// is one.
    pub(super) async fn look(&self, refused: &DatabaseUrl, manager: &Manager) -> bool {
        let mut looked = self.looked.lock().await;
        if !manager.url().is(refused) {
            return true; // somebody else has found it meanwhile
        }
        if looked.is_some_and(|then| then.elapsed().is_ok_and(|elapsed| elapsed < COOL_DOWN)) {
            return false;
        }
        let another = self.another(refused).await;
        *looked = Some(SystemTime::now()); // after it: a look that was given up was none
        match another {
            Ok(Some(url)) => {
                tracing::info!("the database's password has been changed");
                manager.set_url(url);
                true
            }
            Ok(None) => false,
            Err(cause) => {
                tracing::warn!(cause, "the database refuses the password, and another cannot be had");
                false
            }
        }
    }

    async fn another(&self, refused: &DatabaseUrl) -> Result<Option<DatabaseUrl>, String> {
        let mut parameters = self.secrets.fetch().await?;
        let Some(text) = parameters.remove("DATABASE_URL") else { return Ok(None) };
        let url = DatabaseUrl::parse("DATABASE_URL", &text).map_err(|error| error.to_string())?;
        Ok(Some(url).filter(|url| !url.is(refused)))
    }
}
