//! `POST /api/{user_id}/tasks`: creates a task.

use shared::{
    App, Fatal, Request, Response, Result, http,
    tasks::{self, NewTask},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Fatal> {
    shared::serve(App::start, create_task).await
}

async fn create_task(app: &'static App, request: Request) -> Result<Response> {
    let caller = app.authenticate(&request).await?;
    http::no_parameters(&request)?;
    let key = http::idempotency_key(&request, "create-task")?;
    let new = NewTask::parse(&request)?;
    let created = tasks::create(&app.db, &caller, key.as_ref(), &new).await?;
    Ok(tasks::created(&request, &caller.user, &created))
}
