//! What a connection costs: round trips of a first request, connecting included, and of those after it. TCP's own
//! handshake is one that the proxy cannot see, and is counted as one of each connection.

use std::{env, sync::Arc, time::Duration};

use testing::{Api, authority::Authority, postgres::Cluster, skip, tls_front::TlsFront};

use crate::builder;

/// Long enough for a flight that was sent in pieces to fall apart on the wire.
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

/// TCP, start-up, two for SCRAM, and the request's own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cold_request_takes_five_round_trips_and_a_warm_one_takes_one() {
    let api = builder().through_proxy(ONE_WAY).start().await;
    assert_eq!(trips(&api).await, (5, 1));
}

/// One more to ask for TLS, and one for its handshake.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_tls_a_cold_request_takes_seven_and_a_warm_one_takes_one() {
    let authority = Authority::new();
    let Some(cluster) = Cluster::start_with_tls(&authority).await else {
        return skip("TLS: this Postgres was built without it (PyPI's is); an installed one has it");
    };
    let verified = authority.verified(&cluster.url());
    let api = over_tls(&cluster, &verified).await;
    assert_eq!(trips(&api).await, (7, 1));
}

/// The login is bound to the connection at no cost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_tls_with_channel_binding_a_cold_request_takes_seven_and_a_warm_one_takes_one() {
    let authority = Authority::new();
    let Some(cluster) = Cluster::start_with_tls(&authority).await else {
        return skip("TLS: this Postgres was built without it (PyPI's is); an installed one has it");
    };
    let verified = authority.verified(&cluster.url());
    let api = over_tls(&cluster, &format!("{verified}&channel_binding=require")).await;
    assert_eq!(trips(&api).await, (7, 1));
}

/// The handshake alone.
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
