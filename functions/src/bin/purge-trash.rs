//! Runs weekly: removes what has been in the trash for 30 days, and what else has expired.

use shared::{Fatal, tasks};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Fatal> {
    shared::serve_schedule(tasks::purge).await
}
