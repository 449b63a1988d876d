//! `POST /api/{user_id}/tasks/{task_id}/move`: moves a task in the manual order.

use shared::{
    App, Fatal, Request, Response, Result, http,
    tasks::{self, Place},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Fatal> {
    shared::serve(App::start, move_task).await
}

async fn move_task(app: &'static App, request: Request) -> Result<Response> {
    let caller = app.authenticate(&request).await?;
    http::no_parameters(&request)?;
    let id = http::task_id(&request)?;
    let allowed = http::if_match(&request)?;
    let place = Place::parse(&request)?;
    let task = tasks::move_to(&app.db, &caller, id, allowed.as_deref(), place).await?;
    Ok(tasks::ok(&task))
}
