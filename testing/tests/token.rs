//! The command `token`, as `make token` and `make dev` call it: its key set verifies the tokens that it signs.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::process::Command;

use serde_json::{Value, json};
use shared::auth::{Policy, TokenConfig, Verifier};
use testing::token::now;

const MACHINE: &str = "the-secret-of-one-machine-which-guards-nothing";
const ANOTHER: &str = "the-secret-of-another-machine-which-guards-nothing";
const ALGORITHMS: [&str; 9] = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"];

#[tokio::test]
async fn a_development_token_of_every_algorithm_is_accepted_by_the_key_set_of_its_machine_only() {
    let (own, another) = (verifier(&token(MACHINE, &["keys"])), verifier(&token(ANOTHER, &["keys"])));
    let claims = json!({ "sub": "alice", "exp": now() + 60, "iss": "us", "aud": "tasks" }).to_string();
    for algorithm in ALGORITHMS {
        let signed = token(MACHINE, &["sign", algorithm, &claims]);
        assert_eq!(own.verify(&signed).await.expect(algorithm).as_str(), "alice");
        another.verify(&signed).await.expect_err(algorithm);
    }
}

#[test]
fn the_development_keys_are_the_same_at_each_start_and_their_private_halves_are_not_shown() {
    let printed = token(MACHINE, &["keys"]);
    assert_eq!(printed, token(MACHINE, &["keys"]));
    let set: Value = serde_json::from_str(&printed).unwrap();
    let keys = set["keys"].as_array().unwrap();
    let names: Vec<_> = keys.iter().map(|key| key["kid"].as_str().unwrap()).collect();
    assert_eq!(names, ["development-ed25519", "development-p256", "development-p384", "development-rsa"]);
    for key in keys {
        let members: Vec<_> = key.as_object().unwrap().keys().collect();
        let public = |member: &&String| ["crv", "e", "kid", "kty", "n", "use", "x", "y"].contains(&member.as_str());
        assert!(members.iter().all(public), "{members:?}");
    }
}

#[test]
fn a_wrong_call_of_token_prints_one_line_and_does_not_panic() {
    for arguments in [&[][..], &["sign", "ES512", "{}"], &["sign", "HS256", "{}"], &["sign", "none", "{}"]] {
        let output = command(MACHINE).args(arguments).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len(), said.lines().count()), (Some(1), 0, 1), "{said}");
    }
}

fn token(secret: &str, arguments: &[&str]) -> String {
    let output = command(secret).args(arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

fn command(secret: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_token"));
    command.env("JWT_SECRET", secret);
    command
}

fn verifier(jwks: &str) -> Verifier {
    let policy = Policy {
        issuers: vec!["us".into()],
        audiences: vec!["tasks".into()],
        audience_claim: "aud".into(),
        user_claim: "sub".into(),
        leeway: 0,
    };
    let jwks = Some(jwks.to_owned());
    Verifier::new(TokenConfig { secrets: vec![], jwks, issuer: None, policy }).unwrap()
}
