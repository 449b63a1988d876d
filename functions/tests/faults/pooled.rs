//! The API through `PgBouncer` in transaction mode with TLS, as with Neon's pooled connection string.

use std::time::Duration;

use serde_json::json;
use shared::db::DatabaseUrl;
use testing::{
    Api, ApiBuilder,
    authority::Authority,
    pgbouncer::PgBouncer,
    postgres::server_url,
    proxy::{Break, Fault, Moment},
};
use tokio_postgres::Client;

use crate::{assert_calm, is_honest_503, revision, seed, with_short_timeouts};

/// The API with a pooler that has this many connections to the database. The tuple is dropped in the right order: the
/// API first.
async fn pooled(connections: usize) -> Option<(Api, PgBouncer, Authority)> {
    through(connections, with_short_timeouts().environments(2)).await
}

/// The same for any API.
pub(crate) async fn through(connections: usize, builder: ApiBuilder) -> Option<(Api, PgBouncer, Authority)> {
    let authority = Authority::new();
    let bouncer = PgBouncer::start(&server_url(), &authority, connections).await?;
    let at_bouncer = bouncer.url(&server_url());
    let query = authority.verified(&at_bouncer).split_once('?')?.1.to_owned();
    let port = url::Url::parse(&at_bouncer).ok()?.port();
    let at_pooler = move |database: &str| {
        let mut url = url::Url::parse(database).unwrap();
        url.set_port(port).unwrap();
        url.set_query(Some(&query));
        url.into()
    };
    let api = builder.by(at_pooler).through_proxy(Duration::from_millis(2)).start().await;
    Some((api, bouncer, authority))
}

/// Another client of the pooler, which shares the API's sessions.
pub(crate) async fn guest(api: &Api, bouncer: &PgBouncer, authority: &Authority) -> Client {
    let url = authority.verified(&bouncer.url(&api.database().url()));
    DatabaseUrl::parse("the pooler's URL", &url).unwrap().connect().await.unwrap()
}

/// One each to ask for TLS, for its handshake, for start-up and for the request, and two for SCRAM. TCP's own counts as
/// the connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cold_request_takes_the_round_trips_of_tls_and_a_warm_one_takes_one() {
    let Some((api, _bouncer, _authority)) = pooled(5).await else { return };
    let alice = api.user("alice");
    for (flights, connections) in [(6, 1), (1, 0), (1, 0)] {
        api.proxy().reset();
        assert_eq!(alice.get("/api/me/tasks").send().await.status, 200);
        assert_eq!((api.proxy().flights(), api.proxy().connections()), (flights, connections));
    }
}

/// All requests share one connection to the database. What one transaction sets must be gone in the next.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_runs_as_the_user_of_the_one_before() {
    let Some((api, bouncer, authority)) = pooled(1).await else { return };
    let (alice, bob) = (api.user("alice"), api.user("bob"));
    let guest = guest(&api, &bouncer, &authority).await;
    let sql = "select coalesce(current_setting('app.user_id', true), ''), current_user::text, session_user::text,
               pg_backend_pid()::text, current_setting('lock_timeout')";
    let mut server = None;
    for round in 1..=5 {
        for user in [&alice, &bob] {
            let made = user.post("/api/me/tasks").json(json!({ "title": user.id() })).send().await;
            assert_eq!(made.status, 201, "{made:?}");
            let rows = guest.query_typed(sql, &[]).await.unwrap();
            let text = |column| rows[0].get::<_, String>(column);
            assert_eq!((text(0), text(1), text(4)), (String::new(), text(2), "0".to_owned()), "after {}", user.id());
            assert_eq!(*server.get_or_insert_with(|| text(3)), text(3), "it is the same connection");
        }
        let lists = testing::concurrently_all([&alice, &bob].map(|user| user.get("/api/me/tasks").send())).await;
        for (user, answer) in [&alice, &bob].into_iter().zip(lists) {
            let tasks = answer.json().as_array().unwrap().clone();
            assert!(tasks.iter().all(|task| task["title"] == *user.id()), "{tasks:?}");
            assert_eq!(tasks.len(), round);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_toggle_is_done_once_whatever_breaks() {
    let Some((api, _bouncer, _authority)) = pooled(2).await else { return };
    let (alice, database) = (api.user("alice"), api.database().connect().await);
    let toggle = format!("/api/me/tasks/{}/complete", seed(&database, "alice").await);
    assert_eq!(alice.patch(&toggle).send().await.status, 200);
    let mut expected = true;
    for how in [Break::Fin, Break::Rst, Break::Silence] {
        for moment in [Moment::Request, Moment::PartOfRequest(60), Moment::Answer, Moment::PartOfAnswer(50)] {
            let before = revision(&database, "alice").await;
            api.proxy().plant(Fault::next(moment, how));
            let answer = alice.patch(&toggle).send().await;
            expected = !expected;
            assert!(
                !is_honest_503(&answer) && answer.json()["completed"] == expected,
                "{moment:?} {how:?}: {answer:?}"
            );
            assert_eq!(revision(&database, "alice").await, before + 1, "{moment:?} {how:?}");
            api.proxy().close_silent();
        }
    }
    assert_calm(&api);
}
