//! `token` issues development tokens for `scripts/dev.py`, which decides on their claims.
//!
//! - `token keys` prints the key set that the functions must trust, without the private halves.
//! - `token sign ALGORITHM CLAIMS` prints a token with these claims (JSON).
//!
//! The keys are derived from `JWT_SECRET`, the secret of the machine. So they are the same at each start, and different
//! on every machine.

use std::{env, process::ExitCode};

use jsonwebtoken::{Algorithm, AlgorithmFamily};
use serde_json::json;
use shared::settings::{Fatal, required};
use testing::token::{Key, compact, segment};

#[allow(clippy::print_stdout, clippy::print_stderr, reason = "a command prints its result or its error")]
fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    match run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(answer) => {
            println!("{answer}");
            ExitCode::SUCCESS
        }
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<String, Fatal> {
    match arguments {
        ["keys"] => {
            let seed = seed()?;
            let keys = [ed25519(&seed), p256(&seed), p384(&seed), rsa(&seed)];
            Ok(json!({ "keys": keys.map(|key| key.jwk_with(json!({ "use": "sig" }))) }).to_string())
        }
        ["sign", algorithm, claims] => {
            let key = signer(algorithm, &seed()?)?;
            let header = json!({ "alg": algorithm, "kid": key.kid(), "typ": "JWT" });
            Ok(compact(header.to_string(), claims, &key, algorithm))
        }
        _ => Err(Fatal::new("usage: token keys | token sign ALGORITHM CLAIMS")),
    }
}

/// The key for this algorithm.
fn signer(algorithm: &str, seed: &str) -> Result<Key, Fatal> {
    match algorithm.parse() {
        Ok(Algorithm::EdDSA) => Ok(ed25519(seed)),
        Ok(Algorithm::ES256) => Ok(p256(seed)),
        Ok(Algorithm::ES384) => Ok(p384(seed)),
        Ok(other) if other.family() == AlgorithmFamily::Rsa => Ok(rsa(seed)),
        _ => Err(Fatal::new(format!("there is no development key for {algorithm}"))),
    }
}

fn ed25519(seed: &str) -> Key {
    Key::ed25519(seed).named("development-ed25519")
}

fn p256(seed: &str) -> Key {
    Key::p256(seed).named("development-p256")
}

fn p384(seed: &str) -> Key {
    Key::p384(seed).named("development-p384")
}

fn rsa(seed: &str) -> Key {
    Key::rsa(seed).named("development-rsa")
}

/// A hash of the secret, which does not reveal it. A [`Key`] uses at least 23 characters of it, which are 138 bits.
fn seed() -> Result<String, Fatal> {
    let secret = Key::secret(required("JWT_SECRET")?.as_bytes());
    Ok(segment(secret.sign("what the development keys are made of", "HS256")))
}
