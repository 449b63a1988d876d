//! `DELETE /api/{user_id}`: removes the caller's account and everything in it.

use shared::{App, Fatal, Request, Response, Result, http, tasks};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Fatal> {
    shared::serve(App::start, erase_account).await
}

async fn erase_account(app: &'static App, request: Request) -> Result<Response> {
    let caller = app.authenticate(&request).await?;
    http::no_parameters(&request)?;
    tasks::erase(&app.db, &caller).await?;
    Ok(http::no_content())
}
