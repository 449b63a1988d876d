//! `GET /api/{user_id}/tasks/changes`: returns what has changed since the client last asked.

use shared::{
    App, Fatal, Request, Response, Result,
    tasks::{self, ChangesQuery},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Fatal> {
    shared::serve(App::start, list_changes).await
}

async fn list_changes(app: &'static App, request: Request) -> Result<Response> {
    let caller = app.authenticate(&request).await?;
    let query = ChangesQuery::parse(&request)?;
    let changes = tasks::changes(&app.db, &caller, &query).await?;
    tasks::changes_page(&query, &changes)
}
