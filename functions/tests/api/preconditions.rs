//! `If-Match` and `If-None-Match`.

use serde_json::json;

use crate::{create, path, start};

#[tokio::test]
async fn a_write_with_the_current_tag_goes_through() {
    let api = start().await;
    let alice = api.user("alice");
    let task = create(&alice, "one").await;
    for tag in ["\"1.1\"", "\"1.7\", \"1.2\"", "*", "\"x\",\"1.4\"", "\"7.5\""] {
        let answer = alice.patch(&path(&task)).header("if-match", tag).json(json!({ "title": "x" })).send().await;
        assert_eq!(answer.status, 200, "{tag}: {answer:?}");
    }
}

#[tokio::test]
async fn a_write_with_an_old_tag_is_412_and_changes_nothing() {
    let api = start().await;
    let alice = api.user("alice");
    let task = create(&alice, "one").await;
    let now = alice.patch(&path(&task)).json(json!({ "title": "two" })).send().await.json().clone();
    for tag in [
        "\"1.1\"",
        "\"1.3\"",
        "W/\"1.2\"",
        "\"1.+2\"",
        "\"1.02\"",
        "\"01.2\"",
        "\"2\"",
        "\"1.2,1.2\"",
        "\"1.1\", W/\"1.2\" ,\"x\"",
        "\"\"",
        "\"x\"",
        "\"1.99999999999999999999\"",
    ] {
        for request in [
            alice.patch(&path(&task)).json(json!({ "title": "x" })),
            alice.put(&path(&task)).json(json!({ "title": "x" })),
            alice.delete(&path(&task)),
            alice.patch(&format!("{}/complete", path(&task))),
        ] {
            let answer = request.header("if-match", tag).send().await;
            assert_eq!((answer.status, answer.error_code()), (412, Some("precondition_failed")), "{tag}: {answer:?}");
        }
    }
    assert_eq!(*alice.get(&path(&task)).send().await.json(), now);
    assert_eq!(create(&alice, "next").await["revision"], 3, "what was refused has moved no clock");
}

/// A client that reads the task again, as it is told where the task has changed, would do so for ever.
#[tokio::test]
async fn a_tag_that_can_never_match_is_told_as_that() {
    let api = start().await;
    let alice = api.user("alice");
    let task = create(&alice, "one").await;
    for (tag, changed) in
        [("\"1.7\"", true), ("\"1.7\", W/\"1.1\"", true), ("W/\"1.1\"", false), ("\"1.1-gzip\"", false)]
    {
        let answer = alice.patch(&path(&task)).header("if-match", tag).json(json!({ "title": "x" })).send().await;
        assert_eq!((answer.status, answer.error_code()), (412, Some("precondition_failed")), "{tag}: {answer:?}");
        let message = answer.json()["message"].as_str().unwrap();
        assert_eq!(message.contains("at another revision"), changed, "{tag}: {message}");
        assert_eq!(message.contains("can match"), !changed, "{tag}: {message}");
        assert_eq!(answer.header("etag"), changed.then_some("\"1.1\""), "{tag}: what the task is at");
    }
}

#[tokio::test]
async fn a_tag_that_is_none_is_400() {
    let api = start().await;
    let alice = api.user("alice");
    let task = create(&alice, "one").await;
    for tag in ["1", "", "\"1", "W/1", "\"1\" \"2\"", "\"1\",", "*, \"1\"", ", \"1\""] {
        let answer = alice.delete(&path(&task)).header("if-match", tag).send().await;
        assert_eq!((answer.status, answer.error_code()), (400, Some("invalid_request")), "{tag}");
        assert_eq!(answer.json()["details"][0]["field"], "If-Match");
    }
}

#[tokio::test]
async fn reading_what_the_client_has_is_304_with_the_tag_and_no_body() {
    let api = start().await;
    let alice = api.user("alice");
    let task = create(&alice, "one").await;
    for tag in ["\"1.1\"", "W/\"1.1\"", "\"1.5\", \"1.1\"", "*"] {
        let answer = alice.get(&path(&task)).header("if-none-match", tag).send().await;
        assert_eq!((answer.status, answer.text(), answer.header("etag")), (304, "", Some("\"1.1\"")), "{tag}");
    }
    for tag in ["\"1.2\"", "1.1", "", "\"1.11\"", "\"2.1\"", "\"1\""] {
        assert_eq!(alice.get(&path(&task)).header("if-none-match", tag).send().await.status, 200, "{tag}");
    }
}
