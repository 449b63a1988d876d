//! `GET /openapi.json`, `GET /docs` and `GET /docs/{file}`: what the API can do, for programs and for people. It asks
//! nothing of the database, and needs no token and no settings.

use shared::{Fatal, Request, Response, Result, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Fatal> {
    shared::serve(async || Ok(()), docs).await
}

async fn docs((): (), request: Request) -> Result<Response> {
    http::no_parameters(&request)?;
    let file = reference::file(&request)?;
    Ok(reference::fresh(&request, file))
}
