//! `GET /health`: answers that the API is there. It does not use the database, so that a probe does not keep the
//! compute awake. It needs no token and no settings.

use std::collections::BTreeMap;

use shared::{Fatal, Request, Response, Result, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Fatal> {
    shared::serve(async || Ok(()), health).await
}

async fn health((): (), request: Request) -> Result<Response> {
    http::no_parameters(&request)?;
    Ok(http::json(200, &BTreeMap::from([("status", "ok")])))
}
