//! The manual order: `POST …/move` and `sort=position`.

use serde_json::{Value, json};
use testing::User;
use uuid::Uuid;

use crate::{builder, create, path, start};

async fn order(user: &User<'_>) -> String {
    let listed = user.get("/api/me/tasks?sort=position").send().await;
    listed.json().as_array().unwrap().iter().map(|task| task["title"].as_str().unwrap()).collect()
}

async fn move_to(user: &User<'_>, task: &Value, place: Value) -> (u16, Value) {
    let answer = user.post(&format!("{}/move", path(task))).json(place).send().await;
    (answer.status, answer.json().clone())
}

#[tokio::test]
async fn a_task_goes_where_it_is_moved_and_a_new_one_to_the_end() {
    let api = start().await;
    let alice = api.user("alice");
    let mut tasks = Vec::new();
    for title in ["a", "b", "c", "d"] {
        tasks.push(create(&alice, title).await);
    }
    let [a, b, c, d] = [0, 1, 2, 3].map(|at| tasks[at].clone());
    for (task, place, expected) in [
        (&d, json!({ "after": a["id"] }), "adbc"),
        (&a, json!({ "before": c["id"] }), "dbac"),
        (&c, json!({ "after": null }), "cdba"),
        (&d, json!({ "before": null }), "cbad"),
        (&b, json!({ "before": c["id"] }), "bcad"),
        (&c, json!({ "after": d["id"] }), "badc"),
    ] {
        let revision = alice.get("/api/me/tasks").send().await;
        let (status, moved) = move_to(&alice, task, place.clone()).await;
        assert_eq!((status, order(&alice).await), (200, expected.to_owned()), "{place}");
        assert_eq!(alice.get(&path(task)).send().await.json(), &moved);
        // It is already there, so nothing changes.
        let tag = alice.get("/api/me/tasks").send().await;
        assert_ne!(tag.header("etag"), revision.header("etag"));
        assert_eq!(move_to(&alice, task, place).await, (200, moved));
        assert_eq!(alice.get("/api/me/tasks").send().await.header("etag"), tag.header("etag"));
    }
    assert_eq!(move_to(&alice, &a, json!({ "after": a["id"] })).await.0, 200);
    create(&alice, "e").await;
    assert_eq!(order(&alice).await, "badce");
}

#[tokio::test]
async fn a_place_that_does_not_exist_is_named() {
    let api = start().await;
    let (alice, bob) = (api.user("alice"), api.user("bob"));
    let (task, bobs) = (create(&alice, "a").await, create(&bob, "b").await);
    for (place, field) in [
        (json!({}), "after"),
        (json!({ "after": null, "before": null }), "after"),
        (json!({ "after": "x" }), "after"),
        (json!({ "before": 5 }), "before"),
        (json!({ "before": bobs["id"] }), "before"),
        (json!({ "after": Uuid::new_v4() }), "after"),
        (json!({ "position": 3, "after": null }), "position"),
    ] {
        let (status, body) = move_to(&alice, &task, place.clone()).await;
        assert_eq!(
            (status, &body["code"], &body["details"][0]["field"]),
            (400, &json!("validation_failed"), &json!(field)),
            "{place}"
        );
    }
    assert_eq!(move_to(&alice, &bobs, json!({ "after": null })).await.0, 404);
    let stale =
        alice.post(&format!("{}/move", path(&task))).header("if-match", "\"1.7\"").json(json!({ "after": null }));
    assert_eq!(stale.send().await.status, 412);
}

/// The moves use up every digit between two neighbours. Then all tasks around them get new positions.
#[tokio::test]
async fn two_neighbours_always_have_room_between_them() {
    let api = start().await;
    let alice = api.user("alice");
    let mut tasks = Vec::new();
    for number in 0..5 {
        tasks.push(create(&alice, &number.to_string()).await);
    }
    // Tasks 1 and 2 change places between 0 and 3. Each move takes a place between the other one and its neighbour.
    for round in 0..160 {
        let (moved, other) = if round % 2 == 0 { (2, 1) } else { (1, 2) };
        let place = if round % 4 < 2 {
            json!({ "before": tasks[other]["id"] })
        } else {
            json!({ "after": tasks[other]["id"] })
        };
        let (status, task) = move_to(&alice, &tasks[moved], place).await;
        assert_eq!(status, 200);
        assert!(task["position"].as_str().unwrap().len() <= 60, "{task}");
    }
    assert_eq!(order(&alice).await.replace("21", "12"), "01234");
    let distinct = "select count(distinct position) = count(*) and count(distinct revision) = count(*) from tasks";
    assert!(api.database().connect().await.query_one(distinct, &[]).await.unwrap().get::<_, bool>(0));
}

#[tokio::test]
async fn concurrent_moves_lose_no_task_and_give_no_place_twice() {
    let api = builder().environments(4).start().await;
    let alice = api.user("alice");
    let mut tasks = Vec::new();
    for number in 0..6 {
        tasks.push(create(&alice, &number.to_string()).await);
    }
    let moves = (0..24).map(|n| {
        let place = json!({ "after": if n % 5 == 0 { json!(null) } else { tasks[(n + 1) % 6]["id"].clone() } });
        alice.post(&format!("{}/move", path(&tasks[n % 6]))).json(place).send()
    });
    for answer in testing::concurrently(4, moves).await {
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    let listed = alice.get("/api/me/tasks?sort=position").send().await;
    let mut positions: Vec<_> =
        listed.json().as_array().unwrap().iter().map(|task| task["position"].to_string()).collect();
    assert_eq!(positions.len(), 6);
    positions.dedup();
    assert_eq!(positions.len(), 6, "{positions:?}");
}
