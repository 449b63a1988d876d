//! A function with wrong settings does not start, and says in one sentence why.

use operations::SCHEMA;
use testing::lambda::{Function, Lambda};

use crate::{binaries, builder};

const URL: &str = "postgres://nobody:hunter2@127.0.0.1:1/none?sslmode=disable";
const SECRET: &str = "a-secret-of-at-least-thirty-two-bytes";

async fn refused(settings: &[(&str, &str)]) -> String {
    let mut function = Function::new(&binaries().join("list-tasks"));
    for (name, value) in settings {
        function = function.env(name, value);
    }
    let mut lambda = Lambda::spawn(&function).await;
    assert!(!lambda.exit().await.success());
    lambda.log().to_string()
}

#[tokio::test]
async fn each_missing_or_wrong_variable_is_named() {
    for (settings, expected) in [
        (vec![("JWT_SECRET", SECRET)], "DATABASE_URL is not set"),
        (vec![("DATABASE_URL", ""), ("JWT_SECRET", SECRET)], "DATABASE_URL is not set"),
        (vec![("DATABASE_URL", "mysql:hunter2"), ("JWT_SECRET", SECRET)], "DATABASE_URL is not a Postgres"),
        (vec![("DATABASE_URL", "postgres://u:hunter2@h/d?sslmode=prefer"), ("JWT_SECRET", SECRET)], "sslmode=prefer"),
        (vec![("DATABASE_URL", URL)], "JWT_SECRET is not set"),
        (vec![("DATABASE_URL", URL), ("JWT_SECRET", "hunter2")], "JWT_SECRET has 7 bytes"),
        (vec![("DATABASE_URL", URL), ("BETTER_AUTH_SECRET", "hunter2")], "BETTER_AUTH_SECRET has 7 bytes"),
        (
            vec![("DATABASE_URL", URL), ("JWT_SECRET", "'hunter2-hunter2-hunter2-hunter2-hunter2'")],
            "JWT_SECRET is in quotes",
        ),
        (vec![("DATABASE_URL", URL), ("JWT_SECRET", SECRET), ("LOG_LEVEL", "loud")], "LOG_LEVEL is \"loud\""),
        (vec![("DATABASE_URL", URL), ("JWT_SECRET", SECRET), ("DB_POOL_SIZE", "11")], "DB_POOL_SIZE is \"11\""),
        (vec![("DATABASE_URL", URL), ("JWT_SECRET", SECRET), ("DB_TRY_MS", "3s")], "DB_TRY_MS is \"3s\""),
        (vec![("DATABASE_URL", URL), ("JWT_SECRET", SECRET), ("REQUEST_BUDGET_MS", "0")], "REQUEST_BUDGET_MS is \"0\""),
    ] {
        let log = refused(&settings).await;
        assert!(log.contains(expected), "{log}");
        assert!(!log.contains("hunter2") && !log.contains("panicked"), "{log}");
    }
}

#[tokio::test]
async fn a_function_starts_without_its_database_and_answers_503() {
    let api = builder().env("DATABASE_URL", URL).start().await;
    let answer = api.user("alice").get("/api/me/tasks").send().await;
    assert_eq!((answer.status, answer.error_code()), (503, Some("database_unavailable")));
    assert!(answer.header("retry-after").is_some());
    let log = api.log().to_string();
    assert!(log.contains("refused") && !log.contains("hunter2"), "{log}");
}

/// This happens if a deployment brings the code before the migration. It can end at any moment, so the answer is a 503.
#[tokio::test]
async fn a_database_without_the_operations_of_this_version_is_a_503_and_only_the_log_has_the_cause() {
    let api = builder().env("REQUEST_BUDGET_MS", "1000").start().await;
    let database = api.database().connect().await;
    database.batch_execute(&format!("drop schema {SCHEMA} cascade")).await.unwrap();
    let answer = api.user("alice").get("/api/me/tasks").send().await;
    assert_eq!((answer.status, answer.error_code()), (503, Some("database_unavailable")));
    assert!(!answer.text().contains(SCHEMA), "{answer:?}");
    assert!(api.log().to_string().contains("`migrate` of this version installs its operations"), "{}", api.log());
}
