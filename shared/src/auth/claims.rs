//! What a verified token must say: RFC 7519 §4.1. Where the RFC leaves a choice, this is the stricter one.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::{error::Unauthorized, user::UserId};
use crate::json::Object;

/// The last second of the year 9999, in seconds since 1970. A later time is a mistake or an attack.
const LAST_SECOND: f64 = 253_402_300_799.0;

/// Which claims a token must have.
#[derive(Debug)]
pub struct Policy {
    /// The accepted issuers; any if empty.
    pub issuers: Vec<String>,
    /// The accepted audiences; any if empty. A token must name at least one of them.
    pub audiences: Vec<String>,
    /// The claim that names the audience.
    pub audience_claim: String,
    /// The claim that names the user.
    pub user_claim: String,
    /// How far the issuer's clock may differ from ours, in seconds.
    pub leeway: u32,
}

impl Policy {
    /// The user that the claims name, or why they are refused.
    pub(super) fn check(&self, claims: &Object) -> Result<UserId, Unauthorized> {
        self.check_times(claims, now())?;
        if !self.issuers.is_empty() {
            let issuer = claims.get("iss").and_then(Value::as_str);
            if !issuer.is_some_and(|issuer| self.issuers.iter().any(|accepted| accepted == issuer)) {
                return Err(Unauthorized::Issuer);
            }
        }
        if !self.audiences.is_empty() && !self.is_for_us(claims.get(&self.audience_claim)) {
            return Err(Unauthorized::Audience);
        }
        match claims.get(&self.user_claim) {
            Some(Value::String(user)) => UserId::parse(user),
            Some(_) => Err(Unauthorized::Malformed("the user's claim is no string")),
            None => Err(Unauthorized::Malformed("the user's claim is missing")),
        }
    }

    fn check_times(&self, claims: &Object, now: f64) -> Result<(), Unauthorized> {
        let leeway = f64::from(self.leeway);
        let expires = time(claims, "exp")?.ok_or(Unauthorized::Malformed("exp is missing"))?;
        if expires <= now - leeway {
            return Err(Unauthorized::Expired);
        }
        for (claim, refused) in [("nbf", "not valid yet"), ("iat", "issued in the future")] {
            if time(claims, claim)?.is_some_and(|from| from > now + leeway) {
                return Err(Unauthorized::NotYet(refused));
            }
        }
        Ok(())
    }

    /// Whether an audience claim names one of ours. It is a string or an array of strings.
    fn is_for_us(&self, audience: Option<&Value>) -> bool {
        let ours = |value: &Value| value.as_str().is_some_and(|value| self.audiences.iter().any(|ours| ours == value));
        match audience {
            Some(Value::Array(all)) => all.iter().all(Value::is_string) && all.iter().any(ours),
            Some(one) => ours(one),
            None => false,
        }
    }
}

/// Reads a `NumericDate`: seconds since 1970, possibly with a fraction.
fn time(claims: &Object, name: &str) -> Result<Option<f64>, Unauthorized> {
    match claims.get(name) {
        None => Ok(None),
        Some(value) => match value.as_f64() {
            Some(seconds) if (0.0..=LAST_SECOND).contains(&seconds) => Ok(Some(seconds)),
            _ => Err(Unauthorized::Malformed("exp, nbf or iat is no date")),
        },
    }
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}
