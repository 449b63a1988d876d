//! Priority, due date, tags and the client's own id: their limits, what null does, and which input is accepted.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{builder, create, path, revision, start};

#[tokio::test]
async fn every_field_is_returned_as_it_was_stored() {
    let api = start().await;
    let alice = api.user("alice");
    for (field, sent, kept) in [
        ("priority", json!("high"), json!("high")),
        ("priority", json!("Low"), json!("low")),
        ("priority", json!(null), json!("none")),
        ("due_date", json!("2026-12-01"), json!("2026-12-01")),
        ("due_date", json!("2026-12-01T10:00:00+02:00"), json!("2026-12-01T08:00:00.000000Z")),
        ("due_date", json!("9999-12-31T23:59:59.999999999Z"), json!("9999-12-31T23:59:59.999999Z")),
        ("due_date", json!(""), json!(null)),
        ("due_date", json!(null), json!(null)),
        ("tags", json!([" b ", "a", "b", "B"]), json!(["b", "a", "B"])),
        ("tags", json!([]), json!([])),
        ("tags", json!(null), json!([])),
        ("description", json!(null), json!(null)),
    ] {
        let mut body = json!({ "title": "x" });
        body[field] = sent.clone();
        let made = alice.post("/api/me/tasks").json(body.clone()).send().await;
        assert_eq!((made.status, &made.json()[field]), (201, &kept), "{field}: {sent}");
        // The same on a task whose fields are already set.
        let full =
            json!({ "title": "x", "priority": "medium", "due_date": "2026-01-01", "tags": ["t"], "description": "d" });
        let task = alice.post("/api/me/tasks").json(full).send().await.json().clone();
        let changed = alice.patch(&path(&task)).json(body).send().await;
        assert_eq!((changed.status, &changed.json()[field]), (200, &kept), "{field}: {sent}");
        let read = alice.get(&path(&task)).send().await;
        assert_eq!(read.json(), changed.json());
        for other in ["priority", "due_date", "tags", "description"].iter().filter(|other| **other != field) {
            assert_eq!(read.json()[*other], task[*other], "what is absent stays");
        }
    }
}

#[tokio::test]
async fn a_field_beyond_its_limits_is_named() {
    let api = start().await;
    let alice = api.user("alice");
    let task = create(&alice, "x").await;
    let numbered = |count: usize| (0..count).map(|n| n.to_string()).collect::<Vec<_>>();
    for (field, value) in [
        ("priority", json!("urgent")),
        ("priority", json!(1)),
        ("due_date", json!("tomorrow")),
        ("due_date", json!("2026-02-30")),
        ("due_date", json!("2026-12-01T10:00:00")),
        ("due_date", json!("1969-12-31")),
        ("due_date", json!("9999-12-31T23:59:59-00:01")),
        ("due_date", json!(1_764_547_200)),
        ("tags", json!("home")),
        ("tags", json!(["a,b"])),
        ("tags", json!([" "])),
        ("tags", json!(["\u{200b}"])),
        ("tags", json!(["a\0"])),
        ("tags", json!([null])),
        ("tags", json!(["é".repeat(51)])),
        ("tags", json!(numbered(21))),
        ("title", json!("\u{2800}\u{200b}")),
    ] {
        let mut body = json!({ "title": "x" });
        body[field] = value.clone();
        for request in [alice.post("/api/me/tasks"), alice.patch(&path(&task)), alice.put(&path(&task))] {
            let answer = request.json(body.clone()).send().await;
            assert_eq!((answer.status, answer.error_code()), (400, Some("validation_failed")), "{field}: {value}");
            assert_eq!(answer.json()["details"][0]["field"], field, "{value}");
        }
    }
    let body = json!({ "title": "x", "tags": numbered(20), "due_date": "1970-01-01" });
    let answer = alice.put(&path(&task)).json(body).send().await;
    assert_eq!((answer.status, answer.json()["tags"].as_array().unwrap().len()), (200, 20));
    assert_eq!(alice.patch(&path(&task)).json(json!({ "tags": ["é".repeat(50)] })).send().await.status, 200);
}

/// Requests as existing front ends of such APIs send them.
#[tokio::test]
async fn what_front_ends_send_works() {
    let api = start().await;
    let alice = api.user("alice");
    for body in [
        json!({ "title": "Milk", "description": "", "priority": "medium", "due_date": null, "tags": [] }),
        json!({ "title": "Milk", "description": "", "completed": false, "due_date": "2026-12-01" }),
    ] {
        assert_eq!(alice.post("/api/alice/tasks").json(body).send().await.status, 201);
    }
    let mut task = create(&alice, "Bread").await;
    task["title"] = json!("Rye bread");
    let put = alice.put(&path(&task)).json(task.clone()).send().await;
    assert_eq!((put.status, &put.json()["title"]), (200, &json!("Rye bread")), "{put:?}");
    let patch = json!({ "priority": "Low", "due_date": null, "tags": [] });
    assert_eq!(alice.patch(&path(&task)).json(patch).send().await.json()["priority"], "low");
    for query in [
        "sort=created_at&order=desc",
        "status=pending&priority=high&search=m&sort_by=due_date&order=asc",
        "limit=10&offset=0",
        "status=pending&sort=title&order=asc",
        "",
    ] {
        assert_eq!(alice.get(&format!("/api/alice/tasks?{query}")).send().await.status, 200, "{query}");
    }
    let refused = alice.post("/api/alice/tasks").json(json!({ "title": "" })).send().await;
    assert_eq!((refused.status, &refused.json()["detail"]), (400, &json!("title: must be 1 to 200 characters, got 0")));
}

#[tokio::test]
async fn read_only_fields_and_unknown_ones_that_are_null_are_ignored() {
    let api = start().await;
    let alice = api.user("alice");
    let task = create(&alice, "x").await;
    let body = json!({
        "title": "y", "id": Uuid::nil(), "owner_user_id": "bob", "completed_at": "2026-01-01T00:00:00Z", "position": 5,
        "created_at": null, "updated_at": "never", "deleted_at": "2026-01-01T00:00:00Z", "revision": 99,
        "colour": null,
    });
    for request in [alice.put(&path(&task)), alice.patch(&path(&task))] {
        let answer = request.json(body.clone()).send().await;
        assert_eq!(answer.status, 200, "{answer:?}");
        for field in ["id", "owner_user_id", "completed_at", "position", "created_at", "deleted_at"] {
            assert_eq!(answer.json()[field], task[field], "{field}");
        }
    }
}

#[tokio::test]
async fn a_client_can_choose_a_tasks_id_and_can_use_it_once() {
    let api = start().await;
    let (alice, bob) = (api.user("alice"), api.user("bob"));
    let body = json!({ "id": "9B2E4F0A-0000-4000-8000-00000000000F", "title": "mine" });
    for user in [&alice, &bob] {
        let made = user.post("/api/me/tasks").json(body.clone()).send().await;
        assert_eq!(
            (made.status, &made.json()["id"]),
            (201, &json!("9b2e4f0a-0000-4000-8000-00000000000f")),
            "{made:?}"
        );
        let again = user.post("/api/me/tasks").json(body.clone()).send().await;
        assert_eq!((again.status, again.error_code()), (409, Some("conflict")), "{again:?}");
        let next = revision(&create(user, "next").await);
        assert_eq!(next, revision(made.json()) + 1, "the refused create used no revision");
    }
    for id in [json!("1"), json!(1), json!("urn:uuid:9b2e4f0a-0000-4000-8000-00000000000f")] {
        let answer = alice.post("/api/me/tasks").json(json!({ "id": id, "title": "x" })).send().await;
        assert_eq!((answer.status, &answer.json()["details"][0]["field"]), (400, &json!("id")), "{id}");
    }
}

/// An unknown parameter must never be ignored silently: with `completed=true` the task would have toggled.
#[tokio::test]
async fn a_parameter_that_a_route_does_not_have_is_named_on_every_route() {
    let api = start().await;
    let alice = api.user("alice");
    let task = create(&alice, "x").await;
    let (one, move_it) = (path(&task), format!("{}/move?completed=true", path(&task)));
    let batch = json!({ "operations": [{ "op": "create", "task": { "title": "y" } }] });
    for request in [
        api.get("/health?completed=true"),
        api.get("/openapi.json?completed=true"),
        api.get("/docs?completed=true"),
        api.get("/docs/start.js?completed=true"),
        alice.get(&format!("{one}?completed=true")),
        alice.get("/api/me/tasks?completed=true"),
        alice.post("/api/me/tasks?completed=true").json(json!({ "title": "y" })),
        alice.put(&format!("{one}?completed=true")).json(json!({})),
        alice.patch(&format!("{one}?completed=true")).json(json!({})),
        alice.patch(&format!("{one}/complete?completed=true")),
        alice.post(&move_it).json(json!({ "after": null })),
        alice.delete(&format!("{one}?completed=true")),
        alice.post(&format!("{one}/restore?completed=true")),
        alice.get("/api/me/tasks/changes?completed=true"),
        alice.post("/api/me/tasks/batch?completed=true").json(batch),
        alice.get("/api/me/export?completed=true"),
        alice.delete("/api/me?completed=true"),
    ] {
        let answer = request.send().await;
        assert_eq!((answer.status, answer.error_code()), (400, Some("invalid_request")), "{answer:?}");
        assert_eq!(answer.json()["details"][0]["field"], "completed");
    }
    assert_eq!(*alice.get("/api/me/tasks").send().await.json(), json!([task]));
}

#[tokio::test]
async fn unknown_input_can_be_ignored_by_a_setting_and_is_named() {
    let api = builder().env("UNKNOWN_INPUT", "ignore").start().await;
    let alice = api.user("alice");
    let body = json!({ "title": "x", "colour": "red", "a\r\nSet-Cookie: b": 1, "notes": null, "revision": 5 });
    let made = alice.post("/api/me/tasks?source=app").json(body).send().await;
    assert_eq!(
        (made.status, made.header("x-ignored")),
        (201, Some("source, a%0D%0ASet%2DCookie%3A%20b, colour")),
        "{made:?}"
    );
    let listed = alice.get("/api/me/tasks?page=2&status=pending").send().await;
    assert_eq!((listed.status, listed.header("x-ignored")), (200, Some("page")));
    assert_eq!(alice.get("/api/me/tasks").send().await.header("x-ignored"), None);
    // Known parameters are still checked strictly.
    assert_eq!(alice.get("/api/me/tasks?status=open").send().await.status, 400);
    let many: Value =
        (0..50).map(|n| (format!("{n}{}", "x".repeat(100)), json!(1))).collect::<serde_json::Map<_, _>>().into();
    let answer = alice.patch(&path(made.json())).json(many).send().await;
    assert!(answer.header("x-ignored").is_some_and(|names| names.len() <= 20 * 66), "{answer:?}");
}

#[tokio::test]
async fn a_byte_order_mark_before_a_body_is_accepted() {
    let api = start().await;
    let request = api.user("alice").post("/api/me/tasks").header("content-type", "application/json");
    assert_eq!(request.body("\u{feff}{\"title\":\"x\"}").send().await.status, 201);
}
