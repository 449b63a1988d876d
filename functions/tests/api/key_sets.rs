//! Where the keys come from: secrets and their rotation, a fixed key set, a fetched one, and an issuer that fails.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use shared::{
    auth::{JwksUrl, Policy, Verifier},
    config::TokenConfig,
};
use testing::{
    Answer, Api, ApiBuilder,
    jwks::{BlackHole, Certificate, Issuer, Reply, set, set_of},
    lambda::{Function, Lambda},
    token::{Key, SECRET, Token, low_order, segment},
};
use tokio::{task::JoinSet, time::sleep};

use crate::{binaries, builder, create};

/// The cool-down between two fetches, and a little.
const COOL_DOWN: Duration = Duration::from_secs(31);

const UNKNOWN: &str = "the token is signed with a key or an algorithm that is not known here";

fn with(keys: &Value) -> ApiBuilder {
    builder().env("JWKS", &keys.to_string())
}

fn of(issuer: &Issuer) -> ApiBuilder {
    builder().env("JWKS_URL", &issuer.url())
}

/// A token by this key.
fn token(key: &Key) -> String {
    Token::of("alice").key(key, "ES256").sign()
}

/// A token whose key nobody has heard of.
fn garbage(number: usize) -> String {
    token(&Key::p256("stranger").named(&format!("garbage-{number}")))
}

/// One function, since each process has a key set of its own.
async fn list(api: &Api, token: &str) -> Answer {
    api.get("/api/me/tasks").token(token).send().await
}

async fn assert_taken(api: &Api, token: &str) {
    let answer = list(api, token).await;
    assert_eq!(answer.status, 200, "{answer:?}\n{}", api.log());
}

async fn assert_unknown(api: &Api, token: &str) {
    let answer = list(api, token).await;
    let challenge = answer.header("www-authenticate").unwrap_or_default();
    assert!(answer.status == 401 && challenge.contains(UNKNOWN), "{answer:?}\n{}", api.log());
}

/// It is the issuer's fault and not the caller's, so it is no 401, and it says when to come again.
async fn assert_unavailable(api: &Api, token: &str) {
    let answer = list(api, token).await;
    assert_eq!((answer.status, answer.error_code()), (503, Some("keys_unavailable")), "{answer:?}");
    assert_eq!(answer.header("retry-after"), Some("30"));
    assert_eq!(answer.header("www-authenticate"), None);
}

mod secrets {
    use super::*;

    #[tokio::test]
    async fn a_secret_is_replaced_while_tokens_of_the_old_one_are_still_about() {
        let (new, old) = ("the-new-secret-which-has-enough-bytes", "the-old-secret-which-has-enough-bytes");
        let api = builder().env("JWT_SECRET", new).env("JWT_SECRET_PREVIOUS", old).start().await;
        for algorithm in ["HS256", "HS384", "HS512"] {
            for secret in [new, old] {
                assert_taken(&api, &Token::of("alice").key(&Key::secret(secret.as_bytes()), algorithm).sign()).await;
            }
            let other = Token::of("alice").key(&Key::secret(SECRET.as_bytes()), algorithm).sign();
            assert_eq!(list(&api, &other).await.status, 401);
        }
    }

    #[tokio::test]
    async fn a_secret_is_of_no_use_once_it_is_taken_out() {
        let api = builder().env("JWT_SECRET", "the-new-secret-which-has-enough-bytes").start().await;
        assert_eq!(list(&api, &Token::of("alice").sign()).await.status, 401);
    }

    #[tokio::test]
    async fn without_a_secret_no_hmac_is_taken() {
        let key = Key::p256("a");
        let api = with(&set([&key])).without_env("JWT_SECRET").start().await;
        assert_taken(&api, &token(&key)).await;
        for secret in [SECRET.as_bytes(), b"", key.jwk().to_string().as_bytes()] {
            assert_unknown(&api, &Token::of("alice").key(&Key::secret(secret), "HS256").sign()).await;
        }
    }

    #[tokio::test]
    async fn without_keys_no_signature_but_the_secrets_is_taken() {
        let api = crate::start().await;
        assert_unknown(&api, &token(&Key::p256("a"))).await;
        assert_unknown(&api, &Token::of("alice").key(&Key::rsa("rsa"), "RS256").without_header("kid").sign()).await;
    }

    #[tokio::test]
    async fn secret_fixed_keys_and_an_issuer_stand_side_by_side() {
        let (fixed, fetched) = (Key::p256("fixed"), Key::p256("fetched"));
        let issuer = Issuer::of([&fetched]).await;
        let api = with(&set([&fixed])).env("JWKS_URL", &issuer.url()).start().await;
        for token in [Token::of("alice").sign(), token(&fixed), token(&fetched)] {
            assert_taken(&api, &token).await;
        }
        for key in [fixed, fetched] {
            assert_taken(&api, &Token::of("alice").key(&key, "ES256").without_header("kid").sign()).await;
        }
    }
}

mod fixed {
    use super::*;

    #[tokio::test]
    async fn fixed_keys_need_no_network() {
        let (fixed, issuer) = (Key::p256("fixed"), Issuer::that(Reply::HangUp).await);
        let api = with(&set([&fixed])).env("JWKS_URL", &issuer.url()).start().await;
        for _ in 0..3 {
            assert_taken(&api, &token(&fixed)).await;
            assert_taken(&api, &Token::of("alice").sign()).await;
        }
        assert_eq!(issuer.fetches(), 1, "at the start, and never for these");
    }

    #[tokio::test]
    async fn a_set_may_have_32_keys() {
        let keys: Vec<_> = (0..32).map(|number| Key::p256(&number.to_string())).collect();
        let api = with(&set(&keys)).start().await;
        assert_taken(&api, &token(&keys[0])).await;
        assert_taken(&api, &Token::of("alice").key(&keys[31], "ES256").without_header("kid").sign()).await;
    }

    /// Each stands beside a good key, which is taken, and is told with its place and the reason.
    #[tokio::test]
    async fn a_key_that_cannot_be_used_is_told_and_spoils_no_other() {
        let bad = bad_keys();
        let good = Key::p256("good");
        let keys = set_of(bad.iter().map(|(_, jwk)| jwk.clone()).chain([good.jwk()]));
        let api = with(&keys).start().await;
        assert_taken(&api, &token(&good)).await;
        let lines = api.log().lines().into_iter().map(|line| serde_json::from_str::<Value>(&line).unwrap());
        let warnings: Vec<_> = lines.filter(|line| line["message"] == "a key of the key set cannot be used").collect();
        for (number, (reason, jwk)) in bad.iter().enumerate() {
            let Some(warning) = warnings.iter().find(|warning| warning["key"] == number) else {
                panic!("taken: {jwk}")
            };
            assert_eq!((&warning["reason"], &warning["level"]), (&json!(reason), &json!("WARN")), "{jwk}");
        }
        assert_eq!(warnings.len(), bad.len());
    }

    fn bad_keys() -> Vec<(&'static str, Value)> {
        let (rsa, p256, p384, ed25519) = (Key::rsa("rsa"), Key::p256("a"), Key::p384("a"), Key::ed25519("a"));
        let not_for_signatures = "not for signatures";
        let alg = "alg does not fit the key, or is not supported";
        let length = "x or y has not the curve's length";
        let unsupported = "a type of key that is not supported";
        let (long, short) = (segment([1; 33]), segment([1; 31]));
        vec![
            (not_for_signatures, rsa.jwk_with(json!({ "use": "enc" }))),
            (not_for_signatures, p256.jwk_with(json!({ "use": ["sig"] }))),
            (not_for_signatures, p256.jwk_with(json!({ "key_ops": ["sign", "encrypt"] }))),
            (not_for_signatures, p256.jwk_with(json!({ "key_ops": "verify" }))),
            (alg, rsa.jwk_with(json!({ "alg": "ES256" }))),
            (alg, p256.jwk_with(json!({ "alg": "ES384" }))),
            (alg, ed25519.jwk_with(json!({ "alg": 5 }))),
            (alg, rsa.jwk_with(json!({ "alg": "HS256" }))),
            ("kid is no string", p256.jwk_with(json!({ "kid": 5 }))),
            ("an RSA key has 2048 to 4096 bits", Key::rsa_of_bits("short", 1024).jwk()),
            ("an RSA key has 2048 to 4096 bits", rsa.jwk_with(json!({ "n": segment([0xff; 513]) }))),
            ("an RSA key has 2048 to 4096 bits", rsa.jwk_with(json!({ "n": segment([[0; 256], [1; 256]].concat()) }))),
            ("e is no exponent", rsa.jwk_with(json!({ "e": segment([1]) }))),
            ("e is no exponent", rsa.jwk_with(json!({ "e": segment([0, 0, 1]) }))),
            ("e is no exponent", rsa.jwk_with(json!({ "e": segment([2]) }))),
            ("e is no exponent", rsa.jwk_with(json!({ "e": "" }))),
            ("e is no exponent", rsa.jwk_with(json!({ "e": segment([1, 0, 0, 0, 1]) }))),
            ("a part of the key is missing", json!({ "kty": "RSA", "n": "AQAB" })),
            ("a part of the key is not base64url", rsa.jwk_with(json!({ "n": "!" }))),
            (length, p256.jwk_with(json!({ "x": long }))),
            (length, p384.jwk_with(json!({ "y": short }))),
            ("not a key", p256.jwk_with(json!({ "y": segment([1; 32]) }))),
            ("not a key", p384.jwk_with(json!({ "x": segment([0; 48]), "y": segment([0; 48]) }))),
            ("ES512 is not supported", json!({ "kty": "EC", "crv": "P-521", "x": "AA", "y": "AA" })),
            ("x has not 32 bytes", ed25519.jwk_with(json!({ "x": long }))),
            ("x is of small order", ed25519.jwk_with(json!({ "x": segment(low_order()[10]) }))),
            ("x is no point of the curve", ed25519.jwk_with(json!({ "x": segment([2; 32]) }))),
            (unsupported, Key::secret(SECRET.as_bytes()).jwk()),
            (unsupported, json!({ "kty": "OKP", "crv": "X25519", "x": segment([1; 32]) })),
            (unsupported, json!({})),
            ("not an object", json!("a key")),
        ]
    }
}

mod fetched {
    use super::*;

    #[tokio::test]
    async fn keys_are_fetched_at_the_start_and_no_request_costs_a_fetch() {
        let key = Key::p256("a");
        let issuer = Issuer::of([&key]).await;
        let api = of(&issuer).start().await;
        for _ in 0..10 {
            assert_taken(&api, &token(&key)).await;
            assert_eq!(list(&api, &(token(&key) + "A")).await.status, 401);
        }
        assert_eq!(issuer.fetches(), 1);
    }

    #[tokio::test]
    async fn a_warm_request_is_one_round_trip_to_the_database_and_none_to_the_issuer() {
        let key = Key::p256("a");
        let issuer = Issuer::of([&key]).await;
        let api = of(&issuer).through_proxy(Duration::from_millis(5)).start().await;
        assert_taken(&api, &token(&key)).await;
        api.proxy().reset();
        assert_taken(&api, &token(&key)).await;
        assert_eq!((api.proxy().flights(), issuer.fetches()), (1, 1));
    }

    #[tokio::test]
    async fn no_number_of_made_up_kids_makes_us_ask_the_issuer_again() {
        let key = Key::p256("a");
        let issuer = Issuer::of([&key]).await;
        let api = of(&issuer).start().await;
        for number in 0..20 {
            assert_unknown(&api, &garbage(number)).await;
        }
        assert_taken(&api, &token(&key)).await;
        assert_eq!(issuer.fetches(), 1);
    }

    /// Past the front door, since a function has one request at a time there.
    #[tokio::test]
    async fn many_who_need_the_keys_at_once_share_a_fetch() {
        let key = Key::p256("a");
        let issuer = Issuer::that(Reply::Slow(Duration::from_millis(300), set([&key]))).await;
        let url = JwksUrl::parse("JWKS_URL", &issuer.url()).unwrap();
        let policy = Policy {
            issuers: vec![],
            audiences: vec![],
            audience_claim: "aud".to_owned(),
            user_claim: "sub".to_owned(),
            leeway: 0,
        };
        let jwks_max_age = Duration::from_secs(600);
        let config = TokenConfig { secrets: vec![], jwks: None, jwks_url: Some(url), jwks_max_age, policy };
        let verifier = Arc::new(Verifier::new(config).unwrap());
        let mut requests = JoinSet::new();
        for _ in 0..20 {
            let (verifier, token) = (Arc::clone(&verifier), token(&key));
            requests.spawn(async move { verifier.verify(&token).await.map_err(|error| error.code()) });
        }
        assert!(requests.join_all().await.iter().all(Result::is_ok));
        assert_eq!(issuer.fetches(), 1);
    }

    /// Whoever cannot sign costs the issuer nothing either.
    #[tokio::test]
    async fn tokens_that_are_none_are_refused_without_the_issuer() {
        let issuer = Issuer::that(Reply::HangUp).await;
        let api = of(&issuer).start().await;
        for token in ["x", "a.b.c", &Token::of("alice").header("alg", "none").sign()] {
            assert_eq!(list(&api, token).await.status, 401, "{token}");
        }
        assert_eq!(issuer.fetches(), 1);
    }

    #[tokio::test]
    async fn an_issuer_may_take_its_time_at_the_start() {
        let key = Key::p256("a");
        let issuer = Issuer::that(Reply::Slow(Duration::from_secs(1), set([&key]))).await;
        assert_taken(&of(&issuer).start().await, &token(&key)).await;
    }

    #[tokio::test]
    async fn the_largest_set_has_64_kib() {
        let key = Key::p256("a");
        let issuer = Issuer::that(Reply::Body(of_bytes(&key, 64 * 1024))).await;
        assert_taken(&of(&issuer).start().await, &token(&key)).await;
    }
}

mod over_tls {
    use super::*;

    #[tokio::test]
    async fn an_issuer_whose_certificate_is_trusted_is_believed() {
        let (key, certificate) = (Key::p256("a"), Certificate::of("localhost"));
        let issuer = Issuer::with_certificate([&key], &certificate).await;
        let trusting = builder().env("SSL_CERT_FILE", certificate.file().to_str().unwrap());
        let api = trusting.env("JWKS_URL", &issuer.https("localhost")).start().await;
        assert_taken(&api, &token(&key)).await;
        assert_eq!(issuer.fetches(), 1);
    }

    #[tokio::test]
    async fn an_issuer_whose_certificate_is_not_trusted_or_another_hosts_is_not() {
        let (key, certificate, other) = (Key::p256("a"), Certificate::of("localhost"), Certificate::of("localhost"));
        let issuer = Issuer::with_certificate([&key], &certificate).await;
        for (trusted, host) in [(other.file(), "localhost"), (certificate.file(), "127.0.0.1")] {
            let api = builder().env("SSL_CERT_FILE", trusted.to_str().unwrap());
            let api = api.env("JWKS_URL", &issuer.https(host)).start().await;
            assert_unavailable(&api, &token(&key)).await;
            api.log().line_with("certificate verify failed").await;
        }
        assert_eq!(issuer.fetches(), 0, "not a byte is sent");
    }

    /// What is no handshake is no key set.
    #[tokio::test]
    async fn an_issuer_without_tls_is_not_asked_without_it() {
        let key = Key::p256("a");
        let issuer = Issuer::of([&key]).await;
        let api = builder().env("JWKS_URL", &issuer.https("127.0.0.1")).start().await;
        assert_unavailable(&api, &token(&key)).await;
        assert_eq!(issuer.fetches(), 0);
    }
}

mod failing {
    use super::*;

    /// Every way to have no keys, each with what the log says. The key that a token is signed with is in the answer
    /// wherever one could go wrong and read it.
    fn failures(key: &Key) -> Vec<(Reply, &'static str)> {
        let many = (0..32).map(|number| Key::p256(&number.to_string()));
        let too_many: Vec<_> = many.chain([key.clone()]).collect();
        let nested = json!({ "data": set([key]) });
        vec![
            (Reply::Status(500), "status 500"),
            (Reply::Status(404), "status 404"),
            (Reply::Redirect(set([key])), "status 302"),
            (Reply::Hang, "no answer in 3s"),
            (Reply::Slow(Duration::from_secs(10), set([key])), "no answer in 3s"),
            (Reply::HangUp, "connection"),
            (Reply::Body("<html>Not found</html>".to_owned()), "not a JSON object"),
            (Reply::Body(String::new()), "not a JSON object"),
            (Reply::Body(json!([key.jwk()]).to_string()), "not a JSON object"),
            (Reply::Body(of_bytes(key, 64 * 1024 + 1)), "limit"),
            (Reply::Set(nested), "no array `keys`"),
            (Reply::Set(json!({ "keys": key.jwk() })), "no array `keys`"),
            (Reply::Set(set([])), "none of its keys can be used"),
            (Reply::Set(set_of([key.jwk_with(json!({ "use": "enc" }))])), "none of its keys can be used"),
            (Reply::Set(set(&too_many)), "33 keys"),
        ]
    }

    #[tokio::test]
    async fn an_issuer_that_is_down_at_the_start_is_a_503_for_its_tokens_and_nothing_to_others() {
        let key = Key::p256("a");
        let mut tests = JoinSet::new();
        for (reply, cause) in failures(&key) {
            let token = token(&key);
            tests.spawn(async move {
                let issuer = Issuer::that(reply).await;
                let api = of(&issuer).start().await;
                assert_unavailable(&api, &token).await;
                assert_unavailable(&api, &garbage(1)).await;
                assert_taken(&api, &Token::of("alice").sign()).await;
                assert_eq!(issuer.fetches(), 1, "{cause}");
                assert_failed(&api, cause).await;
            });
        }
        tests.join_all().await;
    }

    #[tokio::test]
    async fn an_issuer_that_nobody_listens_for_is_one_that_is_down() {
        let api = builder().env("JWKS_URL", "http://127.0.0.1:1/jwks").start().await;
        assert_unavailable(&api, &token(&Key::p256("a"))).await;
        create(&api.user("alice"), "with a secret").await;
    }

    #[tokio::test]
    async fn an_issuer_that_does_not_even_refuse_costs_a_second() {
        let issuer = BlackHole::open().await;
        let api = builder().env("JWKS_URL", &issuer.url()).start().await;
        assert_unavailable(&api, &token(&Key::p256("a"))).await;
        assert_failed(&api, "no connection in 1s").await;
    }

    /// All that takes the 30 seconds between two fetches, at once.
    #[tokio::test]
    async fn after_the_cool_down_an_issuer_is_asked_once_more_and_what_it_fails_to_say_changes_nothing() {
        let key = Key::p256("a");
        let mut tests = JoinSet::new();
        tests.spawn(rotation());
        tests.spawn(recovery());
        tests.spawn(withdrawal());
        tests.spawn(age());
        for (reply, cause) in failures(&key) {
            tests.spawn(failure(reply, cause));
        }
        tests.join_all().await;
    }

    async fn rotation() {
        let (old, new) = (Key::p256("old"), Key::p256("new"));
        let issuer = Issuer::of([&old]).await;
        let api = of(&issuer).start().await;
        assert_taken(&api, &token(&old)).await;
        issuer.publish([&old, &new]);
        assert_unknown(&api, &token(&new)).await;
        assert_eq!(issuer.fetches(), 1, "not yet");
        sleep(COOL_DOWN).await;
        assert_taken(&api, &token(&old)).await;
        assert_eq!(issuer.fetches(), 1, "not for a key that is known");
        assert_taken(&api, &token(&new)).await;
        assert_taken(&api, &token(&old)).await;
        assert_unknown(&api, &garbage(1)).await;
        assert_eq!(issuer.fetches(), 2);
    }

    async fn recovery() {
        let key = Key::p256("a");
        let issuer = Issuer::that(Reply::HangUp).await;
        let api = of(&issuer).start().await;
        assert_unavailable(&api, &token(&key)).await;
        issuer.publish([&key]);
        assert_unavailable(&api, &token(&key)).await;
        sleep(COOL_DOWN).await;
        assert_taken(&api, &token(&key)).await;
        assert_eq!(issuer.fetches(), 2);
    }

    async fn withdrawal() {
        let (old, new) = (Key::p256("old"), Key::p256("new"));
        let issuer = Issuer::of([&old, &new]).await;
        let api = of(&issuer).env("JWKS_MAX_AGE", "30").start().await;
        assert_taken(&api, &token(&old)).await;
        issuer.publish([&new]);
        assert_taken(&api, &token(&old)).await;
        sleep(COOL_DOWN).await;
        assert_unknown(&api, &token(&old)).await;
        assert_taken(&api, &token(&new)).await;
        assert_eq!(issuer.fetches(), 2);
    }

    /// Keys that are too old and cannot be replaced are better than none.
    async fn age() {
        let key = Key::p256("a");
        let issuer = Issuer::of([&key]).await;
        let api = of(&issuer).env("JWKS_MAX_AGE", "30").start().await;
        assert_taken(&api, &token(&key)).await;
        issuer.reply(Reply::Hang);
        sleep(COOL_DOWN).await;
        for _ in 0..3 {
            assert_taken(&api, &token(&key)).await;
        }
        assert_eq!(issuer.fetches(), 2, "a fetch that failed is a fetch");
    }

    async fn failure(reply: Reply, cause: &'static str) {
        let key = Key::p256("a");
        let issuer = Issuer::of([&key]).await;
        let api = of(&issuer).start().await;
        assert_taken(&api, &token(&key)).await;
        issuer.reply(reply);
        sleep(COOL_DOWN).await;
        for number in 0..3 {
            assert_unknown(&api, &garbage(number)).await;
            assert_taken(&api, &token(&key)).await;
        }
        assert_eq!(issuer.fetches(), 2, "{cause}: asked again, and not more than once");
        assert_failed(&api, cause).await;
    }

    async fn assert_failed(api: &Api, cause: &str) {
        let line = api.log().line_with("the key set could not be fetched").await;
        assert!(line.contains("WARN") && line.contains(cause), "{cause:?} is not in {line}");
    }
}

/// The key's set, as long as that.
fn of_bytes(key: &Key, length: usize) -> String {
    let set = |padding: usize| json!({ "keys": [key.jwk()], "padding": "x".repeat(padding) }).to_string();
    set(length - set(0).len())
}

mod settings {
    use super::*;

    const DATABASE_URL: &str = "postgres://nobody:nothing@127.0.0.1:1/none?sslmode=disable";

    async fn refused(settings: &[(&str, &str)]) -> String {
        let function = Function::new(&binaries().join("list-tasks")).env("DATABASE_URL", DATABASE_URL);
        let set = |function: Function, (name, value): &(&str, &str)| function.env(name, value);
        let mut lambda = Lambda::spawn(&settings.iter().fold(function, set)).await;
        assert!(!lambda.exit().await.success(), "{settings:?}");
        lambda.log().to_string()
    }

    #[tokio::test]
    async fn each_wrong_setting_is_named_and_no_secret_told() {
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
    async fn without_any_key_a_function_does_not_start_and_names_all_that_it_takes() {
        let log = refused(&[("JWT_SECRET", ""), ("JWKS", ""), ("JWKS_URL", "")]).await;
        assert!(["JWT_SECRET", "JWKS_URL", "JWKS"].iter().all(|name| log.contains(name)), "{log}");
    }

    /// Any token of an issuer that serves others too would be taken, whomever it was made for.
    #[tokio::test]
    async fn public_keys_without_issuer_or_audience_are_warned_of() {
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
}
