//! A wire between function and Postgres that counts round trips without a clock.
//!
//! A *flight* is what the client sends before it hears from the server again: it begins when the client speaks first,
//! or after the server has spoken. However many segments it comes in, and however many the answer, it is one flight;
//! a client that waits for an answer before it sends the rest makes two of it.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::FutureExt;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    join,
    net::{TcpListener, TcpStream},
    select,
    sync::mpsc,
    task::JoinSet,
    time::{Instant, sleep_until, timeout},
};
use url::Url;

/// After how long without a byte a speaker is taken to have said all. A flight takes a few milliseconds here.
const SILENCE: Duration = Duration::from_millis(200);

/// Listens on a port of its own and passes on all that it hears, until it is dropped.
pub struct Proxy {
    address: SocketAddr,
    wire: Arc<Wire>,
    _wires: JoinSet<()>,
}

/// What is lost of a flight when its connection breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The flight: the server never hears of it.
    Request,
    /// The answer: the server has done all of it, and the client cannot know.
    Answer,
}

/// What all connections have in common.
struct Wire {
    delay: Duration,
    flights: AtomicUsize,
    next_loss: Mutex<Option<Loss>>,
}

impl Wire {
    /// Whether what has just been said is to be lost.
    fn loses(&self, loss: Loss) -> bool {
        self.next_loss.lock().unwrap().take_if(|next| *next == loss).is_some()
    }
}

impl Proxy {
    /// In front of the server of a database URL. `delay` is how long each direction takes: with a few milliseconds, a
    /// flight that is sent in pieces is complete before the answer to its first piece is back.
    pub async fn start(database_url: &str, delay: Duration) -> Self {
        let url = Url::parse(database_url).expect("a database URL is a URL");
        let upstream = (url.host_str().unwrap_or("localhost").to_owned(), url.port().unwrap_or(5432));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("the loopback interface has a free port");
        let address = listener.local_addr().expect("it is bound");
        let wire = Arc::new(Wire { delay, flights: AtomicUsize::new(0), next_loss: Mutex::new(None) });
        let mut wires = JoinSet::new();
        wires.spawn(accept(listener, upstream, Arc::clone(&wire)));
        Self { address, wire, _wires: wires }
    }

    /// The same database, through here.
    pub fn url(&self, database_url: &str) -> String {
        let mut url = Url::parse(database_url).expect("a database URL is a URL");
        url.set_host(Some(&self.address.ip().to_string())).expect("a database URL has a host");
        url.set_port(Some(self.address.port())).expect("a database URL has a host");
        url.into()
    }

    /// How many there were since the last [`Proxy::reset`], over all connections.
    pub fn flights(&self) -> usize {
        self.wire.flights.load(Ordering::SeqCst)
    }

    /// Counts from zero again.
    pub fn reset(&self) {
        self.wire.flights.store(0, Ordering::SeqCst);
    }

    /// Breaks the connection that flies next, with this loss.
    pub fn lose_next(&self, loss: Loss) {
        *self.wire.next_loss.lock().unwrap() = Some(loss);
    }
}

async fn accept(listener: TcpListener, upstream: (String, u16), wire: Arc<Wire>) {
    let mut wires = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let (upstream, wire) = (upstream.clone(), Arc::clone(&wire));
        wires.spawn(async move {
            // A server that refuses looks from the other side like one that hangs up.
            if let Ok(server) = TcpStream::connect(upstream).await {
                connect(client, server, &wire).await;
            }
        });
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Speaker {
    Client,
    Server,
}

async fn connect(client: TcpStream, server: TcpStream, wire: &Wire) {
    for stream in [&client, &server] {
        stream.set_nodelay(true).expect("a connected socket takes options");
    }
    let last = Mutex::new(Speaker::Server); // so that a client that speaks first begins a flight
    let speaks = |speaker| {
        let before = std::mem::replace(&mut *last.lock().unwrap(), speaker);
        if (before, speaker) == (Speaker::Server, Speaker::Client) {
            wire.flights.fetch_add(1, Ordering::SeqCst);
        }
    };
    let from_client = || {
        speaks(Speaker::Client);
        wire.loses(Loss::Request)
    };
    let from_server = || {
        speaks(Speaker::Server);
        wire.loses(Loss::Answer)
    };
    let ((client_says, to_client), (server_says, to_server)) = (client.into_split(), server.into_split());
    let mut client_to_server = carry(client_says, to_server, wire.delay, &from_client).boxed();
    let mut server_to_client = carry(server_says, to_client, wire.delay, &from_server).boxed();
    // Where one direction breaks, the connection is dropped at once; where it ends, the other may have more to say.
    let (first, rest) = select! {
        carried = &mut client_to_server => (carried, server_to_client),
        carried = &mut server_to_client => (carried, client_to_server),
    };
    if first == Carried::Ended {
        rest.await;
    }
}

/// How a direction came to its end.
#[derive(PartialEq, Eq)]
enum Carried {
    Ended,
    Broken,
}

/// One direction. What comes is told at once and passed on after the delay, and reading does not wait for writing:
/// the wire is long, not slow. It breaks when `loses` says so: after the speaker has said the rest, which is lost too.
async fn carry(
    mut from: impl AsyncRead + Send + Unpin,
    mut to: impl AsyncWrite + Send + Unpin,
    delay: Duration,
    loses: &(dyn Fn() -> bool + Sync),
) -> Carried {
    let (wire, mut arrivals) = mpsc::unbounded_channel();
    let read = async move {
        let mut bytes = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = from.read(&mut bytes).await {
            if loses() {
                while let Ok(Ok(1..)) = timeout(SILENCE, from.read(&mut bytes)).await {}
                return Carried::Broken;
            }
            if wire.send((Instant::now() + delay, bytes[..length].to_vec())).is_err() {
                break;
            }
        }
        Carried::Ended
    };
    let write = async move {
        while let Some((due, bytes)) = arrivals.recv().await {
            sleep_until(due).await;
            if to.write_all(&bytes).await.is_err() {
                break;
            }
        }
        let _ = to.shutdown().await; // it may be closed from the other side already
    };
    join!(read, write).0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::{self, Database};

    const DELAY: Duration = Duration::from_millis(100);

    /// The two ends of a wire with a proxy in its middle.
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
    async fn pieces_that_do_not_wait_are_one_flight_though_the_server_answers_the_first() {
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
    async fn the_delay_is_paid_once_a_flight_not_once_a_piece() {
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
    async fn a_hang_up_is_passed_on() {
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
}
