//! What a Lambda function behind API Gateway costs if it does nothing: `lambda_http` as its manual has it, with the
//! features that it cannot do without, on one thread.

use lambda_http::{Body, Error, Request, Response, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(async |_: Request| Ok::<_, Error>(Response::new(Body::from("hello"))))).await
}
