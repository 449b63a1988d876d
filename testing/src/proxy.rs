//! A wire between function and Postgres that counts round trips without a clock, and breaks when it is told to.
//!
//! A *flight* is what the client sends before it hears from the server again: it begins when the client speaks first,
//! or after the server has spoken. However many segments it comes in, and however many the answer, it is one flight;
//! a client that waits for an answer before it sends the rest makes two of it. Bytes are passed on unseen, so that TLS
//! goes through. TCP's own handshake is a round trip, too, which nothing here can see: it is one for each of
//! [`Proxy::connections`].

mod door;
mod fault;
#[cfg(test)]
mod tests;
mod wire;

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
};
use url::Url;

pub use door::Door;
pub use fault::{Break, Fault, Moment};
use wire::Wires;

/// Listens on a port of its own and passes on all that it hears, until it is dropped.
pub struct Proxy {
    address: SocketAddr,
    wires: Arc<Wires>,
    doors: mpsc::UnboundedSender<(Door, oneshot::Sender<()>)>,
    _keeper: JoinSet<()>,
}

impl Proxy {
    /// In front of the server of a database URL. `delay` is how long each direction takes: with a few milliseconds, a
    /// flight that is sent in pieces is complete before the answer to its first piece is back.
    pub async fn start(database_url: &str, delay: Duration) -> Self {
        let url = Url::parse(database_url).expect("a database URL is a URL");
        let upstream = (url.host_str().unwrap_or("localhost").to_owned(), url.port().unwrap_or(5432));
        let wires = Arc::new(Wires::new(upstream, delay));
        let (doors, orders) = mpsc::unbounded_channel();
        let (keeper, address) = door::keep(Arc::clone(&wires), orders);
        let mut tasks = JoinSet::new();
        tasks.spawn(keeper);
        let proxy = Self { address, wires, doors, _keeper: tasks };
        proxy.door(Door::Open).await;
        proxy
    }

    /// The same database, through here.
    pub fn url(&self, database_url: &str) -> String {
        let mut url = Url::parse(database_url).expect("a database URL is a URL");
        url.set_host(Some(&self.address.ip().to_string())).expect("a database URL has a host");
        url.set_port(Some(self.address.port())).expect("a database URL has a host");
        url.into()
    }

    /// How many flights there were since the last [`Proxy::reset`], over all connections.
    pub fn flights(&self) -> usize {
        self.wires.flights.load(Ordering::SeqCst)
    }

    /// How many connections came in since then, those included that were not answered.
    pub fn connections(&self) -> usize {
        self.wires.connections.load(Ordering::SeqCst)
    }

    /// Counts both from zero again.
    pub fn reset(&self) {
        self.wires.flights.store(0, Ordering::SeqCst);
        self.wires.connections.store(0, Ordering::SeqCst);
    }

    /// From now on each direction takes `delay` and at random up to `jitter` more. What was said first arrives first.
    pub fn slow_down(&self, delay: Duration, jitter: Duration) {
        *self.wires.delay.lock().unwrap() = (delay, jitter);
    }

    /// Lets a fault lie in wait; it strikes once. Several strike one after the other.
    pub fn plant(&self, fault: Fault) {
        self.wires.planted.lock().unwrap().push(fault);
    }

    /// How many faults still lie in wait.
    pub fn planted(&self) -> usize {
        self.wires.planted.lock().unwrap().len()
    }

    /// Takes away those that do.
    pub fn clear(&self) {
        self.wires.planted.lock().unwrap().clear();
    }

    /// Breaks all connections that are open, now.
    pub fn break_all(&self, how: Break) {
        self.wires.break_all(how);
    }

    /// Ends the connections that went silent, as the server's own keepalive does in the end.
    pub fn bury_the_silent(&self) {
        self.wires.bury_the_silent();
    }

    /// Opens or closes it to new connections. Those that are open stay.
    pub async fn door(&self, door: Door) {
        let (done, is_done) = oneshot::channel();
        self.doors.send((door, done)).expect("the keeper lives as long as this");
        is_done.await.expect("the keeper does what it is told");
    }
}
