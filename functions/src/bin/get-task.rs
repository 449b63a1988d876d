//! `GET /api/{user_id}/tasks/{task_id}`: one of the caller's tasks.

use shared::{App, Fatal, Request, Response, Result, http, tasks};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Fatal> {
    shared::serve(App::start, get_task).await
}

async fn get_task(app: &App, request: &Request) -> Result<Response> {
    let user = app.authenticate(request).await?;
    let id = http::task_id(request)?;
    let task = tasks::get(&app.db, &user, id).await?;
    Ok(http::fresh(request, &task))
}
