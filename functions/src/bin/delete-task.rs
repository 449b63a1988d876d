//! `DELETE /api/{user_id}/tasks/{task_id}`: moves a task to the trash, or removes it for good.

use shared::{App, Fatal, Request, Response, Result, http, tasks};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Fatal> {
    shared::serve(App::start, delete_task).await
}

async fn delete_task(app: &'static App, request: Request) -> Result<Response> {
    let caller = app.authenticate(&request).await?;
    let is_permanent = http::only_flag(&request, "permanent")?;
    let id = http::task_id(&request)?;
    let allowed = http::if_match(&request)?;
    tasks::delete(&app.db, &caller, id, allowed.as_deref(), is_permanent).await?;
    Ok(http::no_content())
}
