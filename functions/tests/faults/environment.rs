//! What Lambda does to an execution environment: it ends it, and on Managed Instances it sends several requests at
//! once.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testing::{
    gateway::{Gateway, HttpRequest},
    lambda::{Function, Lambda},
    postgres::{self, Database},
    proxy::{Break, Proxy},
    token::{self, Token},
};
use tokio::time::{sleep, timeout};

use crate::binaries;

/// The function that creates tasks, on this database.
fn function(database: &Database) -> Function {
    Function::new(&binaries().join("create-task")).env("DATABASE_URL", &database.url()).env("JWT_SECRET", token::SECRET)
}

/// The gateway's event for creating a task.
fn creation(user: &str) -> Value {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let authorization = format!("Bearer {}", Token::of(user).sign());
    let request = HttpRequest {
        method: "POST".to_owned(),
        target: "/api/me/tasks".to_owned(),
        headers: vec![header("authorization", &authorization), header("content-type", "application/json")],
        body: json!({ "title": "x" }).to_string().into_bytes(),
    };
    Gateway::default().route(&request).unwrap().event
}

/// Three requests of Bob's succeed while one of Alice's waits for a lock. Each has its own connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_managed_instances_an_execution_environment_serves_requests_concurrently() {
    let database = Database::create().await;
    let mut admin = database.connect().await;
    let lambda = Lambda::spawn(&function(&database).env("AWS_LAMBDA_MAX_CONCURRENCY", "4")).await;
    assert_eq!(lambda.submit(&creation("alice")).await.unwrap()["statusCode"], 201);
    let lock = admin.transaction().await.unwrap();
    lock.execute("select from users where id = 'alice' for update", &[]).await.unwrap();

    let mut waits = tokio::spawn(lambda.submit(&creation("alice")));
    let bobs = [(); 3].map(|()| tokio::spawn(lambda.submit(&creation("bob"))));
    for bob in bobs {
        let answer = timeout(Duration::from_secs(5), bob).await.expect("Bob does not wait for Alice").unwrap().unwrap();
        assert_eq!(answer["statusCode"], 201);
    }
    assert!(timeout(Duration::from_millis(100), &mut waits).await.is_err(), "Alice waits for the lock");
    let connections =
        "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
    let connections: i64 = lock.query_one(connections, &[]).await.unwrap().get(0);
    assert!((2..=4).contains(&connections), "{connections} connections");
    lock.rollback().await.unwrap();
    assert_eq!(waits.await.unwrap().unwrap()["statusCode"], 201);
}

/// If all connections of a pool die silently, this costs one attempt or one probe, and not one for each connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pool_whose_connections_have_all_died_is_replaced_at_once() {
    let database = Database::create().await;
    for (probe_after, limit) in [("60000", 1500), ("100", 2500)] {
        let proxy = Proxy::start(&database.url(), Duration::ZERO).await;
        let function = function(&database).env("DATABASE_URL", &proxy.url(&database.url())).env("DB_TRY_MS", "500");
        let function = function.env("AWS_LAMBDA_MAX_CONCURRENCY", "6").env("DB_PROBE_AFTER_MS", probe_after);
        let lambda = Lambda::spawn(&function).await;
        while proxy.connections() < 4 {
            let users = ["a", "b", "c", "d", "e", "f"].map(|user| tokio::spawn(lambda.submit(&creation(user))));
            for answer in users {
                assert_eq!(answer.await.unwrap().unwrap()["statusCode"], 201);
            }
        }
        sleep(Duration::from_millis(150)).await;
        proxy.break_all(Break::Silence);
        let started = Instant::now();
        assert_eq!(lambda.submit(&creation("a")).await.unwrap()["statusCode"], 201);
        assert!(started.elapsed() < Duration::from_millis(limit), "{probe_after}: {:?}", started.elapsed());
    }
}

/// If the pool is empty, a request waits for a connection, but no longer than its deadline.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_gets_no_connection_before_its_deadline_is_a_503() {
    let database = Database::create().await;
    let mut admin = database.connect().await;
    let limits = [("REQUEST_BUDGET_MS", "1000"), ("DB_CONNECT_MS", "200"), ("DB_POOL_SIZE", "1")];
    let function = limits.iter().fold(function(&database), |function, (name, value)| function.env(name, value));
    let lambda = Lambda::spawn(&function.env("AWS_LAMBDA_MAX_CONCURRENCY", "2").env("LOG_LEVEL", "debug")).await;
    assert_eq!(lambda.submit(&creation("alice")).await.unwrap()["statusCode"], 201);
    let lock = admin.transaction().await.unwrap();
    lock.batch_execute("lock table users").await.unwrap();

    let (alice, bob) = (lambda.submit(&creation("alice")), lambda.submit(&creation("bob")));
    let (alice, bob) = timeout(Duration::from_secs(5), async { tokio::join!(alice, bob) }).await.expect("in time");
    for answer in [alice.unwrap(), bob.unwrap()] {
        assert_eq!((&answer["statusCode"], &answer["headers"]["Retry-After"]), (&json!(503), &json!("1")), "{answer}");
    }
    lambda.log().line_with("no connection in 200ms").await;
}

/// Postgres counts the sessions that were abandoned without a goodbye.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_execution_environment_that_is_ended_closes_its_connection() {
    let database = Database::create().await;
    let admin = postgres::connect(&std::env::var("TEST_POSTGRES_URL").unwrap()).await;
    let mut lambda = Lambda::spawn(&function(&database)).await;
    assert_eq!(lambda.invoke(&creation("alice")).await.unwrap()["statusCode"], 201);
    let name = url::Url::parse(&database.url()).unwrap().path()[1..].to_owned();
    let connected = "select count(*) from pg_stat_activity where datname = $1 and application_name = 'task-api'";
    assert_eq!(admin.query_one(connected, &[&name]).await.unwrap().get::<_, i64>(0), 1);

    lambda.terminate();
    assert!(lambda.exit().await.success());
    while admin.query_one(connected, &[&name]).await.unwrap().get::<_, i64>(0) > 0 {
        sleep(Duration::from_millis(10)).await;
    }
    let abandoned = "select sessions_abandoned from pg_stat_database where datname = $1";
    assert_eq!(admin.query_one(abandoned, &[&name]).await.unwrap().get::<_, i64>(0), 0);
}

/// When the signal comes, Alice waits for a lock, and Bob waits for the only connection, which she uses. Lambda gives a
/// process with an internal extension this much time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_requests_are_answered_before_their_execution_environment_ends() {
    let database = Database::create().await;
    let (mut admin, watcher) = (database.connect().await, database.connect().await);
    let function = function(&database).env("AWS_LAMBDA_MAX_CONCURRENCY", "2").env("DB_POOL_SIZE", "1");
    let mut lambda = Lambda::spawn(&function).await;
    assert_eq!(lambda.submit(&creation("alice")).await.unwrap()["statusCode"], 201);
    let lock = admin.transaction().await.unwrap();
    lock.execute("select from users where id = 'alice' for update", &[]).await.unwrap();
    let alice = tokio::spawn(lambda.submit(&creation("alice")));
    let waiting =
        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
    while watcher.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        sleep(Duration::from_millis(5)).await;
    }
    let bob = tokio::spawn(lambda.submit(&creation("bob")));
    sleep(Duration::from_millis(50)).await;

    lambda.terminate();
    sleep(Duration::from_millis(400)).await;
    assert!(!alice.is_finished() && !bob.is_finished(), "both still wait");
    lock.rollback().await.unwrap();
    for request in [alice, bob] {
        let answer = timeout(Duration::from_secs(5), request).await.expect("it is answered").unwrap().unwrap();
        assert_eq!(answer["statusCode"], 201, "{answer}");
    }
    assert!(lambda.exit().await.success());
}

/// By default, an execution environment on Lambda has one request at a time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_is_answered_before_its_execution_environment_ends() {
    let proxy_delay = Duration::from_millis(150);
    let database = Database::create().await;
    let proxy = Proxy::start(&database.url(), proxy_delay).await;
    let function = function(&database).env("DATABASE_URL", &proxy.url(&database.url()));
    let mut lambda = Lambda::spawn(&function).await;
    assert_eq!(lambda.submit(&creation("alice")).await.unwrap()["statusCode"], 201);
    let request = tokio::spawn(lambda.submit(&creation("alice")));
    sleep(proxy_delay / 2).await;

    lambda.terminate();
    let answer = timeout(Duration::from_secs(5), request).await.expect("it is answered").unwrap().unwrap();
    assert_eq!(answer["statusCode"], 201, "{answer}");
    assert!(lambda.exit().await.success());
}
