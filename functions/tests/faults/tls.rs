//! Which servers a function trusts as its database.

use std::{env, sync::Arc, time::Duration};

use testing::{
    Api,
    authority::{Authority, Identity},
    postgres::Cluster,
    skip,
    tls_front::TlsFront,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    sync::mpsc,
};

use crate::{builder, is_honest_503, timed};

/// An API that trusts `authority`. Its database shows the certificate of `identity`.
async fn shown(identity: &Identity, authority: &Arc<Authority>) -> (Api, Arc<TlsFront>) {
    let front = Arc::new(TlsFront::start(&env::var("TEST_POSTGRES_URL").unwrap(), identity).await);
    let api = builder().by(behind(&front, authority, "")).start().await;
    (api, front)
}

/// Makes the URL of a database behind this front, with additional parameters.
fn behind(
    front: &Arc<TlsFront>,
    authority: &Arc<Authority>,
    parameters: &'static str,
) -> impl Fn(&str) -> String + Send + Sync + 'static {
    let (authority, front) = (Arc::clone(authority), Arc::clone(front));
    move |database| format!("{}{parameters}", front.url(database, &authority))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trusted_certificate_for_the_host_is_accepted() {
    let authority = Arc::new(Authority::new());
    let (api, _front) = shown(&authority.identity(), &authority).await;
    assert_eq!(api.user("alice").get("/api/me/tasks").send().await.status, 200);
}

/// It fails at once, because another attempt would not change it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_of_another_authority_or_for_another_host_is_refused() {
    let authority = Arc::new(Authority::new());
    for (identity, cause) in [
        (Authority::new().identity(), "invalid peer certificate"),
        (authority.identity_of(&["database.example"]), "not valid for name"),
    ] {
        let (api, _front) = shown(&identity, &authority).await;
        let (answer, took) = timed(api.user("alice").get("/api/me/tasks")).await;
        assert!(is_honest_503(&answer), "{answer:?}");
        assert!(took < Duration::from_secs(4), "{took:?}");
        let line = api.log().line_with("GET /api").await;
        assert!(line.contains(cause) && line.contains("\"tries\":1"), "{line}");
    }
}

/// With channel binding, nobody between client and server can end TLS and start it again, whatever certificate they
/// have.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn channel_binding_refuses_a_man_in_the_middle() {
    let authority = Arc::new(Authority::new());
    let Some(cluster) = Cluster::start_with_tls(&authority).await else {
        return skip("this Postgres was built without TLS, as PyPI's is; install one with it");
    };
    let trusting = Arc::clone(&authority);
    let bound = move |database: &str| format!("{}&channel_binding=require", trusting.verified(database));
    let api = builder().on(&cluster.url()).by(bound).start().await;
    let answer = api.user("alice").get("/api/me/tasks").send().await;
    assert_eq!(answer.status, 200, "{}", api.log());

    let front = Arc::new(TlsFront::start(&cluster.url(), &authority.identity()).await);
    let between = behind(&front, &authority, "&channel_binding=require");
    let api = builder().on(&cluster.url()).by(between).start().await;
    assert!(is_honest_503(&api.user("alice").get("/api/me/tasks").send().await), "{}", api.log());
    let line = api.log().line_with("GET /api").await;
    assert!(line.contains("channel binding") && line.contains("\"tries\":1"), "{line}");
}

/// An attacker with the server's name and certificate could ask for the password like this.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_channel_binding_a_server_that_asks_for_the_password_does_not_get_it() {
    const CLEARTEXT: &[u8] = b"R\0\0\0\x08\0\0\0\x03";
    let curious = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://nobody@{}/none", curious.local_addr().unwrap());
    let (says, mut heard) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut guest, _)) = curious.accept().await {
            let mut startup = [0; 1024];
            let length = guest.read(&mut startup).await.unwrap();
            guest.write_all(CLEARTEXT).await.unwrap();
            let mut answer = Vec::new();
            let _ = guest.read_to_end(&mut answer).await; // it may fail, too
            says.send((startup[..length].to_vec(), answer)).unwrap();
        }
    });
    let authority = Arc::new(Authority::new());
    let front = Arc::new(TlsFront::start(&url, &authority.identity()).await);
    let api = builder().by(behind(&front, &authority, "&channel_binding=require")).start().await;
    assert!(is_honest_503(&api.user("alice").get("/api/me/tasks").send().await), "{}", api.log());
    let line = api.log().line_with("GET /api").await;
    assert!(line.contains("authentication") && line.contains("\"tries\":1"), "{line}");
    let (startup, answer) = heard.recv().await.unwrap();
    assert!(!startup.is_empty() && answer.is_empty(), "{startup:?}, then {answer:?}");
}
