//! One user's writes at the same time, from as many Lambda environments.

use std::{collections::BTreeSet, time::Duration};

use serde_json::json;
use testing::{Answer, Api};
use tokio::time::{sleep, timeout};

use crate::{builder, create, path, revision, tag};

/// Eight environments, and eight writes that meet at the owner's row.
const WRITERS: usize = 8;

#[tokio::test]
async fn concurrent_creations_get_unique_and_gapless_revisions() {
    let api = builder().environments(WRITERS).start().await;
    let alice = api.user("alice");
    let requests = (0..40).map(|n| alice.post("/api/me/tasks").json(json!({ "title": n.to_string() })).send());
    let answers = testing::concurrently(WRITERS, requests).await;
    assert_gapless(&answers);

    let listed = alice.get("/api/me/tasks").send().await;
    let listed: Vec<_> = listed.json().as_array().unwrap().iter().map(|t| t["revision"].as_i64().unwrap()).collect();
    assert!(listed.is_sorted_by(|newer, older| newer > older), "time runs with the revisions: {listed:?}");
}

#[tokio::test]
async fn of_concurrent_writes_with_one_tag_exactly_one_goes_through() {
    let api = builder().environments(WRITERS).start().await;
    let alice = api.user("alice");
    let task = create(&alice, "x").await;
    for round in 0..5 {
        let tag = tag(revision(&task) + round);
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

/// All eight wait for one lock before any of them goes on, so that none can get through by being early. Each write then
/// has to see the one before it, and its clock has to be read under the lock.
#[tokio::test]
async fn writes_that_waited_for_each_other_follow_each_other() {
    let api = builder().environments(WRITERS).start().await;
    let alice = api.user("alice");
    let mut tasks = Vec::new();
    for _ in 0..WRITERS {
        tasks.push(create(&alice, "x").await);
    }
    let complete = |task| alice.patch(&format!("{}/complete", path(task)));
    let update = |task| alice.patch(&path(task)).json(json!({ "title": "y" }));
    for round in [complete(&tasks[0]), update(&tasks[0])] {
        // Every environment of both functions is warm before the lock is taken.
        assert_eq!(round.send().await.status, 200);
    }
    let answers = behind_a_lock(&api, tasks.iter().map(|task| update(task).send())).await;
    assert_times_follow_revisions(&answers);
    let answers = behind_a_lock(&api, tasks.iter().map(|task| complete(task).send())).await;
    assert_times_follow_revisions(&answers);

    let tag = tag(revision(alice.get(&path(&tasks[0])).send().await.json()));
    let request = |_| update(&tasks[0]).header("if-match", &tag).send();
    let mut statuses: Vec<_> =
        behind_a_lock(&api, (0..WRITERS).map(request)).await.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [[200].as_slice(), &[412; WRITERS - 1]].concat());
}

/// Sends requests of Alice's while her row is locked, and frees it when all of them wait.
async fn behind_a_lock(api: &Api, requests: impl IntoIterator<Item = impl Future<Output = Answer>>) -> Vec<Answer> {
    let (mut holder, observer) = (api.database().connect().await, api.database().connect().await);
    let lock = holder.transaction().await.unwrap();
    lock.execute("select from users where id = 'alice' for update", &[]).await.unwrap();
    let all_wait = async {
        let waiting = "select count(*) from pg_stat_activity
                       where datname = current_database() and wait_event_type = 'Lock'";
        while observer.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) < i64::try_from(WRITERS).unwrap() {
            sleep(Duration::from_millis(10)).await;
        }
        lock.commit().await.unwrap();
    };
    let answers = testing::concurrently(WRITERS, requests);
    let all_wait = timeout(Duration::from_secs(5), all_wait);
    let (answers, waited) = tokio::join!(answers, all_wait);
    waited.expect("all of them wait for the lock");
    answers
}

/// No two of them are at the same revision, and none was left out.
fn assert_gapless(answers: &[Answer]) {
    let revisions: BTreeSet<_> = answers.iter().map(|answer| revision(answer.json())).collect();
    let first = revisions.first().copied().unwrap();
    assert_eq!(revisions, (first..).take(answers.len()).collect(), "{answers:?}");
}

fn assert_times_follow_revisions(answers: &[Answer]) {
    let mut written: Vec<_> = answers
        .iter()
        .map(|answer| (answer.json()["revision"].as_i64().unwrap(), answer.json()["updated_at"].as_str().unwrap()))
        .collect();
    written.sort_unstable();
    assert!(written.is_sorted_by(|(one, _), (next, _)| one + 1 == *next), "without gaps: {written:?}");
    assert!(written.is_sorted_by(|(_, earlier), (_, later)| earlier < later), "{written:?}");
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
    let toggled = alice.get(&path(&task)).send().await.json().clone();
    assert_eq!((toggled["completed"].clone(), revision(&toggled)), (json!(true), revision(&task) + 31));
}

#[tokio::test]
async fn a_user_who_comes_in_by_many_first_requests_at_once_is_one() {
    let api = builder().environments(WRITERS).start().await;
    for round in 0..5 {
        let user = api.user(&format!("user-{round}"));
        let requests = (0..WRITERS).map(|_| user.post("/api/me/tasks").json(json!({ "title": "x" })).send());
        let answers = testing::concurrently(WRITERS, requests).await;
        assert_gapless(&answers);
    }
}
