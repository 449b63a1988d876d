//! Every operation while the database server restarts, crashes or sleeps. The connections are idle then, or all
//! operations are running.

use std::time::Duration;

use testing::{Answer, Api, postgres::Cluster};
use tokio::time::{sleep, timeout};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::{
    IN_TIME, assert_calm, assert_counted, builder,
    operations::{OPERATIONS, On},
    revision, seed, timed,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mishap {
    Restart,
    Crash,
    Sleep,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_succeeds_with_a_server_that_restarts_crashes_or_sleeps() {
    let mut cluster = Cluster::start().await;
    // Each operation has its own execution environment. A server that sleeps for a second costs an attempt.
    let api = builder().env("DB_TRY_MS", "2000").environments(4).freezing().on(&cluster.url()).start().await;
    for mishap in [Mishap::Restart, Mishap::Crash, Mishap::Sleep] {
        for in_the_middle in [false, true] {
            through(mishap, in_the_middle, &api, &mut cluster).await;
        }
    }
    assert_calm(&api);
}

async fn through(mishap: Mishap, in_the_middle: bool, api: &Api, cluster: &mut Cluster) {
    let case = format!("{mishap:?}, in the middle: {in_the_middle}");
    let database = api.database().connect().await;
    let mut tasks = Vec::new();
    for operation in OPERATIONS {
        seed(&database, operation.name).await; // a task can be moved after this one
        tasks.push(operation.seed(&database, operation.name).await);
    }
    send_all(api, &warm_ups(&database).await, "warm").await;
    let before = revisions(&database).await;

    let answers = if in_the_middle {
        database.batch_execute("begin; lock table tasks, users in access exclusive mode").await.unwrap();
        let (answers, ()) = tokio::join!(send_all(api, &tasks, ""), async {
            all_wait(&database).await;
            happen(mishap, cluster).await;
            if mishap == Mishap::Sleep {
                database.batch_execute("rollback").await.unwrap();
            }
        });
        answers
    } else {
        let (answers, ()) = tokio::join!(
            async {
                sleep(Duration::from_millis(50)).await;
                send_all(api, &tasks, "").await
            },
            happen(mishap, cluster)
        );
        answers
    };
    for ((operation, (answer, took)), before) in OPERATIONS.iter().zip(answers).zip(before) {
        assert_eq!(answer.status, operation.status, "{case}, {}: {answer:?}\n{}", operation.name, api.log());
        assert!(took < IN_TIME, "{case}, {}: {took:?}", operation.name);
        let after = revision(&api.database().connect().await, operation.name).await;
        assert_eq!(after, operation.moves_on(before), "{case}, {}: once", operation.name);
    }
    assert_counted(&api.database().connect().await).await;
}

async fn happen(mishap: Mishap, cluster: &mut Cluster) {
    match mishap {
        Mishap::Restart => cluster.stop(),
        Mishap::Crash => cluster.kill(),
        Mishap::Sleep => cluster.suspend(),
    }
    if mishap == Mishap::Sleep {
        sleep(Duration::from_secs(1)).await;
        cluster.resume();
    } else {
        cluster.run().await;
    }
}

/// A task of another user for each operation.
async fn warm_ups(database: &Client) -> Vec<Uuid> {
    let mut tasks = Vec::new();
    for operation in OPERATIONS {
        tasks.push(operation.seed(database, &format!("{}warm", operation.name)).await);
    }
    tasks
}

/// Sends all operations at once, each for its own user.
async fn send_all(api: &Api, tasks: &[Uuid], suffix: &str) -> Vec<(Answer, Duration)> {
    let requests = OPERATIONS.iter().zip(tasks).map(|(operation, task)| {
        let user = api.user(&format!("{}{suffix}", operation.name));
        let label = Uuid::new_v4().to_string();
        timed((operation.ask)(&user, On { task: *task, label: &label }))
    });
    testing::concurrently_all(requests).await
}

async fn revisions(database: &Client) -> Vec<i64> {
    let mut revisions = Vec::new();
    for operation in OPERATIONS {
        revisions.push(revision(database, operation.name).await);
    }
    revisions
}

async fn all_wait(database: &Client) {
    let sql = "select count(*) from pg_locks where not granted";
    let all = i64::try_from(OPERATIONS.len()).unwrap();
    let waiting = async {
        while database.query_one(sql, &[]).await.unwrap().get::<_, i64>(0) < all {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(10), waiting).await.expect("all of them wait for a lock");
}
