//! `POST /api/{user_id}/tasks/batch`: does several operations in order, all of them or none.

use shared::{
    App, Fatal, Request, Response, Result, http,
    tasks::{self, Batch},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Fatal> {
    shared::serve(App::start, batch_tasks).await
}

async fn batch_tasks(app: &'static App, request: Request) -> Result<Response> {
    let caller = app.authenticate(&request).await?;
    http::no_parameters(&request)?;
    let key = http::idempotency_key(&request, "batch-tasks")?;
    let batch = Batch::parse(&request)?;
    let results = tasks::batch(&app.db, &caller, key.as_ref(), &batch).await?;
    tasks::results(&results)
}
