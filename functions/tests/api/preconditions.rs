//! `If-Match` and `If-None-Match`.

use serde_json::json;

use crate::{create, path, revision, start, tag};

#[tokio::test]
async fn a_write_with_the_current_tag_succeeds() {
    let api = start().await;
    let alice = api.user("alice");
    let task = create(&alice, "one").await;
    let at = |writes| revision(&task) + writes;
    for tag in [
        tag(at(0)),
        format!("\"2.7\", {}", tag(at(1))),
        "*".to_owned(),
        format!("\"x\",{}", tag(at(3))),
        format!("\"7.{}\"", at(4)),
    ] {
        let answer = alice.patch(&path(&task)).header("if-match", &tag).json(json!({ "title": "x" })).send().await;
        assert_eq!(answer.status, 200, "{tag}: {answer:?}");
    }
}

#[tokio::test]
async fn a_write_with_an_old_tag_is_412_and_changes_nothing() {
    let api = start().await;
    let alice = api.user("alice");
    let task = create(&alice, "one").await;
    let now = alice.patch(&path(&task)).json(json!({ "title": "two" })).send().await.json().clone();
    let at = revision(&now);
    for tag in [
        &*tag(at - 1),
        &tag(at + 1),
        &format!("W/{}", tag(at)),
        &format!("\"2.+{at}\""),
        &format!("\"2.0{at}\""),
        &format!("\"02.{at}\""),
        &format!("\"{at}\""),
        &format!("\"2.{at},2.{at}\""),
        &format!("{}, W/{} ,\"x\"", tag(at - 1), tag(at)),
        "\"\"",
        "\"x\"",
        "\"2.99999999999999999999\"",
    ] {
        for request in [
            alice.patch(&path(&task)).json(json!({ "title": "x" })),
            alice.put(&path(&task)).json(json!({ "title": "x" })),
            alice.delete(&path(&task)),
            alice.delete(&format!("{}?permanent=true", path(&task))),
            alice.patch(&format!("{}/complete", path(&task))),
            alice.post(&format!("{}/restore", path(&task))),
        ] {
            let answer = request.header("if-match", tag).send().await;
            assert_eq!((answer.status, answer.error_code()), (412, Some("precondition_failed")), "{tag}: {answer:?}");
        }
    }
    assert_eq!(*alice.get(&path(&task)).send().await.json(), now);
    assert_eq!(revision(&create(&alice, "next").await), at + 1, "the refused requests used no revision");
}

/// If the answer said that the task has changed, a client would read it again and again for ever.
#[tokio::test]
async fn a_tag_that_can_never_match_gets_its_own_message() {
    let api = start().await;
    let alice = api.user("alice");
    let task = create(&alice, "one").await;
    let (now, at) = (tag(revision(&task)), revision(&task));
    for (tag, changed) in [
        ("\"2.7\"".to_owned(), true),
        (format!("\"2.7\", W/{now}"), true),
        (format!("W/{now}"), false),
        (format!("\"2.{at}-gzip\""), false),
    ] {
        let answer = alice.patch(&path(&task)).header("if-match", &tag).json(json!({ "title": "x" })).send().await;
        assert_eq!((answer.status, answer.error_code()), (412, Some("precondition_failed")), "{tag}: {answer:?}");
        let message = answer.json()["message"].as_str().unwrap();
        assert_eq!(message.contains("at another revision"), changed, "{tag}: {message}");
        assert_eq!(message.contains("can match"), !changed, "{tag}: {message}");
        assert_eq!(answer.header("etag"), changed.then_some(&*now), "{tag}: the current tag");
    }
}

#[tokio::test]
async fn a_malformed_tag_is_400() {
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
async fn reading_an_unchanged_task_is_304_with_the_tag_and_no_body() {
    let api = start().await;
    let alice = api.user("alice");
    let task = create(&alice, "one").await;
    let (now, at) = (tag(revision(&task)), revision(&task));
    for tag in [&*now, &format!("W/{now}"), &format!("\"2.5\", {now}"), "*"] {
        let answer = alice.get(&path(&task)).header("if-none-match", tag).send().await;
        assert_eq!((answer.status, answer.text(), answer.header("etag")), (304, "", Some(&*now)), "{tag}");
    }
    let (one_more, bare, longer) = (tag(at + 1), format!("2.{at}"), format!("\"2.{at}1\""));
    let (of_the_former_version, number) = (format!("\"1.{at}\""), format!("\"{at}\""));
    for tag in [&*one_more, &bare, "", &longer, &of_the_former_version, &number] {
        assert_eq!(alice.get(&path(&task)).header("if-none-match", tag).send().await.status, 200, "{tag}");
    }
}
