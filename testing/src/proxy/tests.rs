use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    join,
    net::{TcpListener, TcpStream},
    time::{Instant, timeout},
};

use super::*;
use crate::postgres::{self, Database};

const DELAY: Duration = Duration::from_millis(100);

/// The two ends of a connection through a proxy.
async fn wire(delay: Duration) -> (Proxy, TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://{}/tasks", listener.local_addr().unwrap());
    let proxy = Proxy::start(&url, delay).await;
    let client = TcpStream::connect(proxy.address).await.unwrap();
    let (server, _) = listener.accept().await.unwrap();
    (proxy, client, server)
}

async fn say(from: &mut TcpStream, to: &mut TcpStream, words: &str) {
    from.write_all(words.as_bytes()).await.unwrap();
    hear(to, words).await;
}

async fn hear(stream: &mut TcpStream, words: &str) {
    let mut heard = vec![0; words.len()];
    stream.read_exact(&mut heard).await.unwrap();
    assert_eq!(heard, words.as_bytes());
}

#[tokio::test]
async fn segments_without_an_answer_between_are_one_flight() {
    let (proxy, mut client, mut server) = wire(Duration::ZERO).await;
    for segment in ["begin", "select", "commit"] {
        say(&mut client, &mut server, segment).await;
    }
    assert_eq!(proxy.flights(), 1);
    say(&mut server, &mut client, "an answer").await;
    say(&mut server, &mut client, "in pieces").await;
    assert_eq!(proxy.flights(), 1);
}

#[tokio::test]
async fn each_time_the_client_waits_is_one_more_flight() {
    let (proxy, mut client, mut server) = wire(Duration::ZERO).await;
    for (trips, segment) in [(1, "begin"), (2, "select"), (3, "commit")] {
        say(&mut client, &mut server, segment).await;
        say(&mut server, &mut client, "done").await;
        assert_eq!(proxy.flights(), trips);
    }
    proxy.reset();
    say(&mut client, &mut server, "begin").await;
    assert_eq!(proxy.flights(), 1);
}

#[tokio::test]
async fn a_server_that_speaks_first_makes_no_flight() {
    let (proxy, mut client, mut server) = wire(Duration::ZERO).await;
    say(&mut server, &mut client, "hello").await;
    assert_eq!(proxy.flights(), 0);
}

#[tokio::test]
async fn pieces_that_do_not_wait_are_one_flight_even_if_the_server_answers_the_first() {
    let (proxy, mut client, mut server) = wire(DELAY).await;
    let answers = async {
        hear(&mut server, "begin").await;
        server.write_all(b"done").await.unwrap();
        hear(&mut server, "commit").await;
    };
    let sends = async {
        client.write_all(b"begin").await.unwrap();
        tokio::time::sleep(DELAY / 2).await;
        client.write_all(b"commit").await.unwrap();
    };
    join!(answers, sends);
    assert_eq!(proxy.flights(), 1);
}

#[tokio::test]
async fn the_delay_applies_once_to_each_flight_and_not_to_each_piece() {
    let (_proxy, mut client, mut server) = wire(DELAY).await;
    let start = Instant::now();
    for _ in 0..10 {
        client.write_all(b"piece").await.unwrap();
        tokio::task::yield_now().await;
    }
    hear(&mut server, &"piece".repeat(10)).await;
    assert!((DELAY..DELAY * 10).contains(&start.elapsed()), "{:?}", start.elapsed());
}

#[tokio::test]
async fn statements_sent_together_are_one_flight_and_one_after_another_are_two() {
    let database = Database::create().await;
    let proxy = Proxy::start(&database.url(), Duration::from_millis(5)).await;
    let client = postgres::connect(&proxy.url(&database.url())).await;

    proxy.reset();
    let (first, second) = join!(client.batch_execute("begin"), client.batch_execute("commit"));
    assert_eq!((first.is_ok(), second.is_ok(), proxy.flights()), (true, true, 1));

    proxy.reset();
    client.batch_execute("begin").await.unwrap();
    client.batch_execute("commit").await.unwrap();
    assert_eq!(proxy.flights(), 2);
}

#[tokio::test]
async fn a_closed_connection_is_passed_on() {
    let (_proxy, client, mut server) = wire(Duration::ZERO).await;
    drop(client);
    assert_eq!(server.read(&mut [0]).await.unwrap(), 0);
}

#[tokio::test]
async fn a_url_leads_through_the_proxy_and_keeps_the_rest() {
    let proxy = Proxy::start("postgres://127.0.0.1:1/tasks", Duration::ZERO).await;
    let url = proxy.url("postgres://ann:p%40ss@db.example.com/tasks?sslmode=disable");
    assert_eq!(url, format!("postgres://ann:p%40ss@{}/tasks?sslmode=disable", proxy.address));
}

/// The client's next read: bytes, the end, an error, or nothing for a while.
async fn reads(stream: &mut TcpStream) -> Result<usize, Option<std::io::ErrorKind>> {
    match timeout(SOON, stream.read(&mut [0; 64])).await {
        Ok(Ok(length)) => Ok(length),
        Ok(Err(error)) => Err(Some(error.kind())),
        Err(_) => Err(None),
    }
}

const SOON: Duration = Duration::from_millis(400);

const RESET: Result<usize, Option<std::io::ErrorKind>> = Err(Some(std::io::ErrorKind::ConnectionReset));

#[tokio::test]
async fn a_lost_request_never_arrives_and_the_connection_breaks_as_planned() {
    for (how, seen) in [(Break::Fin, Ok(0)), (Break::Rst, RESET), (Break::Silence, Err(None))] {
        let (proxy, mut client, mut server) = wire(Duration::ZERO).await;
        say(&mut client, &mut server, "start").await;
        say(&mut server, &mut client, "ready").await;
        proxy.plant(Fault::next(Moment::Request, how));
        client.write_all(b"commit").await.unwrap();
        assert_eq!((reads(&mut client).await, reads(&mut server).await), (seen, seen), "{how:?}");
        assert_eq!(proxy.planted(), 0);
    }
}

#[tokio::test]
async fn a_part_of_a_request_arrives() {
    let (proxy, mut client, mut server) = wire(Duration::ZERO).await;
    proxy.plant(Fault::next(Moment::PartOfRequest(50), Break::Fin));
    client.write_all(b"commit").await.unwrap();
    hear(&mut server, "com").await;
    assert_eq!((reads(&mut server).await, reads(&mut client).await), (Ok(0), Ok(0)));
}

#[tokio::test]
async fn a_lost_answer_was_sent_completely() {
    let (proxy, mut client, mut server) = wire(Duration::ZERO).await;
    say(&mut client, &mut server, "commit").await;
    proxy.plant(Fault::next(Moment::Answer, Break::Fin));
    for piece in ["do", "ne"] {
        server.write_all(piece.as_bytes()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!((reads(&mut client).await, reads(&mut server).await), (Ok(0), Ok(0)));
}

#[tokio::test]
async fn a_fault_waits_for_its_flight() {
    let (proxy, mut client, mut server) = wire(Duration::ZERO).await;
    proxy.plant(Fault::in_flight(2, Moment::Request, Break::Fin));
    say(&mut client, &mut server, "start").await;
    say(&mut server, &mut client, "ready").await;
    client.write_all(b"commit").await.unwrap();
    assert_eq!(reads(&mut server).await, Ok(0));
}

#[tokio::test]
async fn idle_connections_break_and_silent_ones_are_closed() {
    let (proxy, mut client, mut server) = wire(Duration::ZERO).await;
    say(&mut client, &mut server, "start").await;
    proxy.break_all(Break::Silence);
    client.write_all(b"commit").await.unwrap();
    assert_eq!((reads(&mut server).await, reads(&mut client).await), (Err(None), Err(None)));
    proxy.close_silent();
    assert_eq!(reads(&mut server).await, Ok(0));
}

#[tokio::test]
async fn new_connections_can_fail_in_four_ways_and_then_succeed_again() {
    let (proxy, ..) = wire(Duration::ZERO).await;
    let connect = async || timeout(SOON, TcpStream::connect(proxy.address)).await;
    proxy.set_new_connections(NewConnections::Refused).await;
    assert_eq!(connect().await.unwrap().unwrap_err().kind(), std::io::ErrorKind::ConnectionRefused);
    proxy.set_new_connections(NewConnections::Unanswered).await;
    assert_eq!(reads(&mut connect().await.unwrap().unwrap()).await, Err(None));
    proxy.set_new_connections(NewConnections::Reset).await;
    assert_eq!(reads(&mut connect().await.unwrap().unwrap()).await, RESET);
    proxy.set_new_connections(NewConnections::Dropped).await;
    assert!(connect().await.is_err(), "TCP does not answer");
    proxy.set_new_connections(NewConnections::Forwarded).await;
    assert!(connect().await.unwrap().is_ok());
}
