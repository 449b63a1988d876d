//! `GET /api/{user_id}/export`: returns a page of all tasks of the caller, including the trash.

use shared::{
    App, Fatal, Request, Response, Result,
    tasks::{self, ListQuery},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Fatal> {
    shared::serve(App::start, export_account).await
}

async fn export_account(app: &'static App, request: Request) -> Result<Response> {
    let caller = app.authenticate(&request).await?;
    let query = ListQuery::parse_export(&request)?;
    let found = tasks::list(&app.db, &caller, &query).await?;
    tasks::page(&request, &caller.user, &query, &found)
}
