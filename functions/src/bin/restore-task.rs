//! `POST /api/{user_id}/tasks/{task_id}/restore`: restores a task from the trash.

use shared::{App, Fatal, Request, Response, Result, http, tasks};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Fatal> {
    shared::serve(App::start, restore_task).await
}

async fn restore_task(app: &'static App, request: Request) -> Result<Response> {
    let caller = app.authenticate(&request).await?;
    http::no_parameters(&request)?;
    let id = http::task_id(&request)?;
    let allowed = http::if_match(&request)?;
    let task = tasks::restore(&app.db, &caller, id, allowed.as_deref()).await?;
    Ok(tasks::ok(&task))
}
