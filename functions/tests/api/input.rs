//! Bad input always gets a clear 4xx and never a 500, and nothing is written.

use serde_json::{Value, json};
use testing::{Answer, Api, Request};

use crate::{create, path, start};

/// The requests whose body is a task.
fn writes<'a>(api: &'a Api, task: &Value) -> [Request<'a>; 3] {
    let alice = api.user("alice");
    [alice.post("/api/me/tasks"), alice.put(&path(task)), alice.patch(&path(task))]
}

/// All requests that accept a body.
fn bodies<'a>(api: &'a Api, task: &Value) -> Vec<Request<'a>> {
    let complete = api.user("alice").patch(&format!("{}/complete", path(task)));
    writes(api, task).into_iter().chain([complete]).collect()
}

fn assert_invalid(answer: &Answer, field: &str, what: &str) {
    assert_eq!((answer.status, answer.error_code()), (400, Some("validation_failed")), "{what}: {answer:?}");
    assert_eq!(answer.json()["details"][0]["field"], field, "{what}");
}

#[tokio::test]
async fn a_title_has_1_to_200_characters_and_no_nul() {
    let api = start().await;
    let task = create(&api.user("alice"), "x").await;
    for title in ["a", &"a".repeat(200), &"é".repeat(200), &"😀".repeat(200), "\"\\\u{1}\u{2028}\u{7f}"] {
        for request in writes(&api, &task) {
            let answer = request.json(json!({ "title": title })).send().await;
            assert!(answer.status < 300, "{title}: {answer:?}");
            assert_eq!(answer.json()["title"], title, "it is returned as it was sent");
        }
    }
    let too_long = format!("{}😀", "😀".repeat(200));
    for title in ["", " ", "\u{3000}\t\n", "\u{feff}\u{85}", "\u{200b}", &"a".repeat(201), &too_long, "a\0b", "\0"] {
        for request in writes(&api, &task) {
            assert_invalid(&request.json(json!({ "title": title })).send().await, "title", title);
        }
    }
}

#[tokio::test]
async fn a_title_is_measured_after_trimming() {
    let api = start().await;
    let title = format!(" \u{2003}{}\n ", "a".repeat(200));
    let answer = api.user("alice").post("/api/me/tasks").json(json!({ "title": title })).send().await;
    assert_eq!(answer.json()["title"], "a".repeat(200));
}

#[tokio::test]
async fn a_description_has_up_to_8192_characters_and_no_nul() {
    let api = start().await;
    let task = create(&api.user("alice"), "x").await;
    for description in ["", " kept as it is ", &"a".repeat(8_192), &"😀".repeat(8_192)] {
        for request in writes(&api, &task) {
            let answer = request.json(json!({ "title": "x", "description": description })).send().await;
            assert!(answer.status < 300, "{answer:?}");
            assert_eq!(answer.json()["description"], description);
        }
    }
    for description in [&"a".repeat(8_193), &"😀".repeat(8_193), "a\0"] {
        for request in writes(&api, &task) {
            let body = json!({ "title": "x", "description": description });
            assert_invalid(&request.json(body).send().await, "description", "too long or NUL");
        }
    }
}

#[tokio::test]
async fn a_field_of_the_wrong_type_is_named() {
    let api = start().await;
    let task = create(&api.user("alice"), "x").await;
    for (field, value) in [
        ("title", json!(null)),
        ("title", json!(5)),
        ("title", json!(["x"])),
        ("title", json!({ "text": "x" })),
        ("description", json!(5)),
        ("description", json!(false)),
        ("completed", json!(null)),
        ("completed", json!("true")),
        ("completed", json!(1)),
    ] {
        for request in writes(&api, &task) {
            let mut body = json!({ "title": "x" });
            body[field] = value.clone();
            assert_invalid(&request.json(body).send().await, field, &value.to_string());
        }
    }
    for value in [json!(null), json!("true"), json!(0), json!([])] {
        let request = api.user("alice").patch(&format!("{}/complete", path(&task)));
        assert_invalid(&request.json(json!({ "completed": value })).send().await, "completed", "complete");
    }
}

#[tokio::test]
async fn a_field_that_cannot_be_written_is_refused_and_not_ignored() {
    let api = start().await;
    let task = create(&api.user("alice"), "x").await;
    for field in ["colour", "Title", ""] {
        for request in writes(&api, &task) {
            let mut body = json!({ "title": "x" });
            body[field] = json!("y");
            assert_invalid(&request.json(body).send().await, field, field);
        }
    }
    let complete = api.user("alice").patch(&format!("{}/complete", path(&task)));
    assert_invalid(&complete.json(json!({ "title": "y" })).send().await, "title", "complete");
}

#[tokio::test]
async fn all_errors_are_reported_at_once() {
    let api = start().await;
    let body = json!({ "description": 5, "completed": "x", "colour": "red" });
    let answer = api.user("alice").post("/api/me/tasks").json(body).send().await;
    let fields: Vec<_> = answer.json()["details"].as_array().unwrap().iter().map(|d| d["field"].clone()).collect();
    assert_eq!(fields, ["title", "description", "completed", "colour"]);
}

#[tokio::test]
async fn a_title_is_required_to_create_and_nothing_is_to_update() {
    let api = start().await;
    let alice = api.user("alice");
    assert_invalid(&alice.post("/api/me/tasks").json(json!({})).send().await, "title", "create");
    let task = create(&alice, "x").await;
    let answer = alice.patch(&path(&task)).json(json!({})).send().await;
    assert_eq!((answer.status, answer.json()["title"].clone()), (200, json!("x")));
}

#[tokio::test]
async fn a_body_that_is_not_a_json_object_is_400() {
    let api = start().await;
    let task = create(&api.user("alice"), "x").await;
    let deep = format!("{{\"title\":{}", "[".repeat(100_000));
    for body in [
        "{",
        "{\"title\":\"x\"",
        "{\"title\":\"x\"}}",
        "{\"title\":\"x\",}",
        "{'title':'x'}",
        "null",
        "[]",
        "[{\"title\":\"x\"}]",
        "\"x\"",
        "5",
        " ",
        "{\"title\":\"x\",\"title\":\"y\"}",
        "{\"title\":\"x\",\"t\\u0069tle\":\"y\"}",
        "{\"title\":\"\\ud800\"}",
        "{\"title\":\"\\udc00x\"}",
        "{\"title\":\"\\u00\"}",
        "{\"title\":\"\u{1}\"}",
        "{\"title\":1e999}",
        "{\"title\":NaN}",
        &deep,
    ] {
        for request in bodies(&api, &task) {
            let answer = request.header("content-type", "application/json").body(body).send().await;
            let shown: String = body.chars().take(40).collect();
            assert_eq!((answer.status, answer.error_code()), (400, Some("invalid_request")), "{shown}: {answer:?}");
            assert_eq!(answer.json()["details"][0]["field"], "body", "{shown}");
        }
    }
}

#[tokio::test]
async fn bytes_that_are_not_utf_8_are_400() {
    let api = start().await;
    for body in [b"{\"title\":\"\xff\"}".as_slice(), b"\xff\xfe{\0}\0", b"{\"title\":\"\xed\xa0\x80\"}"] {
        let request = api.user("alice").post("/api/me/tasks").header("content-type", "application/json");
        let answer = request.bytes(body).send().await;
        assert_eq!((answer.status, answer.error_code()), (400, Some("invalid_request")), "{answer:?}");
    }
}

/// The gateway passes a body in base64 if it considers the content type binary.
#[tokio::test]
async fn a_body_in_base64_is_decoded() {
    let api = start().await;
    let request = api.user("alice").post("/api/me/tasks").header("content-type", "application/merge-patch+json");
    let answer = request.bytes("{\"title\":\"Käse\"}".as_bytes()).send().await;
    assert_eq!((answer.status, answer.json()["title"].clone()), (201, json!("Käse")));
}

#[tokio::test]
async fn a_missing_body_is_400_where_one_is_needed() {
    let api = start().await;
    let task = create(&api.user("alice"), "x").await;
    for request in writes(&api, &task) {
        let answer = request.send().await;
        assert_eq!((answer.status, answer.error_code()), (400, Some("invalid_request")));
        assert_eq!(answer.json()["details"][0]["field"], "body");
    }
}

#[tokio::test]
async fn a_body_has_up_to_128_kib() {
    let api = start().await;
    let task = create(&api.user("alice"), "x").await;
    let padded = |length: usize| format!("{{\"title\":\"x\"{}}}", " ".repeat(length - 13));
    let request = api.user("alice").patch(&path(&task)).header("content-type", "application/json");
    assert_eq!(request.body(&padded(128 * 1024)).send().await.status, 200);
    for length in [128 * 1024 + 1, 1024 * 1024] {
        for request in bodies(&api, &task) {
            let answer = request.header("content-type", "application/json").body(&padded(length)).send().await;
            assert_eq!((answer.status, answer.error_code()), (413, Some("payload_too_large")), "{length}");
        }
    }
}

#[tokio::test]
async fn a_body_of_another_content_type_is_415() {
    let api = start().await;
    let task = create(&api.user("alice"), "x").await;
    for content_type in [
        None,
        Some("text/plain;charset=UTF-8"),
        Some("application/x-www-form-urlencoded"),
        Some("application/jsonp"),
        Some("text/json"),
        Some("application/json, application/json"),
        Some(""),
    ] {
        for request in bodies(&api, &task) {
            let request = request.body("{\"title\":\"y\"}");
            let request = match content_type {
                Some(content_type) => request.header("content-type", content_type),
                None => request,
            };
            let answer = request.send().await;
            assert_eq!((answer.status, answer.error_code()), (415, Some("unsupported_media_type")), "{content_type:?}");
        }
    }
}

#[tokio::test]
async fn other_names_of_json_are_accepted() {
    let api = start().await;
    let task = create(&api.user("alice"), "x").await;
    for content_type in ["application/json; charset=utf-8", "Application/JSON", "application/merge-patch+json"] {
        let request = api.user("alice").patch(&path(&task)).header("content-type", content_type);
        assert_eq!(request.body("{\"title\":\"y\"}").send().await.status, 200, "{content_type}");
    }
}

/// Headers and queries that are legal in HTTP, or that clients send anyway. None of them may end a function before it
/// can answer. Each has made some Lambda function panic in the past.
#[tokio::test]
async fn odd_headers_and_queries_are_answered_like_any_other() {
    let api = start().await;
    let alice = api.user("alice");
    for (name, value) in [
        ("x-note", "süß"),
        ("x-note", "\u{1}"),
        ("x-note", "日本"),
        ("host", "not a host"),
        ("host", ""),
        ("x-forwarded-proto", "::"),
        ("user-agent", "\u{7f}"),
    ] {
        assert_eq!(alice.get("/api/me/tasks").header(name, value).send().await.status, 200, "{name}: {value}");
    }
    for query in ["x= ", "x=\"", "x=<>", "x=é", "x={}|\\^`", "x=%", "x=%zz", "x=\u{1}"] {
        assert_eq!(alice.get(&format!("/api/me/tasks?{query}")).send().await.status, 400, "{query}");
        let searched = format!("/api/me/tasks?{}", query.replacen('x', "q", 1));
        assert_eq!(alice.get(&searched).send().await.status, 200, "{query}");
    }
}

#[tokio::test]
async fn a_refused_request_writes_nothing() {
    let api = start().await;
    let alice = api.user("alice");
    let task = create(&alice, "x").await;
    for body in [json!({ "title": "" }), json!({ "title": "y", "colour": "red" })] {
        for request in writes(&api, &task) {
            assert_eq!(request.json(body.clone()).send().await.status, 400);
        }
    }
    assert_eq!(*alice.get("/api/me/tasks").send().await.json(), json!([task]));
}
