//! Users who sign in with a real Better Auth server, from e-mail address and password to their tasks.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use serde_json::json;
use testing::{
    Answer, Api, ApiBuilder,
    better_auth::{AUDIENCE, BetterAuth, SECRET, browser},
};
use tokio::time::sleep_until;

use crate::builder;

/// A function that has fetched the keys does not fetch them again for this long: the cool-down of jwks.rs.
const COOL_DOWN: Duration = Duration::from_secs(30);

/// The API for the users of this server, configured as docs/auth.md says.
fn trusting(server: &BetterAuth) -> ApiBuilder {
    builder()
        .without_env("JWT_SECRET")
        .env("JWKS_URL", &server.jwks_url())
        .env("JWT_ISSUER", server.url())
        .env("JWT_AUDIENCE", AUDIENCE)
}

/// The same with new processes on the same database. They have not fetched any key yet.
async fn restarted(server: &BetterAuth, api: &Api) -> Api {
    trusting(server).env("DATABASE_URL", &api.database().url()).start().await
}

async fn create(api: &Api, token: &str, title: &str) -> Answer {
    api.request("POST", "/api/me/tasks").token(token).json(json!({ "title": title })).send().await
}

async fn list(api: &Api, token: &str) -> Answer {
    api.get("/api/me/tasks").token(token).send().await
}

fn assert_refused(answer: &Answer, because: &str) {
    assert_eq!((answer.status, answer.error_code()), (401, Some("unauthorized")), "{answer:?}");
    let challenge = answer.header("www-authenticate").unwrap();
    assert!(challenge.contains("error=\"invalid_token\"") && challenge.contains(because), "{challenge}");
}

const UNKNOWN_KEY: &str = "a key or an algorithm that this API does not know";

/// Two users with tasks, and a complete rotation of the server's keys.
async fn users_reach_their_tasks_with_keys_of(algorithm: &str) {
    let mut server = BetterAuth::start(algorithm).await;
    let (alice, bob) = (server.sign_up("alice@example.com").await, server.sign_up("bob@example.com").await);
    let (old, bobs) = (server.token(&alice).await, server.token(&bob).await);

    let api = trusting(&server).start().await;
    let created = create(&api, &old, "Buy milk").await;
    assert_eq!((created.status, created.json()["owner_user_id"].as_str()), (201, Some(&*alice.id)), "{created:?}");
    assert_eq!(create(&api, &bobs, "Buy bread").await.json()["owner_user_id"], bob.id);
    let own_path = api.get(&format!("/api/{}/tasks", alice.id)).token(&old).send().await;
    assert_eq!((own_path.status, own_path.json()), (200, &json!([created.json()])));
    assert_eq!(api.get(&format!("/api/{}/tasks", bob.id)).token(&old).send().await.status, 403);

    server.rotate().await;
    let new = server.token(&alice).await;
    assert_ne!(header(&new), header(&old), "the new key has another kid");
    let both_known = restarted(&server, &api).await;
    for token in [&old, &new] {
        assert_eq!(*list(&both_known, token).await.json(), json!([created.json()]));
    }

    server.withdraw().await;
    let old_unknown = restarted(&server, &api).await;
    assert_refused(&list(&old_unknown, &old).await, UNKNOWN_KEY);
    assert_eq!(*list(&old_unknown, &new).await.json(), json!([created.json()]));
}

fn header(token: &str) -> &str {
    token.split('.').next().unwrap()
}

#[tokio::test]
async fn users_reach_their_tasks_with_keys_of_eddsa() {
    users_reach_their_tasks_with_keys_of("EdDSA").await;
}

#[tokio::test]
async fn users_reach_their_tasks_with_keys_of_rs256() {
    users_reach_their_tasks_with_keys_of("RS256").await;
}

#[tokio::test]
async fn users_reach_their_tasks_with_keys_of_ps256() {
    users_reach_their_tasks_with_keys_of("PS256").await;
}

#[tokio::test]
async fn users_reach_their_tasks_with_keys_of_es256() {
    users_reach_their_tasks_with_keys_of("ES256").await;
}

/// One test for both, because each has to wait for half a minute.
#[tokio::test]
async fn a_running_function_takes_a_new_key_after_the_cool_down_and_a_withdrawn_one_no_longer_than_jwks_max_age() {
    tokio::join!(a_new_key_is_taken_after_the_cool_down(), a_withdrawn_key_is_taken_no_longer_than_jwks_max_age());
}

async fn a_new_key_is_taken_after_the_cool_down() {
    let mut server = BetterAuth::start("EdDSA").await;
    let alice = server.sign_up("alice@example.com").await;
    let old = server.token(&alice).await;
    let api = trusting(&server).start().await;
    assert_eq!(list(&api, &old).await.status, 200);
    let cooled_down = Instant::now() + COOL_DOWN;
    let function = api.environments("list-tasks").pids();

    server.rotate().await;
    let new = server.token(&alice).await;
    assert_refused(&list(&api, &new).await, UNKNOWN_KEY);
    assert_eq!(list(&api, &old).await.status, 200);

    sleep_until(cooled_down.into()).await;
    for token in [&new, &old] {
        assert_eq!(list(&api, token).await.status, 200);
    }
    assert_eq!(api.environments("list-tasks").pids(), function, "it is the same process");
}

async fn a_withdrawn_key_is_taken_no_longer_than_jwks_max_age() {
    let mut server = BetterAuth::start("ES256").await;
    let alice = server.sign_up("alice@example.com").await;
    let old = server.token(&alice).await;
    let api = trusting(&server).env("JWKS_MAX_AGE", "30").start().await;
    assert_eq!(list(&api, &old).await.status, 200);
    let too_old = Instant::now() + Duration::from_secs(30);

    server.rotate().await;
    let new = server.token(&alice).await;
    server.withdraw().await;
    assert_eq!(list(&api, &old).await.status, 200, "it is still kept");

    sleep_until(too_old.into()).await;
    assert_refused(&list(&api, &old).await, UNKNOWN_KEY);
    assert_eq!(list(&api, &new).await.status, 200);
}

#[tokio::test]
async fn tokens_that_the_front_end_signs_with_the_shared_secret_are_accepted() {
    let server = BetterAuth::start("HS256").await;
    let alice = server.sign_up("alice@example.com").await;
    let token = server.token(&alice).await;
    let api = builder()
        .without_env("JWT_SECRET")
        .env("BETTER_AUTH_SECRET", SECRET)
        .env("JWT_ISSUER", server.url())
        .env("JWT_AUDIENCE", AUDIENCE)
        .start()
        .await;
    let created = create(&api, &token, "Buy milk").await;
    assert_eq!((created.status, created.json()["owner_user_id"].as_str()), (201, Some(&*alice.id)), "{created:?}");
    assert_eq!(*list(&api, &token).await.json(), json!([created.json()]));
}

#[tokio::test]
async fn a_plugin_without_options_works_and_the_user_in_its_tokens_is_in_no_log() {
    let server = BetterAuth::start("default").await;
    let alice = server.sign_up("alice@example.com").await;
    let token = server.token(&alice).await;
    let api = trusting(&server).env("JWT_AUDIENCE", server.url()).start().await;
    assert_eq!(create(&api, &token, "Buy milk").await.json()["owner_user_id"], alice.id);
    assert_refused(&list(&api, &format!("{token}A")).await, "");
    assert!(!api.log().to_string().contains("alice@example.com"), "{}", api.log());
}

#[tokio::test]
async fn tokens_for_others_are_refused_with_the_reason() {
    let (ours, another) = tokio::join!(BetterAuth::start("EdDSA"), BetterAuth::start("EdDSA"));
    let alice = ours.sign_up("alice@example.com").await;
    let token = ours.token(&alice).await;
    for (name, value, because) in [
        ("JWT_AUDIENCE", "https://another.example.com", "another audience"),
        ("JWT_ISSUER", &*format!("{}/", ours.url()), "another issuer"),
        ("JWKS_URL", &*another.jwks_url(), UNKNOWN_KEY),
    ] {
        let api = trusting(&ours).env(name, value).start().await;
        assert_refused(&list(&api, &token).await, because);
    }
}

#[tokio::test]
async fn tokens_of_es512_are_refused_as_of_an_unknown_algorithm() {
    let server = BetterAuth::start("ES512").await;
    let alice = server.sign_up("alice@example.com").await;
    let api = trusting(&server).start().await;
    assert_refused(&list(&api, &server.token(&alice).await).await, UNKNOWN_KEY);
    api.log().line_with("ES512 is not supported").await;
}

#[tokio::test]
async fn only_functions_that_have_no_keys_yet_notice_that_the_issuer_is_down() {
    let server = BetterAuth::start("EdDSA").await;
    let alice = server.sign_up("alice@example.com").await;
    let token = server.token(&alice).await;
    let (api, never_had) = (trusting(&server).start().await, trusting(&server).start().await);
    assert_eq!(list(&api, &token).await.status, 200);

    drop(server);
    assert_eq!(list(&api, &token).await.status, 200);
    let answer = list(&never_had, &token).await;
    assert_eq!((answer.status, answer.error_code()), (503, Some("keys_unavailable")), "{answer:?}");
    assert_eq!(answer.header("retry-after"), Some("5"));
}

/// The API has the variables that the page prints, except the address of this server.
#[tokio::test]
async fn the_front_end_of_the_documentation_works() {
    let mut server = BetterAuth::start("front-end").await;
    let variables = block("`.env` of the API").lines().map(|line| line.split_once('=').expect("NAME=VALUE"));
    let trusting = variables.fold(builder().without_env("JWT_SECRET"), |api, (name, value)| {
        api.env(name, &value.replace("http://localhost:3000", server.url()))
    });
    let api = trusting.start().await;
    let seen = api
        .listening(async |address| {
            server.call_api_at(address).await;
            browser(&server, address).await
        })
        .await;

    assert_eq!(seen["onAServer"], "callApi works in the browser only: on a server, all users would share one token");
    assert_eq!(seen["task"]["owner_user_id"], seen["user"]);
    assert_eq!(seen["tasks"], json!([seen["task"]]));
    assert_eq!(seen["byTheServer"], seen["tasks"]);
    assert_eq!(seen["refused"], "title: must be 1 to 200 characters, got 0");
    assert_eq!(seen["signedOut"], "signed out");
    assert_eq!(seen["kept"], seen["task"]);
    assert_eq!(seen["deleted"], json!({ "error": null, "left": [], "session": null }));
    assert_eq!(seen["statuses"], json!([201, 401, 200, 400, 200, 200]), "a token that is refused is replaced");
}

#[tokio::test]
async fn the_front_end_of_the_documentation_keeps_an_account_while_its_tasks_cannot_be_erased() {
    let mut server = BetterAuth::start("front-end").await;
    let alice = server.sign_up("alice@example.com").await;
    let token = server.token(&alice).await;
    server.call_api_at("http://127.0.0.1:1").await;
    assert_eq!(server.delete_user(&alice).await, 503);
    assert!(!server.token(&alice).await.is_empty(), "she is signed in");

    let api = trusting(&server).env("JWT_AUDIENCE", "task-api").start().await;
    assert_eq!(create(&api, &token, "Buy milk").await.status, 201);
    let deletion = api.listening(async |address| {
        server.call_api_at(address).await;
        server.delete_user(&alice).await
    });
    assert_eq!(deletion.await, 200);
    assert_eq!(*list(&api, &token).await.json(), json!([]));
}

#[test]
fn the_documentation_prints_the_front_end_as_it_is_tested() {
    let front_end = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("testing").join("better-auth/front-end");
    let files = files_below(&front_end);
    for file in &files {
        let name = file.strip_prefix(&front_end).expect("it is below").to_str().expect("its name is text");
        assert_eq!(block(&format!("`{name}`")), fs::read_to_string(file).expect("it can be read"), "{name}");
    }
    let printed = PAGE.matches("\n```ts\n").count() + PAGE.matches("\n```tsx\n").count();
    assert_eq!(printed, files.len(), "a block of code on the page is none of the files");
}

const PAGE: &str = include_str!("../../../docs/front-end.md");

/// What the page prints below a line that begins so.
fn block(title: &str) -> &'static str {
    let (_, behind) = PAGE.split_once(&format!("\n{title}")).unwrap_or_else(|| panic!("the page has no {title}"));
    let (_, block) = behind.split_once("\n```").expect("a block");
    let (_, block) = block.split_once('\n').expect("a line");
    block.split_once("```\n").expect("an end").0
}

fn files_below(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("it can be read").map(|entry| entry.expect("it is there").path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}
