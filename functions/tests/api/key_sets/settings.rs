//! A function with a wrong setting does not start, and says what is wrong.

use testing::{
    ApiBuilder,
    jwks::{Issuer, set},
    lambda::{Function, Lambda},
    token::{Key, SECRET},
};

use super::list;
use crate::{binaries, builder};

const DATABASE_URL: &str = "postgres://nobody:nothing@127.0.0.1:1/none?sslmode=disable";

async fn refused(settings: &[(&str, &str)]) -> String {
    let function = Function::new(&binaries().join("list-tasks")).env("DATABASE_URL", DATABASE_URL);
    let set = |function: Function, (name, value): &(&str, &str)| function.env(name, value);
    let mut lambda = Lambda::spawn(&settings.iter().fold(function, set)).await;
    assert!(!lambda.exit().await.success(), "{settings:?}");
    lambda.log().to_string()
}

#[tokio::test]
async fn each_wrong_setting_is_named_and_no_secret_is_shown() {
    let many: Vec<_> = (0..33).map(|number| Key::p256(&number.to_string())).collect();
    let (many, unusable) = (set(&many).to_string(), set([&Key::secret(b"hunter2")]).to_string());
    let secret = ("JWT_SECRET", SECRET);
    for (name, value) in [
        ("JWT_SECRET", "hunter2"),
        ("JWT_SECRET", "hunter2-and-31-bytes-in-all-is1"),
        ("JWT_SECRET_PREVIOUS", "hunter2"),
        ("BETTER_AUTH_SECRET", "hunter2"),
        ("JWKS", "hunter2"),
        ("JWKS", "{\"keys\":\"hunter2\"}"),
        ("JWKS", "{\"keys\":[]}"),
        ("JWKS", "[]"),
        ("JWKS", "https://issuer.example/jwks"),
        ("JWKS", &unusable),
        ("JWKS", &many),
        ("JWKS_URL", "http://issuer.example/jwks"),
        ("JWKS_URL", "http://169.254.169.254/jwks"),
        ("JWKS_URL", "http://localhost.issuer.example/jwks"),
        ("JWKS_URL", "file:///etc/passwd"),
        ("JWKS_URL", "issuer.example/jwks"),
        ("JWKS_URL", "nonsense"),
        ("JWKS_URL", "https://user:hunter2@issuer.example/jwks"),
        ("JWKS_URL", "https://user:hunter2@issuer example/jwks"),
        ("JWT_LEEWAY", "301"),
        ("JWT_LEEWAY", "-1"),
        ("JWT_LEEWAY", "0.5"),
        ("JWT_LEEWAY", "soon"),
        ("JWKS_MAX_AGE", "29"),
        ("JWKS_MAX_AGE", "86401"),
        ("JWKS_MAX_AGE", "never"),
    ] {
        let settings = if name.ends_with("_SECRET") { vec![(name, value)] } else { vec![secret, (name, value)] };
        let log = refused(&settings).await;
        assert!(log.contains(&format!("{name} ")), "{name}={value}: {log}");
        assert!(!log.contains("hunter2") && !log.contains("panicked"), "{log}");
    }
}

#[tokio::test]
async fn without_any_key_a_function_does_not_start_and_names_the_variables() {
    let log = refused(&[("JWT_SECRET", ""), ("JWKS", ""), ("JWKS_URL", "")]).await;
    assert!(["JWT_SECRET", "JWKS_URL", "JWKS"].iter().all(|name| log.contains(name)), "{log}");
}

/// If an issuer also serves other applications, every token that it made for them would be accepted.
#[tokio::test]
async fn public_keys_without_an_issuer_or_an_audience_cause_a_warning() {
    let key = Key::p256("a");
    let issuer = Issuer::of([&key]).await;
    let keys = set([&key]).to_string();
    let (iss, aud) = (("JWT_ISSUER", "x"), ("JWT_AUDIENCE", "x"));
    let url = issuer.url();
    let (fixed, fetched) = (("JWKS", keys.as_str()), ("JWKS_URL", url.as_str()));
    for (settings, warned_of) in [
        (vec![fixed], vec!["JWT_ISSUER", "JWT_AUDIENCE"]),
        (vec![fetched], vec!["JWT_ISSUER", "JWT_AUDIENCE"]),
        (vec![fixed, iss], vec!["JWT_AUDIENCE"]),
        (vec![fetched, aud], vec!["JWT_ISSUER"]),
        (vec![fixed, iss, aud], vec![]),
        (vec![], vec![]),
    ] {
        let set = |builder: ApiBuilder, (name, value): &(&str, &str)| builder.env(name, value);
        let api = settings.iter().fold(builder(), set).start().await;
        let answer = list(&api, "x").await;
        api.log().line_with(answer.header("x-request-id").unwrap()).await;
        let warnings: String = api.log().lines().into_iter().filter(|line| line.contains("WARN")).collect();
        for name in ["JWT_ISSUER", "JWT_AUDIENCE"] {
            assert_eq!(warnings.contains(name), warned_of.contains(&name), "{settings:?}: {warnings}");
        }
    }
}
