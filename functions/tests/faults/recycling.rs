//! Connections that died while they were idle. They are found without a failed attempt or, if they died silently, with
//! a probe.

use std::time::Duration;

use testing::{Api, proxy::Break};
use tokio::time::sleep;

use crate::{builder, timed};

/// Sends a request that must be a 200. Returns its flights, the number of new connections, and its duration.
async fn list(api: &Api) -> (usize, usize, Duration) {
    api.proxy().reset();
    let (answer, took) = timed(api.user("alice").get("/api/me/tasks")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let tries = api.log().lines().iter().filter(|line| line.contains("\"tries\":2")).count();
    assert_eq!(tries, 0, "no attempt may fail:\n{}", api.log());
    (api.proxy().flights(), api.proxy().connections(), took)
}

/// Three flights open a connection, and one is the request's. None is sent on the dead connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_was_closed_while_its_execution_environment_was_frozen_costs_no_attempt() {
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
async fn only_a_connection_that_was_idle_for_long_is_probed() {
    const LONG: Duration = Duration::from_millis(600);
    let api = builder().env("DB_PROBE_AFTER_MS", "500").through_proxy(Duration::from_millis(5)).start().await;
    list(&api).await;
    sleep(LONG).await;
    let (flights, connections, _) = list(&api).await;
    assert_eq!((flights, connections), (2, 0));
    // A frozen execution environment's clock goes on, too.
    api.freeze();
    sleep(LONG).await;
    let (flights, connections, _) = list(&api).await;
    assert_eq!((flights, connections), (2, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_probe_finds_a_connection_that_died_silently_in_about_a_second() {
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
