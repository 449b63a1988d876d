//! Secrets from Parameter Store.

use serde_json::json;
use testing::{Api, ApiBuilder, parameter_store::ParameterStore, postgres::Database, token};

use crate::{builder, create, path};

const PATH: &str = "/task-api/test";

/// An API that only knows where its secrets are.
fn bare() -> ApiBuilder {
    builder().without_env("JWT_SECRET").without_env("DATABASE_URL")
}

async fn start(store: &ParameterStore) -> Api {
    store.readable_by(bare(), PATH).start().await
}

#[tokio::test]
async fn everything_secret_comes_from_parameter_store() {
    let (store, database) = (ParameterStore::start().await, Database::create().await);
    store.put("/task-api/test/DATABASE_URL", &database.url()).await;
    store.put("/task-api/test/JWT_SECRET", token::SECRET).await;
    store.put("/task-api/test/LOG_OWNER_PEPPER", "a pepper of at least thirty-two bytes").await;
    store.put("/task-api/test-of-others/JWT_SECRET_PREVIOUS", "too short").await;
    let api = start(&store).await;
    let alice = api.user("alice");
    let task = path(&create(&alice, "x").await);
    for (request, status) in [
        (alice.get("/api/me/tasks"), 200),
        (alice.get(&task), 200),
        (alice.patch(&task).json(json!({ "title": "y" })), 200),
        (alice.patch(&format!("{task}/complete")), 200),
        (alice.delete(&task), 204),
    ] {
        let answer = request.send().await;
        assert_eq!(answer.status, status, "{answer:?}, {}", api.log());
    }
    let log = api.log().to_string();
    assert!(log.contains("\"owner\":\""), "{log}");
    for secret in [token::SECRET, "a pepper", "a-secret-access-key", "a-session-token", &database.url()] {
        assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
    }
}

#[tokio::test]
async fn a_variable_wins_over_a_parameter() {
    let store = ParameterStore::start().await;
    store.put("/task-api/test/DATABASE_URL", "postgres://nobody:x@127.0.0.1:1/none?sslmode=disable").await;
    store.put("/task-api/test/JWT_SECRET", "another secret of at least thirty-two bytes").await;
    let api = store.readable_by(builder(), PATH).start().await;
    create(&api.user("alice"), "x").await;
}

#[tokio::test]
async fn when_the_database_refuses_the_password_the_function_reads_it_from_parameter_store_again() {
    let (store, database) = (ParameterStore::start().await, Database::create().await);
    let (url, admin) = (database.caller().await, database.connect().await);
    let role = url.split("//").nth(1).and_then(|rest| rest.split(':').next()).unwrap();
    store.put("/task-api/test/DATABASE_URL", &url).await;
    store.put("/task-api/test/JWT_SECRET", token::SECRET).await;
    let api = start(&store).await;
    let alice = api.user("alice");
    let task = create(&alice, "x").await;

    let password = url.split(['@', ':']).nth(2).unwrap();
    admin.batch_execute(&format!("alter role {role} password 'a-new-password'")).await.unwrap();
    assert_eq!(alice.get("/api/me/tasks").send().await.status, 503, "the parameter still has the old password");
    store.put("/task-api/test/DATABASE_URL", &url.replace(password, "a-new-password")).await;
    // Every running function loses its connection. One of them has just read the parameter, the others have not.
    admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = $1", &[&role]).await.unwrap();
    let body = json!({ "title": "y" });
    let changed = alice.post("/api/me/tasks").json(body).send().await;
    assert_eq!(changed.status, 201, "{changed:?}, {}", api.log());
    assert_eq!(alice.get(&path(&task)).send().await.status, 200);
    let log = api.log().to_string();
    assert!(log.contains("the database's password has been changed"), "{log}");
    assert!(!log.contains("a-new-password") && !log.contains(password), "{log}");
}

#[tokio::test]
async fn a_function_that_cannot_read_its_parameters_does_not_start_and_says_why() {
    let store = ParameterStore::start().await;
    let api = store.readable_by(bare(), "/task-api/nowhere").start().await;
    api.invoke("list-tasks", &json!({})).await.unwrap_err();
    api.log().line_with("DATABASE_URL is not set").await;

    let unreachable = store.readable_by(bare(), PATH).env("AWS_ENDPOINT_URL_SSM", "http://127.0.0.1:1");
    let api = unreachable.start().await;
    api.invoke("list-tasks", &json!({})).await.unwrap_err();
    api.log().line_with("the parameters under /task-api/test cannot be read").await;
    let api = store.readable_by(bare(), "task-api").start().await;
    api.invoke("list-tasks", &json!({})).await.unwrap_err();
    api.log().line_with("must begin with a slash").await;
}
