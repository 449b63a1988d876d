//! Who sent a request: bearer token → verified claims → [`UserId`]. Of HTTP it only knows how to fetch an issuer's
//! keys.
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
//! - `settings`: which tokens are taken.
//! - `jwks`: an issuer's keys, kept; `fetch`: fetched.
//! - `key_set` and `key`: which keys may have signed a token, and whether one has.
//! - `claims`: what a token must say.
//! - `token`: a token taken apart. Nothing of it is believed before its signature has been verified.
//! - `user` and `error`: what comes of it.

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
