//! The cost of a connection: round trips of a first request, which has to connect, and of later ones. The proxy cannot
//! see TCP's own handshake, so each connection counts as one more.

use std::{env, sync::Arc, time::Duration};

use testing::{Api, authority::Authority, postgres::Cluster, skip, tls_front::TlsFront};

use crate::builder;

/// Long enough to separate messages that the function sends one after the other.
const ONE_WAY: Duration = Duration::from_millis(5);

/// The round trips of a cold request and of a warm one.
async fn trips(api: &Api) -> (usize, usize) {
    let alice = api.user("alice");
    let trips = async || {
        api.proxy().reset();
        let answer = alice.get("/api/me/tasks").send().await;
        assert_eq!(answer.status, 200, "{answer:?}");
        api.proxy().flights() + api.proxy().connections()
    };
    (trips().await, trips().await)
}

/// One each for TCP, start-up and the request, and two for SCRAM.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cold_request_takes_five_round_trips_and_a_warm_one_takes_one() {
    let api = builder().through_proxy(ONE_WAY).start().await;
    assert_eq!(trips(&api).await, (5, 1));
}

/// One more to ask for TLS, and one for the TLS handshake.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_tls_a_cold_request_takes_seven_and_a_warm_one_takes_one() {
    let authority = Authority::new();
    let Some(cluster) = Cluster::start_with_tls(&authority).await else {
        return skip("this Postgres was built without TLS, as PyPI's is; install one with it");
    };
    let verified = authority.verified(&cluster.url());
    let api = over_tls(&cluster, &verified).await;
    assert_eq!(trips(&api).await, (7, 1));
}

/// Channel binding costs no round trip.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_tls_with_channel_binding_a_cold_request_takes_seven_and_a_warm_one_takes_one() {
    let authority = Authority::new();
    let Some(cluster) = Cluster::start_with_tls(&authority).await else {
        return skip("this Postgres was built without TLS, as PyPI's is; install one with it");
    };
    let verified = authority.verified(&cluster.url());
    let api = over_tls(&cluster, &format!("{verified}&channel_binding=require")).await;
    assert_eq!(trips(&api).await, (7, 1));
}

/// Only the TLS handshake is added.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_direct_tls_a_cold_request_takes_six_and_a_warm_one_takes_one() {
    let authority = Arc::new(Authority::new());
    let front = Arc::new(TlsFront::start(&env::var("TEST_POSTGRES_URL").unwrap(), &authority.identity()).await);
    let through = {
        let (authority, front) = (Arc::clone(&authority), Arc::clone(&front));
        move |database: &str| front.url(database, &authority)
    };
    let api = builder().by(through).through_proxy(ONE_WAY).start().await;
    assert_eq!(trips(&api).await, (6, 1));
}

async fn over_tls(cluster: &Cluster, verified: &str) -> Api {
    let query = verified.split_once('?').unwrap().1.to_owned();
    let url = move |database: &str| format!("{}?{query}", database.split_once('?').unwrap().0);
    builder().on(&cluster.url()).by(url).through_proxy(ONE_WAY).start().await
}
