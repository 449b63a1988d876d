//! Who sent a request: bearer token → verified claims → [`UserId`]. This module knows nothing of HTTP, except how to
//! fetch an issuer's keys.
//!
//! Each module uses those below it:
//!
//! - `verifier`: takes a token through the other modules.
//! - `settings`: which tokens are accepted.
//! - `jwks`: caches an issuer's keys. `fetch`: fetches them.
//! - `key_set` and `key`: which keys may have signed a token, and whether one of them did.
//! - `claims`: what a token must say.
//! - `token`: splits a token into its parts. Nothing in it is trusted before its signature has been verified.
//! - `user` and `error`: the result.

mod claims;
mod error;
mod fetch;
mod jwks;
mod key;
mod key_set;
mod settings;
mod token;
mod user;
mod verifier;

pub use claims::Policy;
pub use error::{Error, Unauthorized};
pub use fetch::JwksUrl;
pub use jwks::Jwks;
pub use settings::TokenConfig;
pub(crate) use settings::issuer;
pub use user::UserId;
pub use verifier::Verifier;
