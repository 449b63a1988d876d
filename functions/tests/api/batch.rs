//! Several operations in one request: all of them are done, or none is.

use serde_json::{Value, json};
use testing::{Answer, User};

use crate::{create, path, start};

const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

async fn batch(user: &User<'_>, operations: Value) -> Answer {
    user.post("/api/me/tasks/batch").json(json!({ "operations": operations })).send().await
}

async fn state(user: &User<'_>) -> (Value, Value) {
    let list = user.get("/api/me/tasks?sort=position&limit=500").send().await;
    let trash = user.get("/api/me/tasks?deleted=true&limit=500").send().await;
    assert_eq!(list.header("etag"), trash.header("etag"));
    (json!([list.json(), list.header("etag")]), trash.json().clone())
}

#[tokio::test]
async fn the_operations_are_done_in_order_each_with_a_revision_of_its_own() {
    let api = start().await;
    let alice = api.user("alice");
    let (a, b) = (create(&alice, "a").await, create(&alice, "b").await);
    let last = b["revision"].as_i64().unwrap();
    let answer = batch(
        &alice,
        json!([
            { "op": "create", "id": ID, "task": { "title": " c ", "tags": ["x"], "due_date": "2026-12-01" } },
            { "op": "update", "id": ID, "task": { "title": "C", "due_date": null } },
            { "op": "complete", "id": a["id"], "completed": true, "if_match": a["revision"] },
            { "op": "move", "id": ID, "after": null },
            { "op": "delete", "id": b["id"] },
            { "op": "restore", "id": b["id"] },
            { "op": "restore", "id": b["id"] },
            { "op": "MOVE", "id": a["id"], "before": ID },
            { "op": "create", "task": { "title": "d" } },
            { "op": "delete", "id": a["id"], "if_match": last + 7 },
        ]),
    )
    .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let results = answer.json()["results"].as_array().unwrap();
    let statuses: Vec<_> = results.iter().map(|result| result["status"].as_i64().unwrap()).collect();
    assert_eq!(statuses, [201, 200, 200, 200, 204, 200, 200, 200, 201, 204]);
    let revisions: Vec<_> =
        results.iter().map(|result| result["task"]["revision"].as_i64().map(|it| it - last)).collect();
    // Restoring what is not in the trash changes nothing.
    let expected = [Some(1), Some(2), Some(3), Some(4), None, Some(6), Some(6), Some(7), Some(8), None];
    assert_eq!(revisions, expected);
    assert_eq!(results[0]["task"]["title"], "c");
    assert_eq!(results[0]["task"]["due_date"], "2026-12-01");
    assert_eq!((&results[1]["task"]["title"], &results[1]["task"]["due_date"]), (&json!("C"), &json!(null)));
    assert_eq!(results[1]["task"]["tags"], json!(["x"]));
    assert_eq!(results[2]["task"]["completed"], true);
    assert_eq!(results[4], json!({ "status": 204 }));

    let listed = alice.get("/api/me/tasks?sort=position").send().await;
    let titles: Vec<_> = listed.json().as_array().unwrap().iter().map(|task| task["title"].clone()).collect();
    assert_eq!(titles, ["C", "b", "d"]);
    assert_eq!(listed.json()[2], results[8]["task"]);
    assert_eq!(listed.header("x-total-count"), Some("3"));
    assert!(listed.header("etag").unwrap().ends_with(&format!("{}\"", last + 9)), "{listed:?}");
}

#[tokio::test]
async fn a_refused_batch_changes_nothing() {
    let api = start().await;
    let alice = api.user("alice");
    let task = create(&alice, "x").await;
    let before = state(&alice).await;
    let first = json!([
        { "op": "create", "id": ID, "task": { "title": "new" } },
        { "op": "update", "id": task["id"], "task": { "title": "changed" } },
        { "op": "delete", "id": task["id"] },
    ]);
    for (refused, status, code, field) in [
        (json!({ "op": "update", "id": task["id"], "task": {} }), 404, "not_found", "id"),
        (json!({ "op": "create", "id": ID, "task": { "title": "y" } }), 409, "conflict", "id"),
        (json!({ "op": "move", "id": ID, "after": task["id"] }), 400, "validation_failed", "after"),
        (json!({ "op": "restore", "id": task["id"], "if_match": 1 }), 412, "precondition_failed", "if_match"),
    ] {
        let mut operations = first.as_array().unwrap().clone();
        operations.push(refused);
        let key = format!("{status}");
        for _ in 0..2 {
            let request = alice.post("/api/me/tasks/batch").header("idempotency-key", &key);
            let answer = request.json(json!({ "operations": operations })).send().await;
            assert_eq!((answer.status, answer.error_code()), (status, Some(code)), "{answer:?}");
            let detail = &answer.json()["details"][0];
            assert_eq!((&detail["operation"], &detail["field"]), (&json!(3), &json!(field)), "{answer:?}");
            assert!(answer.json()["detail"].as_str().unwrap().starts_with(&format!("operation 3, {field}: ")));
            assert_eq!(state(&alice).await, before);
        }
    }
    // Not even the user's row is created.
    let bob = api.user("bob");
    let operations = json!([{ "op": "create", "task": { "title": "x" } }, { "op": "delete", "id": ID }]);
    assert_eq!(batch(&bob, operations).await.status, 404);
    let users = "select count(*) from users where id = 'bob'";
    assert_eq!(api.database().connect().await.query_one(users, &[]).await.unwrap().get::<_, i64>(0), 0);
}

#[tokio::test]
async fn the_errors_of_all_operations_of_a_batch_are_reported_at_once() {
    let api = start().await;
    let alice = api.user("alice");
    let operations = json!([
        { "op": "create", "task": { "title": "", "priority": "urgent" } },
        { "op": "create", "id": "1", "task": { "title": "x", "colour": "red" } },
        { "op": "create", "task": { "title": "fine" } },
        { "op": "update", "task": [] },
        { "op": "complete", "id": ID },
        { "op": "move", "id": ID },
        { "op": "move", "id": ID, "after": null, "before": null },
        { "op": "delete", "id": ID, "if_match": "1" },
        { "op": "restore", "id": ID, "completed": true },
        { "op": "explode", "id": ID },
        { "id": ID },
        "delete",
        { "op": "create", "id": ID, "task": { "id": "01890a5d-ac96-774b-bcce-b302099a8058", "title": "x" } },
    ]);
    let answer = batch(&alice, operations).await;
    assert_eq!((answer.status, answer.error_code()), (400, Some("validation_failed")), "{answer:?}");
    let details = answer.json()["details"].as_array().unwrap().iter();
    let told: Vec<_> = details.map(|it| (it["operation"].as_u64().unwrap(), it["field"].as_str().unwrap())).collect();
    let expected = [
        (0, "task.title"),
        (0, "task.priority"),
        (1, "id"),
        (1, "task.colour"),
        (3, "id"),
        (3, "task"),
        (4, "completed"),
        (5, "after"),
        (6, "after"),
        (7, "if_match"),
        (8, "completed"),
        (9, "op"),
        (10, "op"),
        (11, "operation"),
        (12, "id"),
    ];
    assert_eq!(told, expected, "{answer:?}");
    assert_eq!(state(&alice).await.0[0], json!([]));
}

#[tokio::test]
async fn a_batch_has_1_to_100_operations_and_a_body_of_at_most_a_mebibyte() {
    let api = start().await;
    let alice = api.user("alice");
    let creates = |count: usize| json!(vec![json!({ "op": "create", "task": { "title": "x" } }); count]);
    for wrong in [json!([]), creates(101), json!({}), json!(null)] {
        let answer = batch(&alice, wrong).await;
        assert_eq!(answer.status, 400, "{answer:?}");
        assert_eq!(answer.json()["details"][0]["field"], "operations");
    }
    let unnamed = alice.post("/api/me/tasks/batch").json(json!({ "tasks": [] })).send().await;
    assert_eq!((unnamed.status, &unnamed.json()["details"][0]["field"]), (400, &json!("operations")));
    let answer = batch(&alice, creates(100)).await;
    assert_eq!(answer.json()["results"].as_array().map(Vec::len), Some(100), "{answer:?}");
    assert_eq!(alice.get("/api/me/tasks").send().await.header("x-total-count"), Some("100"));

    let long = json!({ "op": "create", "task": { "title": "x", "description": "x".repeat(8_192) } });
    let fits = batch(&alice, json!(vec![long.clone(); 100])).await;
    assert_eq!(fits.status, 200, "a batch's body may be larger than one task's: {:?}", fits.error_code());
    let padding = " ".repeat(1024 * 1024);
    let request = alice.post("/api/me/tasks/batch").header("content-type", "application/json");
    let too_long = request.body(&format!("{{\"operations\": []}}{padding}")).send().await;
    assert_eq!((too_long.status, too_long.error_code()), (413, Some("payload_too_large")));
}

#[tokio::test]
async fn a_batch_that_is_sent_again_under_its_key_is_done_once() {
    let api = start().await;
    let alice = api.user("alice");
    let task = create(&alice, "x").await;
    let operations = json!({ "operations": [
        { "op": "create", "task": { "title": "new" } },
        { "op": "complete", "id": task["id"], "completed": true },
        { "op": "delete", "id": task["id"] },
    ] });
    let request = || alice.post("/api/me/tasks/batch").header("idempotency-key", "k").json(operations.clone());
    let first = request().send().await;
    assert_eq!((first.status, first.header("idempotency-replayed")), (200, None), "{first:?}");
    let made = &first.json()["results"][0]["task"];
    assert_eq!(alice.delete(&format!("{}?permanent=true", path(made))).send().await.status, 204);
    let after = state(&alice).await;
    let again = request().send().await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (200, Some("true")), "{again:?}");
    assert_eq!(again.text(), first.text());
    assert_eq!(state(&alice).await, after);
}

/// Lambda limits an answer to 6 MB. In it, a control character of a description takes seven bytes.
#[tokio::test]
async fn tasks_that_would_make_the_answer_too_large_are_left_out() {
    let api = start().await;
    let alice = api.user("alice");
    let heavy = json!({ "title": "x", "description": "\u{1}".repeat(8_192) });
    let task = alice.post("/api/me/tasks").json(heavy).send().await.json().clone();
    let complete = json!({ "op": "complete", "id": task["id"], "completed": true });
    let operations = json!({ "operations": vec![complete; 100] });
    let request = || alice.post("/api/me/tasks/batch").header("idempotency-key", "k").json(operations.clone());
    let answer = request().send().await;
    let results = answer.json()["results"].as_array().unwrap();
    assert!(results.len() == 100 && results.iter().all(|result| result["status"] == 200), "{:?}", answer.status);
    assert!(!results[0]["task"].is_null() && results[99]["task"].is_null());
    assert!(answer.text().len() < 4_000_000, "{}", answer.text().len());
    assert_eq!(request().send().await.text(), answer.text());
    let revision = task["revision"].as_i64().unwrap() + 100;
    assert_eq!(alice.get(&path(&task)).send().await.json()["revision"], revision);
}

/// As with single operations, knowing a task's id does not give access to it.
#[tokio::test]
async fn no_operation_of_a_batch_reaches_another_users_task() {
    let api = start().await;
    let task = create(&api.user("alice"), "x").await;
    let bob = api.user("bob");
    let mine = create(&bob, "mine").await;
    for operation in [
        json!({ "op": "update", "id": task["id"], "task": { "title": "y" } }),
        json!({ "op": "complete", "id": task["id"], "completed": true }),
        json!({ "op": "move", "id": task["id"], "after": null }),
        json!({ "op": "delete", "id": task["id"] }),
        json!({ "op": "restore", "id": task["id"] }),
    ] {
        assert_eq!(batch(&bob, json!([operation])).await.status, 404);
    }
    assert_eq!(batch(&bob, json!([{ "op": "move", "id": mine["id"], "after": task["id"] }])).await.status, 400);
    assert_eq!(*api.user("alice").get(&path(&task)).send().await.json(), task);
    // Both users may have a task with the same id.
    let own = batch(&bob, json!([{ "op": "create", "id": task["id"], "task": { "title": "own" } }])).await;
    assert_eq!(own.status, 200, "{own:?}");
}
