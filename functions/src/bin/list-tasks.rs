//! `GET /api/{user_id}/tasks`: returns a page of the caller's tasks.

use shared::{
    App, Fatal, Request, Response, Result,
    tasks::{self, ListQuery},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Fatal> {
    shared::serve(App::start, list_tasks).await
}

async fn list_tasks(app: &'static App, request: Request) -> Result<Response> {
    let caller = app.authenticate(&request).await?;
    let query = ListQuery::parse(&request)?;
    let found = tasks::list(&app.db, &caller, &query).await?;
    tasks::page(&request, &caller.user, &query, &found)
}
