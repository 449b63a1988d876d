//! The list: order, pages, filters.

use serde_json::{Value, json};
use testing::User;

use crate::{create, path, start};

#[tokio::test]
async fn the_list_of_a_new_user_is_empty() {
    let api = start().await;
    let answer = api.user("alice").get("/api/me/tasks").send().await;
    assert_eq!((answer.status, answer.json(), answer.header("link")), (200, &json!([]), None));
}

#[tokio::test]
async fn the_list_is_a_bare_array_newest_first() {
    let api = start().await;
    let alice = api.user("alice");
    let first = create(&alice, "first").await;
    let second = create(&alice, "second").await;
    let answer = alice.get("/api/me/tasks").send().await;
    assert_eq!((answer.status, answer.json()), (200, &json!([second, first])));
}

#[tokio::test]
async fn a_parameter_has_the_same_meaning_under_its_other_name() {
    let api = start().await;
    let alice = api.user("alice");
    for title in ["milk", "bread", "milk chocolate"] {
        create(&alice, title).await;
    }
    for (query, listed) in [
        ("sort_by=title&sort_order=desc", ["milk chocolate", "milk", "bread"].as_slice()),
        ("q=milk", &["milk chocolate", "milk"]),
        ("skip=2", &["milk"]),
    ] {
        let answer = alice.get(&format!("/api/me/tasks?{query}")).send().await;
        assert_eq!(titles(answer.json().as_array().unwrap()), listed, "{query}");
    }
}

#[tokio::test]
async fn following_the_links_shows_every_task_once() {
    let api = start().await;
    let alice = api.user("alice");
    for number in 0..7 {
        create(&alice, &number.to_string()).await;
    }
    for (limit, pages) in [(1, 7), (3, 3), (6, 2), (7, 1), (8, 1)] {
        let seen = follow(&alice, &format!("/api/me/tasks?limit={limit}")).await;
        assert_eq!(seen.len(), pages, "limit {limit}");
        assert_eq!(titles(&seen.concat()), ["6", "5", "4", "3", "2", "1", "0"]);
    }
}

#[tokio::test]
async fn tasks_that_are_added_or_deleted_between_two_pages_do_not_shift_the_others() {
    let api = start().await;
    let alice = api.user("alice");
    let tasks = [create(&alice, "a").await, create(&alice, "b").await, create(&alice, "c").await];
    let page = alice.get("/api/me/tasks?limit=2").send().await;
    create(&alice, "newer").await;
    alice.delete(&path(&tasks[1])).send().await;
    let next = alice.get(&next(page.header("link")).unwrap()).send().await;
    assert_eq!(titles(next.json().as_array().unwrap()), ["a"]);
}

/// If tasks were created in the same microsecond, the id decides, also across the end of a page.
#[tokio::test]
async fn tasks_with_the_same_time_have_a_stable_order() {
    let api = start().await;
    let alice = api.user("alice");
    for number in 0..5 {
        create(&alice, &number.to_string()).await;
    }
    api.database().connect().await.execute("update tasks set created_at = '2026-01-23'", &[]).await.unwrap();
    let seen = follow(&alice, "/api/me/tasks?limit=2").await.concat();
    assert_eq!(titles(&seen), ["4", "3", "2", "1", "0"]);
}

#[tokio::test]
async fn a_status_filters_all_pages() {
    let api = start().await;
    let alice = api.user("alice");
    for number in 0..6 {
        let task = create(&alice, &number.to_string()).await;
        if number % 2 == 1 {
            alice.patch(&format!("{}/complete", path(&task))).send().await;
        }
    }
    for (status, expected) in [
        ("all", vec!["5", "4", "3", "2", "1", "0"]),
        ("pending", vec!["4", "2", "0"]),
        ("completed", vec!["5", "3", "1"]),
    ] {
        let pages = follow(&alice, &format!("/api/me/tasks?status={status}&limit=2")).await;
        assert_eq!(titles(&pages.concat()), expected);
        assert_eq!(pages.len(), expected.len().div_ceil(2));
    }
}

#[tokio::test]
async fn without_a_limit_a_page_has_100_tasks() {
    let api = start().await;
    let alice = api.user("alice");
    create(&alice, "the newest").await;
    fill(&api, 100, "").await;
    let page = alice.get("/api/me/tasks").send().await;
    assert_eq!(page.json().as_array().unwrap().len(), 100);
    assert_eq!(alice.get(&next(page.header("link")).unwrap()).send().await.json().as_array().unwrap().len(), 1);
    assert_eq!(alice.get("/api/me/tasks?limit=500").send().await.json().as_array().unwrap().len(), 101);
}

/// Lambda refuses answers over 6 MB. It counts them as a JSON string, where a quote takes four bytes.
#[tokio::test]
async fn a_page_that_would_be_too_large_ends_early_and_says_so() {
    let api = start().await;
    let alice = api.user("alice");
    create(&alice, "the newest").await;
    fill(&api, 400, &"\"".repeat(8_192)).await;
    let pages = follow(&alice, "/api/me/tasks?limit=500").await;
    assert_eq!(pages.len(), 4, "{:?}", pages.iter().map(Vec::len).collect::<Vec<_>>());
    assert_eq!(pages.concat().len(), 401);
}

#[tokio::test]
async fn links_use_the_users_id_or_me_as_the_request_did() {
    let api = start().await;
    let user = api.user("a@b.example");
    create(&user, "first").await;
    create(&user, "second").await;
    for (addressed, linked) in [
        ("/api/me/tasks", "</api/me/tasks?"),
        ("/api/a@b.example/tasks", "</api/a%40b.example/tasks?"),
        ("/api/a%40b.example/tasks", "</api/a%40b.example/tasks?"),
    ] {
        let answer = user.get(&format!("{addressed}?limit=1")).send().await;
        let link = answer.header("link").unwrap();
        assert!(link.starts_with(linked) && link.ends_with(">; rel=\"next\""), "{link}");
        let next = user.get(&next(Some(link)).unwrap()).send().await;
        assert_eq!(titles(next.json().as_array().unwrap()), ["first"]);
    }
}

#[tokio::test]
async fn a_query_with_anything_unknown_repeated_or_wrong_is_400_and_names_it() {
    let api = start().await;
    let alice = api.user("alice");
    for (query, field) in [
        ("colour=red", "colour"),
        ("Status=all", "Status"),
        ("status=all&status=all", "status"),
        ("status=open", "status"),
        ("status=all&sort=title&sort_by=title", "sort_by"),
        ("sort=size", "sort"),
        ("order=up", "order"),
        ("priority=high,urgent", "priority"),
        ("tags=a,,b", "tags"),
        ("due_before=soon", "due_before"),
        ("due_after=2026-12-01T10:00:00", "due_after"),
        ("search=%00", "search"),
        ("count=yes", "count"),
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=-1", "limit"),
        ("limit=1.5", "limit"),
        ("limit=ten", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("limit=%00", "limit"),
        ("limit=5&limit=6", "limit"),
        ("cursor=x", "cursor"),
        ("cursor=%F0%9F%98%80", "cursor"),
        ("cursor=AgICAgICAgICAgICAgICAgICAgICAgICAg", "cursor"),
        ("offset=10001", "offset"),
        ("skip=-1", "skip"),
        ("%FF=1", "\u{fffd}"),
        ("=1", ""),
    ] {
        let answer = alice.get(&format!("/api/me/tasks?{query}")).send().await;
        assert_eq!((answer.status, answer.error_code()), (400, Some("invalid_request")), "{query}: {answer:?}");
        assert_eq!(answer.json()["details"][0]["field"], field, "{query}");
    }
}

#[tokio::test]
async fn of_very_many_wrong_parameters_only_some_are_reported() {
    let api = start().await;
    let query = (0..500).map(|n| format!("x{n}=1")).collect::<Vec<_>>().join("&");
    let answer = api.user("alice").get(&format!("/api/me/tasks?{query}")).send().await;
    assert_eq!((answer.status, answer.json()["details"].as_array().unwrap().len()), (400, 10));
}

#[tokio::test]
async fn a_query_may_be_encoded_and_have_empty_parts() {
    let api = start().await;
    let alice = api.user("alice");
    for query in [
        "",
        "&",
        "status=",
        "status",
        "search=&priority=&cursor=&limit=",
        "status=%61ll&",
        "&&limit=%31",
        "st%61tus=all",
    ] {
        assert_eq!(alice.get(&format!("/api/me/tasks?{query}")).send().await.status, 200, "{query}");
    }
}

#[tokio::test]
async fn a_cursor_only_works_for_the_list_that_it_was_made_for() {
    let api = start().await;
    let (alice, bob) = (api.user("alice"), api.user("bob"));
    for title in ["a", "b", "c"] {
        create(&alice, title).await;
        create(&bob, title).await;
    }
    let page = alice.get("/api/me/tasks?sort=title&search=&limit=1&status=pending").send().await;
    let cursor = page.header("link").unwrap().split_once("cursor=").unwrap().1.split_once('>').unwrap().0.to_owned();
    let asked =
        async |user: &User<'_>, query: &str| user.get(&format!("/api/me/tasks?cursor={cursor}&{query}")).send().await;
    for query in ["sort=title&status=pending", "sort=title&order=asc&status=pending&limit=7&count=true"] {
        assert_eq!(titles(asked(&alice, query).await.json().as_array().unwrap()), ["b", "c"], "{query}");
    }
    for query in [
        "sort=title",
        "status=pending",
        "sort=title&order=desc&status=pending",
        "sort=title&status=completed",
        "sort=title&status=pending&search=b",
        "sort=position&status=pending",
    ] {
        let answer = asked(&alice, query).await;
        assert_eq!((answer.status, &answer.json()["details"][0]["field"]), (400, &json!("cursor")), "{query}");
    }
    let of_bob = asked(&bob, "sort=title&status=pending").await;
    assert_eq!((of_bob.status, &of_bob.json()["details"][0]["field"]), (400, &json!("cursor")));
    let with_offset = asked(&alice, "sort=title&status=pending&offset=1").await;
    assert_eq!((with_offset.status, &with_offset.json()["details"][0]["field"]), (400, &json!("offset")));
    // An erased and recreated user has another epoch.
    api.database().connect().await.execute("delete from users where id = 'alice'", &[]).await.unwrap();
    create(&alice, "b").await;
    assert_eq!(asked(&alice, "sort=title&status=pending").await.status, 400);
}

#[tokio::test]
async fn a_list_that_the_client_has_is_304_until_something_is_written() {
    let api = start().await;
    let (alice, bob) = (api.user("alice"), api.user("bob"));
    let empty = alice.get("/api/me/tasks").send().await;
    let tag = empty.header("etag").unwrap();
    assert_eq!(
        alice.get("/api/me/tasks").header("if-none-match", tag).send().await.status,
        304,
        "a user without tasks"
    );
    let task = create(&alice, "a").await;
    create(&bob, "b").await;
    assert_eq!(alice.get("/api/me/tasks").header("if-none-match", tag).send().await.status, 200);
    for target in ["/api/me/tasks", "/api/me/tasks?sort=title&search=a&limit=1"] {
        let page = alice.get(target).send().await;
        let tag = page.header("etag").unwrap();
        for sent in [tag, &format!("W/{tag}"), &format!("\"x\", {tag}"), "*"] {
            let again = alice.get(target).header("if-none-match", sent).send().await;
            assert_eq!((again.status, again.text(), again.header("etag")), (304, "", Some(tag)), "{sent}");
        }
        assert_eq!(bob.get(target).header("if-none-match", tag).send().await.status, 200, "another user's list");
    }
    let tag = alice.get("/api/me/tasks").send().await.header("etag").unwrap().to_owned();
    for request in [
        alice.patch(&path(&task)).json(json!({ "title": "b" })),
        alice.patch(&format!("{}/complete", path(&task))),
        alice.delete(&path(&task)),
    ] {
        request.send().await;
        assert_eq!(alice.get("/api/me/tasks").header("if-none-match", &tag).send().await.status, 200);
    }
}

/// The owner's row counts the tasks of each status. For other filters, the tasks are counted on request.
#[tokio::test]
async fn the_total_is_given_if_it_costs_nothing_or_is_asked_for() {
    let api = start().await;
    let alice = api.user("alice");
    for number in 0..5 {
        let task = create(&alice, &number.to_string()).await;
        if number < 2 {
            alice.patch(&format!("{}/complete", path(&task))).send().await;
        }
    }
    for (query, total) in [
        ("limit=1", Some("5")),
        ("limit=1&status=pending", Some("3")),
        ("status=completed&sort=title&offset=9", Some("2")),
        ("search=4", None),
        ("search=4&count=false", None),
        ("search=4&count=true", Some("1")),
        ("priority=none&status=pending&count=TRUE&limit=1", Some("3")),
    ] {
        let answer = alice.get(&format!("/api/me/tasks?{query}")).send().await;
        assert_eq!((answer.status, answer.header("x-total-count")), (200, total), "{query}");
    }
    assert_eq!(api.user("nobody").get("/api/me/tasks").send().await.header("x-total-count"), Some("0"));
}

/// All pages from this path on. Follows the `Link` headers.
async fn follow(user: &User<'_>, path: &str) -> Vec<Vec<Value>> {
    let mut pages = Vec::new();
    let mut path = Some(path.to_owned());
    while let Some(here) = path {
        let answer = user.get(&here).send().await;
        assert_eq!(answer.status, 200, "{here}: {answer:?}");
        pages.push(answer.json().as_array().unwrap().clone());
        path = next(answer.header("link"));
        assert!(pages.len() < 100, "the links lead in a circle");
    }
    pages
}

/// The target of a `Link` header.
pub(crate) fn next(link: Option<&str>) -> Option<String> {
    let (target, _) = link?.strip_prefix('<')?.split_once('>')?;
    Some(target.to_owned())
}

fn titles(tasks: &[Value]) -> Vec<&str> {
    tasks.iter().map(|task| task["title"].as_str().unwrap()).collect()
}

/// Inserts older tasks of Alice's directly into the database.
async fn fill(api: &testing::Api, tasks: i32, description: &str) {
    api.database()
        .connect()
        .await
        .execute(
            "insert into tasks (owner_user_id, id, title, title_key, description, completed, created_at, updated_at, revision)
             select 'alice', gen_random_uuid(), 'older', 'older', $2, false, now() - make_interval(secs => n), now(), 1
             from generate_series(1, $1) n",
            &[&tasks, &description],
        )
        .await
        .unwrap();
}
