//! What happens to new connections.

use std::{
    future::pending,
    io::ErrorKind,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use tokio::{
    io::AsyncReadExt,
    net::{TcpListener, TcpSocket, TcpStream},
    sync::{mpsc, oneshot},
    task::JoinSet,
    time::{sleep, timeout},
};

use super::wire::Wires;
use crate::daemon::free_port;

/// What happens to new connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewConnections {
    /// They are passed on to the server.
    Forwarded,
    /// They are refused, because nobody listens.
    Refused,
    /// They are accepted and reset at once.
    Reset,
    /// They are accepted, and nothing is answered.
    Unanswered,
    /// They are dropped: not even TCP answers them.
    Dropped,
}

type Orders = mpsc::UnboundedReceiver<(NewConnections, oneshot::Sender<()>)>;

/// The task that accepts connections, and its address. Connections are refused until the first order.
pub(super) fn listen(wires: Arc<Wires>, mut orders: Orders) -> (impl Future<Output = ()>, SocketAddr) {
    let address = (Ipv4Addr::LOCALHOST, free_port()).into();
    let task = async move {
        let mut clients = JoinSet::new();
        let (mut mode, mut listener) = (NewConnections::Refused, None);
        loop {
            tokio::select! {
                order = orders.recv() => {
                    let Some((next, done)) = order else { return };
                    if listener.is_none() || !mode.listens() || !next.listens() {
                        drop(listener.take()); // before another listener takes its place
                        listener = Listening::behind(next, address).await;
                    }
                    mode = next;
                    let _ = done.send(()); // the caller may have given up
                }
                client = accept(listener.as_ref()) => {
                    wires.connections.fetch_add(1, Ordering::SeqCst);
                    clients.spawn(receive(mode, client, Arc::clone(&wires)));
                    while clients.try_join_next().is_some() {}
                }
            }
        }
    };
    (task, address)
}

impl NewConnections {
    /// Whether connections are accepted.
    fn listens(self) -> bool {
        matches!(self, Self::Forwarded | Self::Reset | Self::Unanswered)
    }
}

struct Listening {
    listener: TcpListener,
    /// The connections that fill the queue, so that others are dropped.
    queue: Vec<TcpStream>,
}

impl Listening {
    async fn behind(mode: NewConnections, address: SocketAddr) -> Option<Self> {
        if mode == NewConnections::Refused {
            return None;
        }
        let backlog = if mode == NewConnections::Dropped { 0 } else { 1024 };
        let listener = bound(address).await.listen(backlog).expect("nobody else listens there");
        let mut listening = Self { listener, queue: Vec::new() };
        if mode == NewConnections::Dropped {
            // When the queue is full, the system drops new connections.
            while let Ok(Ok(filler)) = timeout(Duration::from_millis(100), TcpStream::connect(address)).await {
                listening.queue.push(filler);
            }
        }
        Some(listening)
    }
}

async fn accept(listening: Option<&Listening>) -> TcpStream {
    match listening {
        Some(Listening { listener, queue }) if queue.is_empty() => loop {
            if let Ok((stream, _)) = listener.accept().await {
                return stream;
            }
        },
        _ => pending().await,
    }
}

async fn receive(mode: NewConnections, mut client: TcpStream, wires: Arc<Wires>) {
    match mode {
        NewConnections::Forwarded => wires.connect(client).await,
        NewConnections::Reset => client.set_zero_linger().expect("a connected socket takes options"),
        // Waits until the client closes it.
        _ => while let Ok(1..) = client.read(&mut [0; 1024]).await {},
    }
}

/// A listener that was just closed may still be open in a process that is being started. Until it runs its program, it
/// has copies of all our sockets.
async fn bound(address: SocketAddr) -> TcpSocket {
    let patience = Instant::now() + Duration::from_secs(5);
    loop {
        let socket = TcpSocket::new_v4().expect("there are sockets");
        socket.set_reuseaddr(true).expect("a socket takes options");
        match socket.bind(address) {
            Ok(()) => return socket,
            Err(error) if error.kind() == ErrorKind::AddrInUse && Instant::now() < patience => {
                sleep(Duration::from_millis(5)).await;
            }
            Err(error) => panic!("the loopback interface does not have this port: {error}"),
        }
    }
}
