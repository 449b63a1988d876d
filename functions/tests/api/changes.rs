//! The change feed: what has changed since a client last asked.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
};

use serde_json::{Value, json};
use testing::{Answer, User, concurrently_all};

use crate::{builder, create, path, start};

const ROUTE: &str = "/api/me/tasks/changes";

async fn since(user: &User<'_>, token: &str) -> Answer {
    user.get(&format!("{ROUTE}?since={token}")).send().await
}

/// The token after the last change.
async fn now(user: &User<'_>) -> String {
    let answer = user.get(&format!("{ROUTE}?limit=500")).send().await;
    assert_eq!((answer.status, &answer.json()["more"]), (200, &json!(false)), "{answer:?}");
    answer.json()["next"].as_str().unwrap().to_owned()
}

fn ids(tasks: &Value) -> Vec<&str> {
    tasks.as_array().unwrap().iter().map(|task| task["id"].as_str().unwrap()).collect()
}

/// A client that reads nothing but the changes.
#[derive(Default)]
struct Mirror {
    next: String,
    tasks: BTreeMap<String, Value>,
    last: i64,
}

impl Mirror {
    /// Reads to the end, and asserts that no change comes twice or out of order.
    async fn follow(&mut self, user: &User<'_>, limit: usize) {
        loop {
            let answer = user.get(&format!("{ROUTE}?limit={limit}&since={}", self.next)).send().await;
            assert_eq!(answer.status, 200, "{answer:?}");
            let page = answer.json();
            for task in page["tasks"].as_array().unwrap() {
                let revision = task["revision"].as_i64().unwrap();
                assert!(revision > self.last, "{revision} after {}", self.last);
                self.last = revision;
                self.tasks.insert(task["id"].as_str().unwrap().to_owned(), task.clone());
            }
            for id in page["deleted"].as_array().unwrap() {
                self.tasks.remove(id.as_str().unwrap());
            }
            page["next"].as_str().unwrap().clone_into(&mut self.next);
            if page["more"] == false {
                return;
            }
        }
    }
}

#[tokio::test]
async fn each_change_comes_once_in_the_order_of_the_revisions() {
    let api = start().await;
    let alice = api.user("alice");
    let (a, b, c) = (create(&alice, "a").await, create(&alice, "b").await, create(&alice, "c").await);
    let answer = alice.get(ROUTE).send().await;
    assert_eq!((&answer.json()["tasks"], &answer.json()["deleted"]), (&json!([a, b, c]), &json!([])));
    let token = now(&alice).await;
    let nothing = since(&alice, &token).await;
    assert_eq!(*nothing.json(), json!({ "tasks": [], "deleted": [], "next": token, "more": false }));

    let changed = alice.patch(&path(&a)).json(json!({ "title": "A" })).send().await.json().clone();
    assert_eq!(alice.delete(&path(&b)).send().await.status, 204);
    let d = create(&alice, "d").await;
    assert_eq!(alice.delete(&format!("{}?permanent=true", path(&d))).send().await.status, 204);
    let answer = since(&alice, &token).await;
    assert_eq!(answer.json()["tasks"], json!([changed]));
    assert_eq!(answer.json()["deleted"], json!([b["id"], d["id"]]));
    let next = answer.json()["next"].as_str().unwrap().to_owned();

    // A restored task is reported as a task. A task in the trash that is deleted for good was already reported as
    // deleted.
    let restored = alice.post(&format!("{}/restore", path(&b))).send().await.json().clone();
    let answer = since(&alice, &next).await;
    assert_eq!((&answer.json()["tasks"], &answer.json()["deleted"]), (&json!([restored]), &json!([])));
    assert_eq!(alice.delete(&path(&c)).send().await.status, 204);
    let next = now(&alice).await;
    assert_eq!(alice.delete(&format!("{}?permanent=true", path(&c))).send().await.status, 204);
    let answer = since(&alice, &next).await;
    assert_eq!((&answer.json()["tasks"], &answer.json()["deleted"]), (&json!([]), &json!([])));

    // A new task with the id of a deleted one is reported as a task.
    let body = json!({ "id": c["id"], "title": "again" });
    let again = alice.post("/api/me/tasks").json(body).send().await.json().clone();
    let answer = since(&alice, &token).await;
    let deleted = answer.json()["deleted"].as_array().unwrap();
    assert!(ids(&answer.json()["tasks"]).contains(&again["id"].as_str().unwrap()) && !deleted.contains(&again["id"]));
}

#[tokio::test]
async fn a_page_ends_at_the_limit_and_the_next_one_begins_behind_it() {
    let api = start().await;
    let alice = api.user("alice");
    for title in ["a", "b", "c", "d", "e"] {
        let task = create(&alice, title).await;
        if title == "c" {
            assert_eq!(alice.delete(&path(&task)).send().await.status, 204);
        }
    }
    let (mut mirror, mut pages) = (Mirror::default(), 0);
    let mut next = String::new();
    loop {
        let answer = alice.get(&format!("{ROUTE}?limit=2&since={next}")).send().await;
        let page = answer.json();
        let changes = page["tasks"].as_array().unwrap().len() + page["deleted"].as_array().unwrap().len();
        pages += 1;
        next = page["next"].as_str().unwrap().to_owned();
        if page["more"] == false {
            assert_eq!((changes, pages), (1, 3));
            break;
        }
        assert_eq!(changes, 2);
    }
    mirror.follow(&alice, 1).await;
    assert_eq!(mirror.tasks.len(), 4);
    assert_eq!(mirror.next, next);
    for wrong in ["0", "501", "x"] {
        assert_eq!(alice.get(&format!("{ROUTE}?limit={wrong}")).send().await.status, 400, "{wrong}");
    }
}

/// 500 tasks with descriptions of 8,192 four-byte characters would be 16 MB.
#[tokio::test]
async fn a_page_has_at_most_4_mb() {
    let api = start().await;
    let alice = api.user("alice");
    let task = json!({ "op": "create", "task": { "title": "x", "description": "\u{1f600}".repeat(8_192) } });
    for _ in 0..5 {
        let operations = json!({ "operations": vec![task.clone(); 30] });
        assert_eq!(alice.post("/api/me/tasks/batch").json(operations).send().await.status, 200);
    }
    let page = alice.get(&format!("{ROUTE}?limit=500")).send().await;
    assert!((3_900_000..4_100_000).contains(&page.text().len()), "{}", page.text().len());
    assert_eq!(page.json()["more"], true);
    let mut mirror = Mirror::default();
    mirror.follow(&alice, 500).await;
    assert_eq!(mirror.tasks.len(), 150);
}

/// The purpose of the change feed: a client that reads on never misses a write, however many clients write at once.
#[tokio::test]
async fn a_client_that_follows_the_changes_during_writes_ends_with_the_same_tasks_as_the_list() {
    let api = builder().environments(4).start().await;
    let alice = &api.user("alice");
    let is_over = &AtomicBool::new(false);
    let writer = async |number: usize| {
        for round in 0..12 {
            let task = create(alice, &format!("{number}-{round}")).await;
            let one = path(&task);
            assert_eq!(alice.patch(&format!("{one}/complete")).send().await.status, 200);
            if round % 3 == 0 {
                assert_eq!(alice.delete(&one).send().await.status, 204);
            }
            if round % 6 == 0 {
                assert_eq!(alice.post(&format!("{one}/restore")).send().await.status, 200);
            } else if round % 3 == 0 {
                assert_eq!(alice.delete(&format!("{one}?permanent=true")).send().await.status, 204);
            }
            let operations = json!({ "operations": [
                { "op": "create", "task": { "title": "one of two" } },
                { "op": "create", "task": { "title": "two of two" } },
            ] });
            assert_eq!(alice.post("/api/me/tasks/batch").json(operations).send().await.status, 200);
        }
    };
    let reader = async || {
        let mut mirror = Mirror::default();
        while !is_over.load(Ordering::Relaxed) {
            mirror.follow(alice, 3).await;
            // Once the reader has caught up, it has seen all of a batch or nothing of it.
            let of = |title: &str| mirror.tasks.values().filter(|task| task["title"] == title).count();
            assert_eq!(of("one of two"), of("two of two"));
        }
        mirror.follow(alice, 3).await;
        mirror
    };
    let writers = async {
        concurrently_all((0..4).map(writer)).await;
        is_over.store(true, Ordering::Relaxed);
    };
    let (mirror, ()) = tokio::join!(reader(), writers);
    let list = alice.get("/api/me/tasks?limit=500").send().await;
    let listed =
        list.json().as_array().unwrap().iter().map(|task| (task["id"].as_str().unwrap().to_owned(), task.clone()));
    assert_eq!(mirror.tasks, listed.collect());
    assert_eq!(mirror.tasks.len(), 4 * (12 - 2 + 24));
}

#[tokio::test]
async fn a_token_of_another_user_or_time_is_410_and_a_malformed_one_is_400() {
    let api = start().await;
    let (alice, bob) = (api.user("alice"), api.user("bob"));
    // The token of a user who has not written anything yet stays valid.
    let early = now(&alice).await;
    assert_eq!(since(&alice, &early).await.status, 200);
    let task = create(&alice, "x").await;
    let seen = since(&alice, &early).await;
    assert_eq!((seen.status, ids(&seen.json()["tasks"])), (200, vec![task["id"].as_str().unwrap()]));
    create(&bob, "x").await;
    let token = now(&alice).await;

    let assert_gone = async |user: &User<'_>, token: &str| {
        let answer = since(user, token).await;
        assert_eq!((answer.status, answer.error_code()), (410, Some("gone")), "{answer:?}");
    };
    assert_gone(&bob, &token).await;
    assert_gone(&api.user("carol"), &token).await;
    // The database was restored to a time before the token.
    let database = api.database().connect().await;
    database.batch_execute("update users set revision = revision - 1 where id = 'alice'").await.unwrap();
    assert_gone(&alice, &token).await;
    database.batch_execute("update users set revision = revision + 1 where id = 'alice'").await.unwrap();
    assert_eq!(since(&alice, &token).await.status, 200);
    // The account was erased and created again.
    assert_eq!(alice.delete("/api/me").send().await.status, 204);
    assert_gone(&alice, &token).await;
    create(&alice, "x").await;
    assert_gone(&alice, &token).await;

    for wrong in ["x", &token[1..], &format!("{token}A"), &"A".repeat(10_000), "%00"] {
        let answer = since(&alice, wrong).await;
        assert_eq!(answer.status, 400, "{wrong}: {answer:?}");
        assert_eq!(answer.json()["details"][0]["field"], "since");
    }
}
