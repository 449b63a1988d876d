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
pub enum Door {
    /// They are passed on to the server.
    Open,
    /// They are refused, because nobody listens.
    Refuses,
    /// They are accepted and reset at once.
    Resets,
    /// They are accepted, and nothing is answered.
    Mute,
    /// They are dropped: not even TCP answers them.
    Deaf,
}

type Orders = mpsc::UnboundedReceiver<(Door, oneshot::Sender<()>)>;

/// The task that accepts connections, and its address. Connections are refused until the first order.
pub(super) fn keep(wires: Arc<Wires>, mut orders: Orders) -> (impl Future<Output = ()>, SocketAddr) {
    let address = (Ipv4Addr::LOCALHOST, free_port()).into();
    let keeper = async move {
        let mut guests = JoinSet::new();
        let (mut door, mut listener) = (Door::Refuses, None);
        loop {
            tokio::select! {
                order = orders.recv() => {
                    let Some((next, done)) = order else { return };
                    if listener.is_none() || !door.listens() || !next.listens() {
                        drop(listener.take()); // before another listener takes its place
                        listener = Listening::behind(next, address).await;
                    }
                    door = next;
                    let _ = done.send(()); // the caller may have given up
                }
                guest = accept(listener.as_ref()) => {
                    wires.connections.fetch_add(1, Ordering::SeqCst);
                    guests.spawn(receive(door, guest, Arc::clone(&wires)));
                    while guests.try_join_next().is_some() {}
                }
            }
        }
    };
    (keeper, address)
}

impl Door {
    /// Whether connections are accepted.
    fn listens(self) -> bool {
        matches!(self, Self::Open | Self::Resets | Self::Mute)
    }
}

struct Listening {
    listener: TcpListener,
    /// The connections that fill the queue, so that others are dropped.
    queue: Vec<TcpStream>,
}

impl Listening {
    async fn behind(door: Door, address: SocketAddr) -> Option<Self> {
        if door == Door::Refuses {
            return None;
        }
        let backlog = if door == Door::Deaf { 0 } else { 1024 };
        let listener = bound(address).await.listen(backlog).expect("nobody else listens there");
        let mut listening = Self { listener, queue: Vec::new() };
        if door == Door::Deaf {
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

async fn receive(door: Door, mut guest: TcpStream, wires: Arc<Wires>) {
    match door {
        Door::Open => wires.connect(guest).await,
        Door::Resets => guest.set_zero_linger().expect("a connected socket takes options"),
        // Waits until the client closes it.
        _ => while let Ok(1..) = guest.read(&mut [0; 1024]).await {},
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
