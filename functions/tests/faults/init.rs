//! A database that is down, unreachable or asleep must not delay the start of a function. If the database wakes up, a
//! request waits for it.

use std::time::Duration;

use testing::{
    jwks::{self, Issuer, Reply},
    postgres::Cluster,
    proxy::NewConnections,
    token::Key,
};
use tokio::{net::TcpListener, time::sleep};

use crate::{assert_calm, builder, timed};

/// Enough for a cold start of a debug build on a busy machine, and less than the 5 s after which a connection is given
/// up.
const PROMPT: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_that_starts_without_its_database_answers_at_once_if_it_needs_none() {
    for mode in [NewConnections::Refused, NewConnections::Unanswered, NewConnections::Dropped] {
        let api = builder().through_proxy(Duration::ZERO).start().await;
        api.proxy().set_new_connections(mode).await;
        let (answer, took) = timed(api.get("/api/me/tasks")).await;
        assert_eq!(answer.status, 401, "{mode:?}: {answer:?}");
        assert!(took < PROMPT, "{mode:?}: {took:?}");
        assert_calm(&api);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_request_waits_for_a_database_that_wakes_up() {
    const NAP: Duration = Duration::from_secs(3);
    let cluster = Cluster::start().await;
    let api = builder().on(&cluster.url()).through_proxy(Duration::ZERO).start().await;
    cluster.suspend();
    let alice = api.user("alice");
    let ((answer, took), ()) = tokio::join!(timed(alice.get("/api/me/tasks")), async {
        sleep(NAP).await;
        cluster.resume();
    });
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!((NAP..Duration::from_secs(8)).contains(&took), "{took:?}");
    assert_eq!(api.proxy().connections(), 1, "it waited for the connection that the start had begun to open");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_request_uses_the_connection_that_the_start_has_opened() {
    let api = builder().through_proxy(Duration::from_millis(5)).start().await;
    assert_eq!(api.get("/api/me/tasks").send().await.status, 401); // now the function has started
    while api.proxy().flights() < 3 {
        sleep(Duration::from_millis(5)).await;
    }
    sleep(Duration::from_millis(100)).await;
    assert_eq!((api.proxy().flights(), api.proxy().connections()), (3, 1), "the start alone opened it");
    assert_eq!(api.user("alice").get("/api/me/tasks").send().await.status, 200);
    assert_eq!((api.proxy().flights(), api.proxy().connections()), (4, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_connection_is_opened_while_the_issuers_keys_are_fetched() {
    let slow = Reply::Slow(Duration::from_secs(2), jwks::set([&Key::p256("a")]));
    let issuer = Issuer::that(slow).await;
    let api = builder().env("JWKS_URL", &issuer.url()).through_proxy(Duration::ZERO).start().await;
    let connecting = async {
        while api.proxy().flights() < 3 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        answer = api.get("/api/me/tasks").send() => panic!("the keys came before the connection: {answer:?}"),
        () = connecting => {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_accepts_connections_but_never_answers_does_not_hide_the_next_host() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = listener.local_addr().unwrap();
    let silent_host = tokio::spawn(async move { while listener.accept().await.is_ok() {} });
    let two = move |url: &str| url.replacen('@', &format!("@{closed},"), 1);
    let api = builder().by(two).start().await;
    assert_eq!(api.user("alice").get("/api/me/tasks").send().await.status, 200);
    assert!(!silent_host.is_finished());
    assert_calm(&api);
}
