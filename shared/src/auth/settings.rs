//! Which tokens are accepted.

use std::{sync::Arc, time::Duration};

use super::{claims::Policy, fetch::JwksUrl, jwks::Jwks};
use crate::settings::{Fatal, Settings, optional};

/// The shortest shared secret, in bytes: HS256 requires a key at least as long as its hash (RFC 7518 §3.2).
const SECRET_BYTES: usize = 32;

/// Which tokens are accepted. At least one source of keys is set.
pub struct TokenConfig {
    /// `JWT_SECRET` (or `BETTER_AUTH_SECRET` if that is not set) and `JWT_SECRET_PREVIOUS`: shared secrets for HS256,
    /// HS384 and HS512, of 32 bytes or more. With two secrets, tokens signed with either are accepted. That is for the
    /// time of a rotation.
    pub secrets: Vec<String>,
    /// `JWKS`: an issuer's public keys as JSON. They are fixed, and nothing is fetched.
    pub jwks: Option<String>,
    /// The issuer whose keys are fetched, if `JWKS_URL` is set.
    pub issuer: Option<Arc<Jwks>>,
    /// `JWT_ISSUER` and `JWT_AUDIENCE` (several are separated by commas), `JWT_USER_CLAIM` (default `sub`),
    /// `JWT_AUDIENCE_CLAIM` (default `aud`), and `JWT_LEEWAY`: how far the issuer's clock may differ from ours, in
    /// seconds, 0 to 300; the default is 30.
    pub policy: Policy,
}

impl TokenConfig {
    /// Reads the settings. The error names a variable that is missing or wrong.
    pub fn new(settings: &Settings, issuer: Option<Arc<Jwks>>) -> Result<Self, Fatal> {
        let config = Self {
            secrets: secrets(settings)?,
            jwks: settings.optional("JWKS"),
            issuer,
            policy: Policy {
                issuers: settings.list("JWT_ISSUER"),
                audiences: settings.list("JWT_AUDIENCE"),
                audience_claim: settings.optional("JWT_AUDIENCE_CLAIM").unwrap_or_else(|| "aud".into()),
                user_claim: settings.optional("JWT_USER_CLAIM").unwrap_or_else(|| "sub".into()),
                leeway: settings.seconds("JWT_LEEWAY", 30, 0..=300)?,
            },
        };
        if config.secrets.is_empty() && config.jwks.is_none() && config.issuer.is_none() {
            return Err(Fatal::new(
                "JWT_SECRET is not set, and neither is JWKS_URL or JWKS: set one of them to the secret or the keys that \
                 sign your users' tokens (JWKS_URL is not read from Parameter Store)",
            ));
        }
        Ok(config)
    }
}

/// The issuer whose keys are fetched. Its settings come from variables only, not from Parameter Store: they are not
/// secret, and the keys are fetched while the secrets are read.
///
/// `JWKS_URL`: where the issuer publishes its keys. `JWKS_MAX_AGE`: how long fetched keys are used before they are
/// fetched again, in seconds, 30 to 86,400; the default is 600. A key that the issuer has withdrawn is accepted for at
/// most this time, unless the issuer cannot be reached.
pub(crate) fn issuer() -> Result<Option<Jwks>, Fatal> {
    let max_age = Settings::default().seconds("JWKS_MAX_AGE", 600, 30..=86_400)?;
    let url = optional("JWKS_URL").map(|url| JwksUrl::parse("JWKS_URL", &url)).transpose()?;
    Ok(url.map(|url| Jwks::new(url, Duration::from_secs(max_age.into()))))
}

/// The shared secrets. The API never makes a secret by itself, because each execution environment would make its own
/// and refuse the tokens of all users. (`make dev` generates one for all functions.)
fn secrets(settings: &Settings) -> Result<Vec<String>, Fatal> {
    let current = ["JWT_SECRET", "BETTER_AUTH_SECRET"].into_iter().find(|name| settings.optional(name).is_some());
    let mut secrets = Vec::new();
    for name in current.into_iter().chain(["JWT_SECRET_PREVIOUS"]) {
        let Some(secret) = settings.optional(name) else { continue };
        if settings.is_quoted(name) {
            return Err(Fatal::new(format!(
                "{name} is in quotes, and it is unclear whether they belong to the secret: remove them here and \
                 where your tokens are signed"
            )));
        }
        if secret.len() < SECRET_BYTES {
            return Err(Fatal::new(format!(
                "{name} has {} bytes and needs {SECRET_BYTES} or more: `openssl rand -base64 48` makes one",
                secret.len()
            )));
        }
        secrets.push(secret);
    }
    Ok(secrets)
}
