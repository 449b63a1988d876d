//! The document `openapi.yaml` and the page that shows it.

use std::io::Read as _;

use flate2::read::GzDecoder;
use serde_json::Value;
use testing::{Answer, Api, openapi};

use crate::{builder, start};

const BROWSER: &str = "gzip, deflate, br, zstd";

/// Sends a request as a browser does.
async fn get(api: &Api, path: &str) -> Answer {
    let answer = api.get(path).header("accept-encoding", BROWSER).send().await;
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    answer
}

fn unpacked(answer: &Answer) -> Vec<u8> {
    match answer.header("content-encoding") {
        Some("gzip") => {
            let mut bytes = Vec::new();
            GzDecoder::new(answer.bytes()).read_to_end(&mut bytes).unwrap();
            bytes
        }
        _ => answer.bytes().to_vec(),
    }
}

/// The paths of the files that the page names, as a browser resolves them.
async fn files(api: &Api) -> Vec<String> {
    let page = String::from_utf8(unpacked(&get(api, "/docs").await)).unwrap();
    let links = page.split(['"', '\'']).filter(|text| text.starts_with("docs/"));
    links.map(|link| format!("/{link}")).collect()
}

/// The `Content-Type` that a browser must get.
fn expected_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "png" => "image/png",
        "json" => "application/json",
        _ => "text/html; charset=utf-8",
    }
}

#[tokio::test]
async fn the_document_that_is_served_is_openapi_yaml() {
    for builder in [builder(), builder().cargo_lambda()] {
        let api = builder.without_env("DATABASE_URL").without_env("JWT_SECRET").start().await;
        let plain = api.get("/openapi.json").send().await;
        assert_eq!((plain.status, plain.header("content-encoding")), (200, None));
        assert_eq!(plain.json(), openapi::document());
        let packed = get(&api, "/openapi.json").await;
        assert_eq!(packed.header("content-encoding"), Some("gzip"));
        assert_eq!(unpacked(&packed), plain.bytes());
        assert_eq!(serde_json::from_slice::<Value>(&unpacked(&packed)).unwrap()["servers"][0]["url"], "/");
    }
}

/// Compressed or not, it is the same file, with another tag. The headers tell a browser its type and what the page may
/// do.
#[tokio::test]
async fn everything_that_the_page_names_is_served_plain_and_compressed() {
    let api = builder().without_env("DATABASE_URL").without_env("JWT_SECRET").start().await;
    let files = files(&api).await;
    assert_eq!(files.len(), 4, "{files:?}");
    for path in files.iter().map(String::as_str).chain(["/docs", "/openapi.json"]) {
        let plain = api.get(path).send().await;
        let packed = get(&api, path).await;
        assert_eq!((plain.status, plain.header("content-encoding")), (200, None), "{path}");
        assert_eq!(unpacked(&packed), plain.bytes(), "{path}");
        assert!(packed.bytes().len() <= plain.bytes().len(), "{path}");
        let is_packed = packed.header("content-encoding") == Some("gzip");
        assert_eq!(is_packed, expected_type(path) != "image/png", "{path}");
        assert_eq!(plain.header("etag") != packed.header("etag"), is_packed, "{path}");
        for answer in [plain, packed] {
            assert_eq!(answer.header("content-type"), Some(expected_type(path)), "{path}");
            assert_eq!(answer.header("vary"), Some("Accept-Encoding"), "{path}");
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
            let policy = answer.header("content-security-policy").unwrap();
            assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
            assert!(!policy.contains("//") && !policy.contains("unsafe") && !policy.contains('*'), "{policy}");
        }
    }
}

#[tokio::test]
async fn a_client_that_has_a_file_gets_304_and_one_that_has_another_gets_the_file() {
    let api = start().await;
    let mut paths = files(&api).await;
    paths.extend(["/docs", "/openapi.json"].map(ToOwned::to_owned));
    for path in paths {
        for coding in ["identity", BROWSER] {
            let ask = || api.get(&path).header("accept-encoding", coding);
            let first = ask().send().await;
            let tag = first.header("etag").unwrap();
            for known in [tag.to_owned(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
                let again = ask().header("if-none-match", &known).send().await;
                assert_eq!((again.status, again.bytes().len(), again.header("etag")), (304, 0, Some(tag)), "{path}");
                assert_eq!(again.header("cache-control"), first.header("cache-control"), "{path}");
            }
            let other = ask().header("if-none-match", "\"0123456789abcdef\"").send().await;
            assert_eq!((other.status, other.bytes()), (200, first.bytes()), "{path}");
        }
    }
}

/// A browser asks again for our own files, so that a deployment shows at once. The others only change with Swagger UI.
#[tokio::test]
async fn a_browser_asks_again_for_the_files_that_a_deployment_changes() {
    let api = start().await;
    for path in ["/docs", "/docs/start.js", "/openapi.json"] {
        assert_eq!(get(&api, path).await.header("cache-control"), Some("public, no-cache"), "{path}");
    }
    let bundle = get(&api, "/docs/swagger-ui-bundle.js").await;
    assert_eq!(bundle.header("cache-control"), Some("public, max-age=86400"));
}

#[tokio::test]
async fn a_name_that_is_not_a_file_of_the_page_is_404() {
    for builder in [builder(), builder().cargo_lambda()] {
        let api = builder.start().await;
        for name in
            ["swagger-ui.js", "index.html", "openapi.json", "..", "%2e%2e", "Cargo.toml", "swagger-ui.css.gz", "%00"]
        {
            let answer = api.get(&format!("/docs/{name}")).send().await;
            assert_eq!((answer.status, answer.error_code()), (404, Some("not_found")), "{name}: {answer:?}");
        }
    }
}
