//! Concurrent writes of one user, each in its own execution environment.

use std::{collections::BTreeSet, time::Duration};

use serde_json::json;
use testing::{Answer, Api};
use tokio::time::{sleep, timeout};

use crate::{builder, create, path, revision, tag};

/// Eight execution environments, so that eight writes wait for the owner's row at the same time.
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
    assert!(listed.is_sorted_by(|newer, older| newer > older), "newer tasks have higher revisions: {listed:?}");
}

#[tokio::test]
async fn exactly_one_of_concurrent_writes_with_the_same_tag_succeeds() {
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

/// All eight wait for one lock before any of them continues, so that none succeeds only because it was early. Each
/// write must then see the one before it, and must read the clock under the lock.
#[tokio::test]
async fn writes_that_waited_for_one_lock_have_increasing_revisions_and_times() {
    let api = builder().environments(WRITERS).start().await;
    let alice = api.user("alice");
    let mut tasks = Vec::new();
    for _ in 0..WRITERS {
        tasks.push(create(&alice, "x").await);
    }
    let complete = |task| alice.patch(&format!("{}/complete", path(task)));
    let update = |task| alice.patch(&path(task)).json(json!({ "title": "y" }));
    for round in [complete(&tasks[0]), update(&tasks[0])] {
        // Every execution environment of both functions is warm before the lock is taken.
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

/// Sends Alice's requests while her row is locked, and releases the lock when all of them wait.
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

/// Asserts that the revisions are unique and have no gaps.
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
async fn many_first_requests_at_once_create_one_user() {
    let api = builder().environments(WRITERS).start().await;
    for round in 0..5 {
        let user = api.user(&format!("user-{round}"));
        let requests = (0..WRITERS).map(|_| user.post("/api/me/tasks").json(json!({ "title": "x" })).send());
        let answers = testing::concurrently(WRITERS, requests).await;
        assert_gapless(&answers);
    }
}

/// All of them are under way before the first stores its answer, so that none finds the answer only because it was
/// late.
#[tokio::test]
async fn of_concurrent_duplicates_with_one_key_only_one_is_done() {
    let api = builder().environments(WRITERS).start().await;
    let alice = api.user("alice");
    let before = create(&alice, "x").await["revision"].as_i64().unwrap();
    let operations = json!({ "operations": vec![json!({ "op": "create", "task": { "title": "x" } }); 3] });
    let one = alice.post("/api/me/tasks").json(json!({ "title": "x" })).header("idempotency-key", "one");
    let three = alice.post("/api/me/tasks/batch").json(operations).header("idempotency-key", "three");
    for (request, status) in [(one, 201), (three, 200)] {
        let answers = behind_a_lock(&api, (0..WRITERS).map(|_| request.clone().send())).await;
        let same = |answer: &&Answer| answer.status == status && answer.text() == answers[0].text();
        assert_eq!(answers.iter().filter(same).count(), WRITERS, "{answers:?}");
        let replayed = answers.iter().filter(|answer| answer.header("idempotency-replayed") == Some("true"));
        assert_eq!(replayed.count(), WRITERS - 1, "{answers:?}");
    }
    assert_eq!(create(&alice, "next").await["revision"], before + 1 + 3 + 1);
    let listed = alice.get("/api/me/tasks").send().await;
    assert_eq!(listed.header("x-total-count"), Some("6"));
}

/// The revisions of one batch follow each other: no other write comes in between.
#[tokio::test]
async fn concurrent_batches_and_single_writes_do_not_mix() {
    const SIZE: usize = 5;
    let api = builder().environments(WRITERS).start().await;
    let alice = api.user("alice");
    let operations = json!({ "operations": vec![json!({ "op": "create", "task": { "title": "x" } }); SIZE] });
    let requests = (0..40).map(|number| match number % 2 {
        0 => alice.post("/api/me/tasks/batch").json(operations.clone()).send(),
        _ => alice.post("/api/me/tasks").json(json!({ "title": "x" })).send(),
    });
    let answers = testing::concurrently(WRITERS, requests).await;
    let mut all = BTreeSet::new();
    for answer in &answers {
        let results = answer.json()["results"].as_array().map_or(vec![answer.json()], |results| {
            assert_eq!(results.len(), SIZE, "{answer:?}");
            results.iter().map(|result| &result["task"]).collect()
        });
        let revisions: Vec<_> = results.iter().map(|task| task["revision"].as_i64().unwrap()).collect();
        assert!(revisions.is_sorted_by(|one, next| one + 1 == *next), "{revisions:?}");
        all.extend(revisions);
    }
    assert_eq!(all.len(), 20 * SIZE + 20, "no revision was given twice");
    assert_eq!(all.last().unwrap() - all.first().unwrap() + 1, i64::try_from(all.len()).unwrap(), "without gaps");
}

#[tokio::test]
async fn only_one_of_concurrent_restores_writes_and_only_one_of_concurrent_deletions_finds_the_task() {
    let api = builder().environments(WRITERS).start().await;
    let alice = api.user("alice");
    let task = create(&alice, "x").await;
    let mut revision = task["revision"].as_i64().unwrap();
    for permanent in ["", "?permanent=true"] {
        let delete = alice.delete(&format!("{}{permanent}", path(&task)));
        let answers = behind_a_lock(&api, (0..WRITERS).map(|_| delete.clone().send())).await;
        let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [[204].as_slice(), &[404; WRITERS - 1]].concat());
        revision += 1;

        let restore = alice.post(&format!("{}/restore", path(&task)));
        let answers = behind_a_lock(&api, (0..WRITERS).map(|_| restore.clone().send())).await;
        if permanent.is_empty() {
            revision += 1;
            let shown = |answer: &&Answer| answer.status == 200 && answer.json()["revision"] == revision;
            assert_eq!(answers.iter().filter(shown).count(), WRITERS, "{answers:?}");
        } else {
            assert!(answers.iter().all(|answer| answer.status == 404), "{answers:?}");
        }
    }
    assert_eq!(create(&alice, "next").await["revision"], revision + 1);
}

/// A write during the erasure creates the user again. What was acknowledged after the last erasure is still there.
#[tokio::test]
async fn an_account_that_is_erased_during_its_own_writes_stays_consistent() {
    let api = builder().environments(WRITERS).start().await;
    let alice = api.user("alice");
    for _ in 0..10 {
        let requests = (0..WRITERS).map(|number| match number % 4 {
            3 => alice.delete("/api/me").send(),
            _ => alice.post("/api/me/tasks").json(json!({ "title": "x" })).header("idempotency-key", "k").send(),
        });
        let answers = testing::concurrently(WRITERS, requests).await;
        assert!(answers.iter().all(|answer| [201, 204].contains(&answer.status)), "{answers:?}");
        let listed = alice.get("/api/me/tasks").send().await;
        let tasks = listed.json().as_array().unwrap();
        assert!(tasks.len() <= 1, "one key creates at most one task: {listed:?}");
        assert_eq!(listed.header("x-total-count"), Some(&*tasks.len().to_string()));
        let made = |answer: &Answer| answer.json()["id"] == tasks[0]["id"];
        assert!(tasks.is_empty() || answers.iter().any(made), "{listed:?}: {answers:?}");
    }
    let last = create(&alice, "x").await;
    assert_eq!(alice.delete("/api/me").send().await.status, 204);
    assert_eq!(alice.get(&path(&last)).send().await.status, 404);
}
