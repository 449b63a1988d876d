//! The export and the erasure of an account.

use serde_json::{Value, json};
use testing::User;

use crate::{create, list::next, path, start};

async fn export(user: &User<'_>, query: &str) -> Vec<Value> {
    let (mut tasks, mut target) = (Vec::new(), Some(format!("/api/me/export{query}")));
    while let Some(here) = target {
        let answer = user.get(&here).send().await;
        assert_eq!(answer.status, 200, "{answer:?}");
        tasks.extend(answer.json().as_array().unwrap().iter().cloned());
        target = next(answer.header("link"));
    }
    tasks
}

#[tokio::test]
async fn an_export_has_every_task_and_the_trash_page_by_page() {
    let api = start().await;
    let alice = api.user("alice");
    assert_eq!(export(&alice, "").await, Vec::<Value>::new());
    let mut expected = Vec::new();
    for number in 0..7 {
        let task = create(&alice, &number.to_string()).await;
        if number % 3 == 0 {
            assert_eq!(alice.delete(&path(&task)).send().await.status, 204);
        }
        expected.insert(0, task["id"].clone());
    }
    create(&api.user("bob"), "of another").await;
    for query in ["", "?limit=1", "?limit=3"] {
        let tasks = export(&alice, query).await;
        assert_eq!(tasks.iter().map(|task| task["id"].clone()).collect::<Vec<_>>(), expected);
        assert_eq!(tasks.iter().filter(|task| task["deleted_at"].is_string()).count(), 3);
    }
    let first = alice.get("/api/me/export").send().await;
    assert_eq!(first.header("x-total-count"), Some("7"));
    let known = alice.get("/api/me/export").header("if-none-match", first.header("etag").unwrap()).send().await;
    assert_eq!(known.status, 304);
}

#[tokio::test]
async fn an_export_takes_a_limit_and_a_cursor_of_its_own_and_nothing_else() {
    let api = start().await;
    let alice = api.user("alice");
    create(&alice, "a").await;
    create(&alice, "b").await;
    let of_the_list = next(alice.get("/api/me/tasks?limit=1").send().await.header("link")).unwrap();
    let of_the_export = next(alice.get("/api/me/export?limit=1").send().await.header("link")).unwrap();
    assert!(of_the_export.starts_with("/api/me/export?"), "{of_the_export}");
    for wrong in [
        "/api/me/export?status=pending".to_owned(),
        "/api/me/export?limit=501".to_owned(),
        of_the_list.replace("tasks", "export"),
        of_the_export.replace("export", "tasks"),
    ] {
        assert_eq!(alice.get(&wrong).send().await.status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn an_erased_account_leaves_nothing_and_erasing_can_be_repeated() {
    let api = start().await;
    let (alice, bob) = (api.user("alice"), api.user("bob"));
    let theirs = create(&bob, "theirs").await;
    assert_eq!(alice.delete("/api/me").send().await.status, 204, "an account without rows can be erased, too");
    let keyed = alice.post("/api/me/tasks").header("idempotency-key", "k").json(json!({ "title": "x" }));
    let task = keyed.send().await.json().clone();
    let deleted = create(&alice, "deleted").await;
    assert_eq!(alice.delete(&path(&deleted)).send().await.status, 204);
    let removed = create(&alice, "removed").await;
    assert_eq!(alice.delete(&format!("{}?permanent=true", path(&removed))).send().await.status, 204);

    assert_eq!(alice.delete("/api/bob").send().await.status, 403);
    for _ in 0..2 {
        let answer = alice.delete("/api/alice").send().await;
        assert_eq!((answer.status, answer.text()), (204, ""));
        assert_eq!(alice.get(&path(&task)).send().await.status, 404);
    }
    let left = "select
        (select count(*) from users where id = 'alice') + (select count(*) from tasks where owner_user_id = 'alice')
        + (select count(*) from tombstones where owner_user_id = 'alice')
        + (select count(*) from idempotency_keys where owner_user_id = 'alice')";
    assert_eq!(api.database().connect().await.query_one(left, &[]).await.unwrap().get::<_, i64>(0), 0);
    assert_eq!(*bob.get(&path(&theirs)).send().await.json(), theirs);
    let unknown = alice.delete("/api/me?permanent=true").send().await;
    assert_eq!(unknown.status, 400, "{unknown:?}");
}

/// Entity tags, cursors, change tokens and idempotency keys belong to the erased account.
#[tokio::test]
async fn tags_cursors_tokens_and_keys_of_an_erased_account_do_not_match_the_recreated_one() {
    let api = start().await;
    let alice = api.user("alice");
    let make = async || {
        let mut made = Vec::new();
        for number in 0..3 {
            let id = format!("01890a5d-ac96-774b-bcce-b302099a805{number}");
            let body = json!({ "id": id, "title": "x" });
            let request = alice.post("/api/me/tasks").header("idempotency-key", &id).json(body).send().await;
            assert_eq!((request.status, request.header("idempotency-replayed")), (201, None), "{request:?}");
            made.push(request.json().clone());
        }
        made
    };
    let before = make().await;
    let list = alice.get("/api/me/tasks?limit=1").send().await;
    let (etag, cursor) = (list.header("etag").unwrap().to_owned(), next(list.header("link")).unwrap());
    let changes = alice.get("/api/me/tasks/changes").send().await.json()["next"].as_str().unwrap().to_owned();
    assert_eq!(alice.delete("/api/me").send().await.status, 204);
    for _ in 0..2 {
        for (task, again) in before.iter().zip(make().await) {
            assert!(again["revision"].as_i64() > task["revision"].as_i64());
            let tag = format!("\"2.{}\"", task["revision"]);
            let read = alice.get(&path(task)).header("if-none-match", &tag).send().await;
            assert_eq!(read.status, 200);
            let write = alice.delete(&path(task)).header("if-match", &tag).send().await;
            assert_eq!(write.status, 412, "{write:?}");
        }
        let read = alice.get("/api/me/tasks?limit=1").header("if-none-match", &etag).send().await;
        assert_eq!(read.status, 200);
        assert_eq!(alice.get(&cursor).send().await.status, 400);
        assert_eq!(alice.get(&format!("/api/me/tasks/changes?since={changes}")).send().await.status, 410);
        assert_eq!(alice.delete("/api/me").send().await.status, 204);
    }
}
