//! `PUT` and `PATCH /api/{user_id}/tasks/{task_id}`: changes the fields that the body names. Both take a partial body:
//! clients of this API family send partial PUTs, and wiping what they do not know of would lose data.

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
