//! Nothing may be left behind except one connection for each living execution environment.

use std::time::Duration;

use testing::Api;
use tokio::time::{sleep, timeout};

/// The time that Postgres may need to notice closed connections.
const PATIENCE: Duration = Duration::from_secs(10);

/// Called after the chaos test. All execution environments are alive, because none of their events has failed.
pub(crate) async fn assert_none(api: &Api) {
    let database = api.database().connect().await;
    let sql = "select count(*) from pg_stat_activity
               where datname = current_database() and application_name = 'task-api'";
    let environments = i64::try_from(api.pids().len()).unwrap();
    let few = async {
        loop {
            let connections: i64 = database.query_one(sql, &[]).await.unwrap().get(0);
            if connections <= environments {
                return connections;
            }
            sleep(Duration::from_millis(50)).await;
        }
    };
    let few = timeout(PATIENCE, few).await;
    let connections = few.unwrap_or_else(|_| panic!("more connections than the {environments} execution environments"));
    testing::tell(&format!("leaks: {connections} connections of {environments} execution environments"));
}
