//! `GET /api/{user_id}/tasks/{task_id}`: returns one of the caller's tasks.

use shared::{App, Fatal, Request, Response, Result, http, tasks};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Fatal> {
    shared::serve(App::start, get_task).await
}

async fn get_task(app: &'static App, request: Request) -> Result<Response> {
    let caller = app.authenticate(&request).await?;
    http::no_parameters(&request)?;
    let id = http::task_id(&request)?;
    let task = tasks::get(&app.db, &caller, id).await?;
    Ok(tasks::ok_or_not_modified(&request, &task))
}
