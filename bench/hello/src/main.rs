//! A Lambda function behind API Gateway that does nothing: `lambda_http` as in its manual, with the fewest features, on
//! one thread.

use lambda_http::{Body, Error, Request, Response, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(async |_: Request| Ok::<_, Error>(Response::new(Body::from("hello"))))).await
}
