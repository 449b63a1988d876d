//! `PUT` and `PATCH /api/{user_id}/tasks/{task_id}`: changes the fields that the body names. `PUT` accepts a partial
//! body too, because clients of this kind of API send one. Clearing the fields that such a client does not know would
//! lose data.

use shared::{
    App, Fatal, Request, Response, Result, http,
    tasks::{self, TaskPatch},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Fatal> {
    shared::serve(App::start, update_task).await
}

async fn update_task(app: &'static App, request: Request) -> Result<Response> {
    let caller = app.authenticate(&request).await?;
    http::no_parameters(&request)?;
    let id = http::task_id(&request)?;
    let allowed = http::if_match(&request)?;
    let patch = TaskPatch::parse(&request)?;
    let task = tasks::update(&app.db, &caller, id, allowed.as_deref(), &patch).await?;
    Ok(tasks::ok(&task))
}
