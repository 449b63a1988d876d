//! `PATCH /api/{user_id}/tasks/{task_id}/complete`: toggles a task's completion, or sets it as the body says.

use shared::{
    App, Fatal, Request, Response, Result, http,
    tasks::{self, Completion},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Fatal> {
    shared::serve(App::start, complete_task).await
}

async fn complete_task(app: &'static App, request: Request) -> Result<Response> {
    let caller = app.authenticate(&request).await?;
    http::no_parameters(&request)?;
    let id = http::task_id(&request)?;
    let allowed = http::if_match(&request)?;
    let completion = Completion::parse(&request)?;
    let task = tasks::complete(&app.db, &caller, id, allowed.as_deref(), completion).await?;
    Ok(tasks::ok(&task))
}
