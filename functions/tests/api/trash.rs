//! Deleting a task, restoring it, and deleting it for good.

use serde_json::{Value, json};
use testing::User;

use crate::{create, path, start};

/// The tasks in the user's trash, the last deleted first.
async fn trash(user: &User<'_>) -> Vec<Value> {
    let answer = user.get("/api/me/tasks?deleted=true&sort=updated_at").send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let tasks = answer.json().as_array().unwrap();
    assert_eq!(answer.header("x-total-count"), Some(&*tasks.len().to_string()));
    tasks.clone()
}

#[tokio::test]
async fn a_deleted_task_is_in_the_trash_and_nowhere_else() {
    let api = start().await;
    let alice = api.user("alice");
    let (kept, task) = (create(&alice, "kept").await, create(&alice, "deleted").await);
    assert_eq!(alice.delete(&path(&task)).send().await.status, 204);

    let list = alice.get("/api/me/tasks").send().await;
    assert_eq!(*list.json(), json!([kept]));
    assert_eq!(list.header("x-total-count"), Some("1"));
    let [deleted] = &*trash(&alice).await else { panic!("one task") };
    assert!(deleted["deleted_at"].is_string(), "{deleted}");
    assert!(deleted["deleted_at"].as_str() <= deleted["updated_at"].as_str(), "{deleted}");
    assert_eq!(deleted["revision"].as_i64(), task["revision"].as_i64().map(|revision| revision + 1));
    let one = path(&task);
    for request in [
        alice.get(&one),
        alice.put(&one).json(json!({ "title": "x" })),
        alice.patch(&one).json(json!({ "title": "x" })),
        alice.patch(&format!("{one}/complete")),
        alice.post(&format!("{one}/move")).json(json!({ "after": null })),
        alice.delete(&one),
    ] {
        assert_eq!(request.send().await.status, 404);
    }
    let beside = alice.post(&format!("{}/move", path(&kept))).json(json!({ "after": task["id"] })).send().await;
    assert_eq!(beside.status, 400, "{beside:?}");
    let again = alice.post("/api/me/tasks").json(json!({ "id": task["id"], "title": "x" })).send().await;
    assert_eq!(again.status, 409, "its id is in use: {again:?}");
    assert_eq!(trash(&alice).await, std::slice::from_ref(deleted));
}

#[tokio::test]
async fn a_restored_task_is_as_it_was_and_where_it_was() {
    let api = start().await;
    let alice = api.user("alice");
    let mut tasks = Vec::new();
    for title in ["a", "b", "c"] {
        tasks.push(create(&alice, title).await);
    }
    let patch = json!({ "completed": true, "due_date": "2026-12-01", "tags": ["x"], "priority": "high" });
    let task = alice.patch(&path(&tasks[1])).json(patch).send().await.json().clone();
    assert_eq!(alice.delete(&path(&task)).send().await.status, 204);
    // Move c directly after a. The deleted b keeps its position.
    let c = alice.post(&format!("{}/move", path(&tasks[2]))).json(json!({ "after": tasks[0]["id"] })).send().await;
    assert_eq!(c.status, 200);

    let restored = alice.post(&format!("{}/restore", path(&task))).send().await;
    assert_eq!(restored.status, 200, "{restored:?}");
    let revision = restored.json()["revision"].clone();
    assert_eq!(restored.header("etag"), Some(&*format!("\"2.{revision}\"")));
    let mut expected = task.clone();
    expected["revision"] = revision;
    expected["updated_at"] = restored.json()["updated_at"].clone();
    assert_eq!(*restored.json(), expected);
    let order = alice.get("/api/me/tasks?sort=position").send().await;
    let titles: Vec<_> = order.json().as_array().unwrap().iter().map(|task| task["title"].clone()).collect();
    assert_eq!(titles, ["a", "c", "b"]);
    assert_eq!(trash(&alice).await, Vec::<Value>::new());
}

#[tokio::test]
async fn restoring_a_task_that_is_not_in_the_trash_changes_nothing() {
    let api = start().await;
    let alice = api.user("alice");
    let task = create(&alice, "x").await;
    let before = alice.get("/api/me/tasks").send().await;
    let answer = alice.post(&format!("{}/restore", path(&task))).send().await;
    assert_eq!((answer.status, answer.json()), (200, &task));
    let after = alice.get("/api/me/tasks").send().await;
    assert_eq!(after.header("etag"), before.header("etag"));
    let nothing = alice.post("/api/me/tasks/01890a5d-ac96-774b-bcce-b302099a8057/restore").send().await;
    assert_eq!(nothing.status, 404);
    let of_another = api.user("bob").post(&format!("{}/restore", path(&task))).send().await;
    assert_eq!(of_another.status, 404);
}

#[tokio::test]
async fn a_task_can_be_deleted_for_good_from_the_list_and_from_the_trash() {
    let api = start().await;
    let alice = api.user("alice");
    for is_in_trash in [false, true] {
        let task = create(&alice, "x").await;
        if is_in_trash {
            assert_eq!(alice.delete(&path(&task)).send().await.status, 204);
        }
        let target = format!("{}?permanent=true", path(&task));
        assert_eq!(alice.delete(&target).send().await.status, 204);
        assert_eq!(trash(&alice).await, Vec::<Value>::new());
        assert_eq!(alice.delete(&target).send().await.status, 404, "the task is gone");
        assert_eq!(alice.post(&format!("{}/restore", path(&task))).send().await.status, 404);
        let again = alice.post("/api/me/tasks").json(json!({ "id": task["id"], "title": "again" })).send().await;
        assert_eq!(again.status, 201, "its id is free: {again:?}");
    }
    let total = alice.get("/api/me/tasks").send().await;
    assert_eq!(total.header("x-total-count"), Some("2"));
}

#[tokio::test]
async fn deleting_and_restoring_check_if_match() {
    let api = start().await;
    let alice = api.user("alice");
    let task = create(&alice, "x").await;
    let (old, current) = ("\"2.1\"", format!("\"2.{}\"", task["revision"]));
    let (one, restore) = (path(&task), format!("{}/restore", path(&task)));
    for target in [one.clone(), format!("{one}?permanent=true")] {
        let refused = alice.delete(&target).header("if-match", old).send().await;
        assert_eq!((refused.status, refused.header("etag")), (412, Some(&*current)));
    }
    assert_eq!(alice.delete(&one).header("if-match", &current).send().await.status, 204);
    let deleted = format!("\"2.{}\"", trash(&alice).await[0]["revision"]);
    let refused = alice.post(&restore).header("if-match", &current).send().await;
    assert_eq!((refused.status, refused.header("etag")), (412, Some(&*deleted)));
    assert_eq!(alice.post(&restore).header("if-match", &deleted).send().await.status, 200);
}

#[tokio::test]
async fn deleting_accepts_one_parameter_which_is_true_or_false() {
    let api = start().await;
    let alice = api.user("alice");
    let task = create(&alice, "x").await;
    for (query, field) in
        [("permanent=yes", "permanent"), ("forever=true", "forever"), ("permanent=true&permanent=true", "permanent")]
    {
        let answer = alice.delete(&format!("{}?{query}", path(&task))).send().await;
        assert_eq!(answer.status, 400, "{query}: {answer:?}");
        assert_eq!(answer.json()["details"][0]["field"], field);
    }
    assert_eq!(alice.delete(&format!("{}?permanent=FALSE", path(&task))).send().await.status, 204);
    assert_eq!(trash(&alice).await.len(), 1);
}

/// The trash is a list with the same orders and filters.
#[tokio::test]
async fn the_trash_is_filtered_sorted_and_paged_as_the_list_is() {
    let api = start().await;
    let alice = api.user("alice");
    for (title, completed) in [("b", true), ("a", false), ("c", true)] {
        let body = json!({ "title": title, "completed": completed });
        let task = alice.post("/api/me/tasks").json(body).send().await.json().clone();
        assert_eq!(alice.delete(&path(&task)).send().await.status, 204);
    }
    create(&alice, "live").await;
    let titles = async |query: &str| {
        let answer = alice.get(&format!("/api/me/tasks?deleted=true&{query}")).send().await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let titles = answer.json().as_array().unwrap().iter().map(|task| task["title"].as_str().unwrap().to_owned());
        let total = answer.header("x-total-count").map(ToOwned::to_owned);
        (titles.collect::<String>(), total, crate::list::next(answer.header("link")))
    };
    assert_eq!(titles("sort=title").await, ("abc".into(), Some("3".into()), None));
    assert_eq!(titles("sort=title&status=completed").await, ("bc".into(), None, None));
    assert_eq!(titles("sort=title&status=pending&count=true").await, ("a".into(), Some("1".into()), None));
    assert_eq!(titles("search=C").await, ("c".into(), None, None));
    let (first, total, next) = titles("sort=title&order=desc&limit=2").await;
    assert_eq!((&*first, total.as_deref()), ("cb", Some("3")));
    let rest = alice.get(&next.unwrap()).send().await;
    assert_eq!(rest.json()[0]["title"], "a");
    let of_the_list = alice.get("/api/me/tasks?limit=1&sort=title").send().await;
    assert_eq!(crate::list::next(of_the_list.header("link")), None);
}
