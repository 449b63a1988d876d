//! Random requests, generated from `openapi.yaml`: valid ones, invalid ones, and sequences in which one answer gives
//! the next request its ids. `CONFORMANCE=long` sends more of them. `CONFORMANCE_SEED` chooses others.

use std::env;

use testing::schemathesis;

use crate::start;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_api_and_its_document_agree_on_random_requests() {
    let is_long = env::var("CONFORMANCE").as_deref() == Ok("long");
    let (examples, at_least) = if is_long { (1_200, 10_000) } else { (5, 300) };
    let seed = env::var("CONFORMANCE_SEED").unwrap_or_else(|_| "1".to_owned());
    let api = start().await;
    let token = api.user("alice").token().to_owned();
    let report = api.listening(async |address| schemathesis::run(address, &token, examples, &seed).await).await;
    let Some(report) = report else { return };
    assert!(report.passed, "CONFORMANCE_SEED={seed}\n{}", report.text);
    assert!(report.cases >= at_least, "only {} requests\n{}", report.cases, report.text);
    assert!(report.links >= 20, "only {} links\n{}", report.links, report.text);
    testing::tell(&format!("conformance: {} requests, {} links, CONFORMANCE_SEED={seed}", report.cases, report.links));
}
