//! Any header and any payload (with a zero byte between them) with a valid signature. Two checks must agree: the
//! verifier, and a second, simple check of the same rules.
#![no_main]

use std::sync::LazyLock;

use fuzz::{AUDIENCE, ISSUER, VERIFIER, user};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use testing::token::{Key, SECRET, compact, now};

static KEY: LazyLock<Key> = LazyLock::new(|| Key::secret(SECRET.as_bytes()));

fuzz_target!(|input: &[u8]| {
    let mut parts = input.splitn(2, |byte| *byte == 0);
    let (header, payload) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let token = compact(header, payload, &KEY, "HS256");
    if let Some(user) = user(&VERIFIER, &token) {
        assert!(token.len() <= 8 * 1024);
        assert!(is_our_header(header), "{}", String::from_utf8_lossy(header));
        assert_eq!(subject(payload).as_deref(), Some(user.as_str()), "{}", String::from_utf8_lossy(payload));
    }
});

fn is_our_header(header: &[u8]) -> bool {
    let header: Value = serde_json::from_slice(header).unwrap_or_default();
    let kid = header.get("kid").is_none_or(Value::is_string);
    header["alg"] == "HS256" && kid && ["crit", "b64", "zip", "enc"].iter().all(|name| header.get(name).is_none())
}

/// The subject of the claims, if all claims are valid. (If a member is there twice, this reads the last one. So the
/// test fails if the verifier reads the first.)
fn subject(claims: &[u8]) -> Option<String> {
    let claims: Value = serde_json::from_slice(claims).ok()?;
    let (now, leeway) = (now() as f64, 32.0); // 30, and 2 for the time between the two checks
    let time = |name: &str| claims.get(name).map(Value::as_f64);
    let holds = time("exp")?? > now - leeway
        && ["nbf", "iat"].iter().all(|name| time(name).is_none_or(|time| time.is_some_and(|time| time < now + leeway)))
        && ["exp", "nbf", "iat"].iter().all(|name| time(name).flatten().is_none_or(|time| time >= 0.0))
        && [ISSUER, "https://other.example"].iter().any(|issuer| claims["iss"] == *issuer)
        && (claims["aud"] == AUDIENCE || claims["aud"].as_array()?.iter().any(|audience| audience == AUDIENCE));
    let subject = claims["sub"].as_str()?;
    (holds && (1..=255).contains(&subject.len()) && !subject.contains(char::is_control)).then(|| subject.to_owned())
}
