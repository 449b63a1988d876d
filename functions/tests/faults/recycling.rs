//! Connections that died while nobody looked: found without a failed try, and where nothing told of it, by a probe.

use std::time::Duration;

use testing::{Api, proxy::Break};
use tokio::time::sleep;

use crate::{builder, timed};

/// The answer to a request was 200: in so many flights, over so many new connections, and it took so long.
async fn list(api: &Api) -> (usize, usize, Duration) {
    api.proxy().reset();
    let (answer, took) = timed(api.user("alice").get("/api/me/tasks")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let tries = api.log().lines().iter().filter(|line| line.contains("\"tries\":2")).count();
    assert_eq!(tries, 0, "no try fails:\n{}", api.log());
    (api.proxy().flights(), api.proxy().connections(), took)
}

/// The three flights of an opening and the request's own: none on the connection that is dead.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_was_closed_while_its_environment_was_frozen_costs_no_try() {
    let api = builder().through_proxy(Duration::from_millis(5)).start().await;
    list(&api).await;
    for how in [Break::Fin, Break::Rst].repeat(5) {
        api.freeze();
        api.proxy().break_all(how);
        sleep(Duration::from_millis(20)).await;
        let (flights, connections, _) = list(&api).await;
        assert_eq!((flights, connections), (4, 1), "{how:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_was_idle_for_long_is_probed_and_one_that_was_not_is_not() {
    const LONG: Duration = Duration::from_millis(600);
    let api = builder().env("DB_PROBE_AFTER_MS", "500").through_proxy(Duration::from_millis(5)).start().await;
    list(&api).await;
    sleep(LONG).await;
    let (flights, connections, _) = list(&api).await;
    assert_eq!((flights, connections), (2, 0));
    // A frozen environment's clocks go on, too.
    api.freeze();
    sleep(LONG).await;
    let (flights, connections, _) = list(&api).await;
    assert_eq!((flights, connections), (2, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_vanished_without_a_word_is_found_out_by_the_probe_in_about_a_second() {
    let api = builder().env("DB_PROBE_AFTER_MS", "300").through_proxy(Duration::ZERO).start().await;
    list(&api).await;
    for frozen in [false, true] {
        api.proxy().break_all(Break::Silence);
        if frozen {
            api.freeze();
        }
        sleep(Duration::from_millis(400)).await;
        let (_, connections, took) = list(&api).await;
        assert_eq!(connections, 1);
        assert!(took < Duration::from_millis(2_500), "{took:?}");
    }
}
