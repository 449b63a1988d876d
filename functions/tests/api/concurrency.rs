//! One user's writes at the same time, from as many Lambda environments.

use std::collections::BTreeSet;

use serde_json::json;

use crate::{builder, create, path};

/// Eight environments, and eight writes that meet at the owner's row.
const WRITERS: usize = 8;

#[tokio::test]
async fn concurrent_creations_get_unique_and_gapless_revisions() {
    let api = builder().environments(WRITERS).start().await;
    let alice = api.user("alice");
    let requests = (0..40).map(|n| alice.post("/api/me/tasks").json(json!({ "title": n.to_string() })).send());
    let answers = testing::concurrently(WRITERS, requests).await;
    let revisions: BTreeSet<_> = answers.iter().map(|answer| answer.json()["revision"].as_i64().unwrap()).collect();
    assert_eq!(revisions, (1..=40).collect());

    let listed = alice.get("/api/me/tasks").send().await;
    let listed: Vec<_> = listed.json().as_array().unwrap().iter().map(|t| t["revision"].as_i64().unwrap()).collect();
    assert!(listed.is_sorted_by(|newer, older| newer > older), "time runs with the revisions: {listed:?}");
}

#[tokio::test]
async fn of_concurrent_writes_with_one_tag_exactly_one_goes_through() {
    let api = builder().environments(WRITERS).start().await;
    let alice = api.user("alice");
    let task = create(&alice, "x").await;
    for round in 1..=5 {
        let tag = format!("\"{round}\"");
        let requests = (0..WRITERS).map(|n| {
            let request = alice.patch(&path(&task)).header("if-match", &tag);
            request.json(json!({ "title": n.to_string() })).send()
        });
        let mut statuses: Vec<_> =
            testing::concurrently(WRITERS, requests).await.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [[200].as_slice(), &[412; WRITERS - 1]].concat());
    }
}

#[tokio::test]
async fn no_concurrent_toggle_is_lost() {
    let api = builder().environments(WRITERS).start().await;
    let alice = api.user("alice");
    let task = create(&alice, "x").await;
    let complete = format!("{}/complete", path(&task));
    let answers = testing::concurrently(WRITERS, (0..31).map(|_| alice.patch(&complete).send())).await;
    let on = answers.iter().filter(|answer| answer.json()["completed"] == true).count();
    assert_eq!(on, 16, "every toggle saw the one before it");
    let task = alice.get(&path(&task)).send().await.json().clone();
    assert_eq!((task["completed"].clone(), task["revision"].clone()), (json!(true), json!(32)));
}

#[tokio::test]
async fn a_user_who_comes_in_by_many_first_requests_at_once_is_one() {
    let api = builder().environments(WRITERS).start().await;
    for round in 0..5 {
        let user = api.user(&format!("user-{round}"));
        let requests = (0..WRITERS).map(|_| user.post("/api/me/tasks").json(json!({ "title": "x" })).send());
        let answers = testing::concurrently(WRITERS, requests).await;
        let revisions: BTreeSet<_> = answers.iter().map(|answer| answer.json()["revision"].as_i64()).collect();
        assert_eq!(revisions, (1..=8).map(Some).collect(), "{answers:?}");
    }
}
