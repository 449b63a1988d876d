//! `GET /openapi.json`, `GET /docs` and `GET /docs/{file}`: the API's description, for programs and for people. It
//! needs no database, no token and no settings.

use shared::{Fatal, Request, Response, Result, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Fatal> {
    shared::serve(async || Ok(()), docs).await
}

async fn docs((): (), request: Request) -> Result<Response> {
    http::no_parameters(&request)?;
    let file = reference::file(&request)?;
    Ok(reference::ok_or_not_modified(&request, file))
}
