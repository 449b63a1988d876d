//! An attempt that Postgres executes late: it has received the call, but runs it only after the retry was answered and
//! the user has done more. This happens if the network or the server's host delays something.

use std::{process::Command, time::Duration};

use testing::{Api, postgres::Cluster};
use tokio::time::{sleep, timeout};
use tokio_postgres::Client;

use crate::{
    assert_calm, assert_counted,
    operations::{OPERATIONS, On, Operation},
    revision, seed, with_short_timeouts,
};

const PATIENCE: Duration = Duration::from_secs(10);

/// A server process that is stopped until this is dropped.
struct Stopped(i32);

impl Stopped {
    fn new(pid: i32) -> Self {
        signal("-STOP", pid);
        Self(pid)
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        signal("-CONT", self.0);
    }
}

fn signal(signal: &str, pid: i32) {
    assert!(Command::new("kill").args([signal, &pid.to_string()]).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attempt_that_runs_late_finds_that_its_request_is_done() {
    let cluster = Cluster::start().await;
    for operation in OPERATIONS.iter().filter(|operation| operation.is_write()) {
        comes_late(operation, &cluster).await;
    }
}

async fn comes_late(operation: &Operation, cluster: &Cluster) {
    let api = with_short_timeouts().on(&cluster.url()).start().await;
    let (alice, bob, database) = (api.user("alice"), api.user("bob"), api.database().connect().await);
    seed(&database, "alice").await; // a task can be moved after this one
    seed(&database, "bob").await;
    let (task, bobs) = (operation.seed(&database, "alice").await, operation.seed(&database, "bob").await);
    let warm = (operation.ask)(&bob, On { task: bobs, label: "warm" }).send().await;
    assert_eq!(warm.status, operation.status, "{}: {warm:?}", operation.name);

    let backend = backend(&database).await;
    let stopped = Stopped::new(backend);
    let answer = (operation.ask)(&alice, On { task, label: "x" }).send().await;
    assert_eq!(answer.status, operation.status, "{}: {answer:?}", operation.name);
    let next = alice.post("/api/me/tasks").json(serde_json::json!({ "title": "next" })).send().await;
    assert_eq!(next.status, 201, "{}: {next:?}", operation.name);
    if !operation.erases() {
        let undone = operation.undoing(&alice, task).send().await;
        assert!(undone.status < 300, "{}: {undone:?}", operation.name);
    }
    let before = (revision(&database, "alice").await, of_alice(&api).await);
    drop(stopped);
    gone(&database, backend).await;
    let after = (revision(&database, "alice").await, of_alice(&api).await);
    assert_eq!(after, before, "{}", operation.name);
    assert_counted(&database).await;
    assert_calm(&api);
}

/// The server process for the only function that is running.
async fn backend(database: &Client) -> i32 {
    let sql = "select pid from pg_stat_activity
               where datname = current_database() and application_name = 'task-api'";
    let one = async {
        loop {
            // The start may have opened one connection too many, which is closed.
            if let [backend] = &*database.query(sql, &[]).await.unwrap() {
                return backend.get(0);
            }
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, one).await.expect("one function is running")
}

/// Waits until a backend has finished its call and found that its client is gone.
async fn gone(database: &Client, backend: i32) {
    let sql = "select count(*) from pg_stat_activity where pid = $1";
    let gone = async {
        while database.query_one(sql, &[&backend]).await.unwrap().get::<_, i64>(0) > 0 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, gone).await.expect("the backend ends, because its client is gone");
}

/// Alice's tasks with all columns.
async fn of_alice(api: &Api) -> Vec<String> {
    let sql = "select to_jsonb(tasks)::text from tasks where owner_user_id = 'alice' order by id";
    api.database().connect().await.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}
