//! A proxy between function and Postgres that counts round trips without a clock, and breaks connections on demand.
//!
//! A *flight* is everything that the client sends before the server answers. It may come in several segments, and so
//! may the answer. A client that waits for an answer before it sends the rest makes two flights. The proxy does not
//! look into the bytes, so it also passes TLS. It cannot see TCP's own handshake, which is one more round trip for each
//! of [`Proxy::connections`].

mod fault;
mod new_connections;
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

pub use fault::{Break, Fault, Moment};
pub use new_connections::NewConnections;
use wire::Wires;

/// Listens on its own port and passes everything on, until it is dropped.
pub struct Proxy {
    address: SocketAddr,
    wires: Arc<Wires>,
    orders: mpsc::UnboundedSender<(NewConnections, oneshot::Sender<()>)>,
    _listener: JoinSet<()>,
}

impl Proxy {
    /// Starts in front of the server that a connection string names. `delay` is the time for each direction. With a few
    /// milliseconds, a flight in several pieces is complete before the answer to the first piece arrives.
    pub async fn start(database_url: &str, delay: Duration) -> Self {
        let url = Url::parse(database_url).expect("a database URL is a URL");
        let upstream = (url.host_str().unwrap_or("localhost").to_owned(), url.port().unwrap_or(5432));
        let wires = Arc::new(Wires::new(upstream, delay));
        let (orders, received) = mpsc::unbounded_channel();
        let (listener, address) = new_connections::listen(Arc::clone(&wires), received);
        let mut tasks = JoinSet::new();
        tasks.spawn(listener);
        let proxy = Self { address, wires, orders, _listener: tasks };
        proxy.set_new_connections(NewConnections::Forwarded).await;
        proxy
    }

    /// The connection string of the same database through the proxy.
    pub fn url(&self, database_url: &str) -> String {
        let mut url = Url::parse(database_url).expect("a database URL is a URL");
        url.set_host(Some(&self.address.ip().to_string())).expect("a database URL has a host");
        url.set_port(Some(self.address.port())).expect("a database URL has a host");
        url.into()
    }

    /// The number of flights on all connections since the last [`Proxy::reset`].
    pub fn flights(&self) -> usize {
        self.wires.flights.load(Ordering::SeqCst)
    }

    /// The number of new connections since then, including those that were not answered.
    pub fn connections(&self) -> usize {
        self.wires.connections.load(Ordering::SeqCst)
    }

    /// Sets both numbers to zero.
    pub fn reset(&self) {
        self.wires.flights.store(0, Ordering::SeqCst);
        self.wires.connections.store(0, Ordering::SeqCst);
    }

    /// From now on, each direction takes `delay` and a random time up to `jitter`. The order stays the same.
    pub fn slow_down(&self, delay: Duration, jitter: Duration) {
        *self.wires.delay.lock().unwrap() = (delay, jitter);
    }

    /// Plants a fault, which happens once. Several faults happen one after the other.
    pub fn plant(&self, fault: Fault) {
        self.wires.planted.lock().unwrap().push(fault);
    }

    /// The number of faults that have not happened yet.
    pub fn planted(&self) -> usize {
        self.wires.planted.lock().unwrap().len()
    }

    /// Removes them.
    pub fn clear(&self) {
        self.wires.planted.lock().unwrap().clear();
    }

    /// Breaks all open connections now.
    pub fn break_all(&self, how: Break) {
        self.wires.break_all(how);
    }

    /// Closes the silent connections, as the server's own keepalive does in the end.
    pub fn close_silent(&self) {
        self.wires.close_silent();
    }

    /// Changes what happens to new connections. Open ones stay.
    pub async fn set_new_connections(&self, new: NewConnections) {
        let (done, is_done) = oneshot::channel();
        self.orders.send((new, done)).expect("the listener runs as long as this");
        is_done.await.expect("the listener confirms");
    }
}
