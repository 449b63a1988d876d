//! The connections that are passed on: both directions of each, with their delay and their faults.

use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    join,
    net::{
        TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    select,
    sync::{mpsc, watch},
    time::{Instant, sleep_until, timeout},
};
use uuid::Uuid;

use super::fault::{Break, Fault, Moment};

/// After this time without a byte, the server's answer counts as complete. A flight takes a few milliseconds here.
const SILENCE: Duration = Duration::from_millis(200);

/// The state that all connections share.
pub(super) struct Wires {
    upstream: (String, u16),
    pub(super) delay: Mutex<(Duration, Duration)>,
    pub(super) flights: AtomicUsize,
    pub(super) connections: AtomicUsize,
    pub(super) planted: Mutex<Vec<Fault>>,
    open: Mutex<HashMap<Uuid, Open>>,
}

struct Open {
    breaks: watch::Sender<Option<Break>>,
    silent: bool,
}

impl Wires {
    pub(super) fn new(upstream: (String, u16), delay: Duration) -> Self {
        Self {
            upstream,
            delay: Mutex::new((delay, Duration::ZERO)),
            flights: AtomicUsize::default(),
            connections: AtomicUsize::default(),
            planted: Mutex::default(),
            open: Mutex::default(),
        }
    }

    pub(super) fn break_all(&self, how: Break) {
        for open in self.open.lock().unwrap().values() {
            open.breaks.send_replace(Some(how));
        }
    }

    pub(super) fn close_silent(&self) {
        for open in self.open.lock().unwrap().values().filter(|open| open.silent) {
            open.breaks.send_replace(Some(Break::Fin));
        }
    }

    /// Connects this client to the server and passes bytes on in both directions, until one side ends or a fault
    /// happens.
    pub(super) async fn connect(&self, client: TcpStream) {
        // If the server refuses, the client sees a closed connection.
        let Ok(server) = TcpStream::connect(self.upstream.clone()).await else { return };
        let (breaks, mut broken) = watch::channel(None);
        let id = Uuid::new_v4();
        self.open.lock().unwrap().insert(id, Open { breaks, silent: false });
        let mut ends = [client, server];
        let mut how = self.converse(&mut ends, &mut broken).await;
        if how == Some(Break::Silence) {
            if let Some(open) = self.open.lock().unwrap().get_mut(&id) {
                open.silent = true;
            }
            let louder = broken.wait_for(|how| how.is_some_and(|how| how != Break::Silence));
            how = louder.await.ok().and_then(|how| *how);
        }
        self.open.lock().unwrap().remove(&id);
        if how == Some(Break::Rst) {
            for end in &ends {
                end.set_zero_linger().expect("a connected socket takes options");
            }
        }
    }

    async fn converse(&self, ends: &mut [TcpStream; 2], broken: &mut watch::Receiver<Option<Break>>) -> Option<Break> {
        let [client, server] = ends;
        for stream in [&*client, &*server] {
            stream.set_nodelay(true).expect("a connected socket takes options");
        }
        let ((client_says, to_client), (server_says, to_server)) = (client.split(), server.split());
        let talk = Talk { wires: self, client_spoke: AtomicBool::new(false), flight: AtomicUsize::new(0) };
        let mut requests = Box::pin(talk.carry(client_says, to_server, true));
        let mut answers = Box::pin(talk.carry(server_says, to_client, false));
        // If one direction breaks, the connection breaks. If it ends, the other direction may go on.
        let conversation = async {
            let (how, rest) = select! {
                how = &mut requests => (how, answers),
                how = &mut answers => (how, requests),
            };
            if how.is_some() { how } else { rest.await }
        };
        select! {
            how = conversation => how,
            Ok(how) = broken.wait_for(Option::is_some) => *how,
        }
    }
}

/// The state that both directions of a connection share.
struct Talk<'a> {
    wires: &'a Wires,
    client_spoke: AtomicBool,
    flight: AtomicUsize,
}

/// Bytes that are sent at a time, and how the connection breaks after them, if it does.
type Piece = (Instant, Vec<u8>, Option<Break>);

impl Talk<'_> {
    /// Counts flights, and takes the fault that was planted for this one.
    fn speaks(&self, client: bool) -> Option<Fault> {
        if !self.client_spoke.swap(client, Ordering::SeqCst) && client {
            self.flight.fetch_add(1, Ordering::SeqCst);
            self.wires.flights.fetch_add(1, Ordering::SeqCst);
        }
        let mut planted = self.wires.planted.lock().unwrap();
        let flight = self.flight.load(Ordering::SeqCst);
        planted.iter().position(|fault| fault.strikes(client, flight)).map(|fault| planted.remove(fault))
    }

    /// One direction. Bytes are counted when they arrive and passed on after the delay. Reading does not wait for
    /// writing, so that the delay does not limit the throughput.
    async fn carry(&self, from: ReadHalf<'_>, to: WriteHalf<'_>, client: bool) -> Option<Break> {
        let (wire, arrivals) = mpsc::unbounded_channel();
        join!(self.read(from, wire, client), write(to, arrivals)).1
    }

    async fn read(&self, mut from: ReadHalf<'_>, wire: mpsc::UnboundedSender<Piece>, client: bool) {
        let mut bytes = vec![0; 64 * 1024];
        let mut due = Instant::now();
        while let Ok(length @ 1..) = from.read(&mut bytes).await {
            due = due.max(Instant::now() + self.wires.takes());
            let fault = self.speaks(client);
            let said = &bytes[..fault.map_or(length, |fault| length * fault.percent() / 100)];
            let piece = (due, said.to_vec(), fault.map(|fault| fault.how));
            if fault.is_some_and(|fault| fault.moment == Moment::Answer) {
                // Read the rest of the lost answer before the connection breaks, so that the server has done
                // everything.
                while let Ok(Ok(1..)) = timeout(SILENCE, from.read(&mut bytes)).await {}
            }
            if wire.send(piece).is_err() || fault.is_some() {
                return;
            }
        }
    }
}

impl Wires {
    /// The delay for bytes that arrive now.
    fn takes(&self) -> Duration {
        let (delay, jitter) = *self.delay.lock().unwrap();
        delay + jitter.mul_f64(f64::from(Uuid::new_v4().as_bytes()[0]) / 255.0)
    }
}

/// Writes what arrives. Returns how the direction broke, if it did.
async fn write(mut to: WriteHalf<'_>, mut arrivals: mpsc::UnboundedReceiver<Piece>) -> Option<Break> {
    while let Some((due, bytes, then)) = arrivals.recv().await {
        sleep_until(due).await;
        if to.write_all(&bytes).await.is_err() {
            break;
        }
        if then.is_some() {
            return then;
        }
    }
    let _ = to.shutdown().await; // the other side may have closed it already
    None
}
