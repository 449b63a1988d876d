//! The login: the driver introduces us over a socket that is open, by the start-up message and SCRAM.
//!
//! Where the URL allows one proof of who we are and no other, the server's offer need not be waited for: SCRAM's first
//! message leaves together with the start-up message, and every new connection saves a round trip. That is so with
//! `channel_binding=require`, as Neon's URLs have it, and with `require_auth=scram-sha-256` where nothing can be bound.
//! The driver has no such mode: it is told of an offer, and the server's own is checked when it comes. (Postgres reads a
//! message when it wants one, whenever that came, and so do `PgBouncer` and Neon's proxy:
//! <https://github.com/neondatabase/neon/blob/main/proxy/src/stream.rs>. A server that hangs up without reading the
//! second message may take back over TCP what it has said of the reason; over TLS both are one record, and read.)

use std::{
    borrow::BorrowMut,
    future, io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Buf as _, BufMut as _, BytesMut};
use postgres_protocol::{
    authentication::sasl::{SCRAM_SHA_256, SCRAM_SHA_256_PLUS},
    message::backend::{AuthenticationSaslBody, Header, Message},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::{
    Client, Config,
    config::ChannelBinding as Binding,
    fallible_iterator::FallibleIterator as _,
    tls::{ChannelBinding, TlsConnect, TlsStream},
};

use super::{socket::Socket, wire::Wire};
use crate::error::{Error, Result, describe, is_io, is_of};

/// More than a server says at once before it has let us in.
const GREETING: usize = 1024;

/// And more than it says in one message. Who is no Postgres may seem to announce gigabytes, and room is made for what is
/// announced.
const LONGEST_GREETING: i32 = 64 * 1024;

/// Who speaks to Postgres once it has let us in.
pub(super) trait Guest: Sized {
    /// Logs in. `scram_only` is what the URL says of other proofs than SCRAM.
    fn log_in(socket: Socket, config: &Config, scram_only: bool) -> impl Future<Output = Result<Self>> + Send;
}

impl Guest for Wire {
    /// What the driver makes of the socket is dropped: once Postgres is ready, nothing is on its way.
    async fn log_in(mut socket: Socket, config: &Config, scram_only: bool) -> Result<Self> {
        let lent = Lent::new(&mut socket, config, scram_only);
        drop(config.connect_raw(lent, Ready).await.map_err(|error| turned_away(&error))?);
        Ok(Self::new(socket))
    }
}

impl Guest for Client {
    /// Its bytes are carried by a task on the current runtime.
    async fn log_in(socket: Socket, config: &Config, scram_only: bool) -> Result<Self> {
        let given = Lent::new(socket, config, scram_only);
        let (client, connection) = config.connect_raw(given, Ready).await.map_err(|error| turned_away(&error))?;
        tokio::spawn(connection); // what ends it, the statements on it are told
        Ok(client)
    }
}

/// What a server or a pooler says while it lets nobody in is nearly always that it is waking up or full, and what breaks
/// on the way there may hold the next time. The rest will be the same in a second: that it does not know the login
/// (class 28) or the database (3D), or that the two cannot agree on how we prove who we are.
fn turned_away(error: &tokio_postgres::Error) -> Error {
    let refuses = match error.code() {
        Some(state) => is_of(state.code(), &["28", "3D"]),
        None => !(error.is_closed() || is_io(error)) || is_disagreement(error),
    };
    let cause = describe(error);
    if refuses { Error::DatabaseRefused(cause) } else { Error::DatabaseUnavailable(cause) }
}

/// The server wants another proof than the URL allows.
fn disagreement(wanted: &str) -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, wanted)
}

fn is_disagreement(error: &tokio_postgres::Error) -> bool {
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<io::Error>());
    source.is_some_and(|error| error.kind() == io::ErrorKind::Unsupported)
}

/// The socket as the driver has it during the login: lent, or for good.
struct Lent<S> {
    socket: S,
    stage: Stage,
    /// The mechanism that is not waited for.
    assumed: Option<&'static str>,
    /// To be sent.
    kept: BytesMut,
    /// To be read by the driver.
    heard: BytesMut,
}

#[derive(Clone, Copy)]
enum Stage {
    /// The start-up message is kept back.
    KeptBack,
    /// The driver has been told of an offer, which it answers.
    Offered,
    /// The server's first message has to come, and be an offer of SCRAM.
    Awaited,
    /// All goes through.
    Through,
}

impl<S: BorrowMut<Socket>> Lent<S> {
    fn new(socket: S, config: &Config, scram_only: bool) -> Self {
        let can_bind = matches!(socket.borrow(), Socket::Tls(_));
        let assumed = match config.get_channel_binding() {
            Binding::Require if can_bind => Some(SCRAM_SHA_256_PLUS),
            Binding::Disable if scram_only => Some(SCRAM_SHA_256),
            _ if scram_only && !can_bind => Some(SCRAM_SHA_256),
            _ => None,
        };
        let stage = match assumed {
            Some(_) => Stage::KeptBack,
            None if scram_only => Stage::Awaited,
            None => Stage::Through,
        };
        Self { socket, stage, assumed, kept: BytesMut::new(), heard: assumed.map(offer).unwrap_or_default() }
    }

    fn socket(&mut self) -> Pin<&mut Socket> {
        Pin::new(self.socket.borrow_mut())
    }

    fn poll_send_kept(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.kept.is_empty() {
            let sent = ready!(Pin::new(self.socket.borrow_mut()).poll_write(context, &self.kept))?;
            if sent == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.kept.advance(sent);
        }
        self.socket().poll_flush(context)
    }

    /// Reads the server's first message, and takes it away if it is the offer that the driver has been told of. That
    /// the server lets nobody in is the driver's to read.
    fn poll_offer(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            if Header::parse(&self.heard)?.is_some_and(|header| header.len() > LONGEST_GREETING) {
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, "this is no Postgres")));
            }
            let mut rest = self.heard.clone();
            match Message::parse(&mut rest)? {
                Some(Message::AuthenticationSasl(offer)) => match self.assumed {
                    Some(assumed) if contains(&offer, assumed)? => self.heard = rest,
                    Some(SCRAM_SHA_256_PLUS) => {
                        return Poll::Ready(Err(disagreement(
                            "the server offers no channel binding, which is required",
                        )));
                    }
                    Some(_) => return Poll::Ready(Err(disagreement("the server does not offer SCRAM-SHA-256"))),
                    None => {}
                },
                Some(Message::ErrorResponse(_)) => {}
                Some(_) => {
                    return Poll::Ready(Err(disagreement("the server does not ask for SCRAM, which is required")));
                }
                None => {
                    let mut greeting = [0; GREETING];
                    let mut buffer = ReadBuf::new(&mut greeting);
                    ready!(self.socket().poll_read(context, &mut buffer))?;
                    self.heard.extend_from_slice(buffer.filled());
                    if !buffer.filled().is_empty() {
                        continue;
                    }
                    // The end, which the driver meets, too.
                }
            }
            self.stage = Stage::Through;
            return Poll::Ready(Ok(()));
        }
    }
}

/// `AuthenticationSASL` with one mechanism
/// (<https://www.postgresql.org/docs/current/protocol-message-formats.html>).
fn offer(mechanism: &str) -> BytesMut {
    const SASL: i32 = 10;
    let mut list = mechanism.as_bytes().to_vec();
    list.extend([0, 0]); // the end of the name, and of the list
    let mut message = BytesMut::new();
    message.put_u8(b'R');
    message.put_i32(i32::try_from(4 + 4 + list.len()).unwrap_or_default()); // the length itself, the kind, the list
    message.put_i32(SASL);
    message.put_slice(&list);
    message
}

fn contains(offer: &AuthenticationSaslBody, mechanism: &str) -> io::Result<bool> {
    offer.mechanisms().any(|offered| Ok(offered == mechanism))
}

impl<S: BorrowMut<Socket> + Unpin> AsyncRead for Lent<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.stage {
            Stage::KeptBack => self.stage = Stage::Offered,
            Stage::Offered | Stage::Through => {}
            Stage::Awaited => ready!(self.poll_offer(context))?,
        }
        if self.heard.is_empty() {
            return self.socket().poll_read(context, buffer);
        }
        let length = self.heard.len().min(buffer.remaining());
        buffer.put_slice(&self.heard.split_to(length));
        Poll::Ready(Ok(()))
    }
}

impl<S: BorrowMut<Socket> + Unpin> AsyncWrite for Lent<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.stage {
            Stage::KeptBack | Stage::Offered => {
                self.kept.extend_from_slice(bytes);
                Poll::Ready(Ok(bytes.len()))
            }
            Stage::Awaited | Stage::Through => self.socket().poll_write(context, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.stage {
            Stage::KeptBack => Poll::Ready(Ok(())),
            Stage::Offered => {
                ready!(self.poll_send_kept(context))?;
                self.stage = Stage::Awaited;
                Poll::Ready(Ok(()))
            }
            Stage::Awaited | Stage::Through => self.socket().poll_flush(context),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.socket().poll_shutdown(context)
    }
}

impl<S: BorrowMut<Socket> + Unpin> TlsStream for Lent<S> {
    fn channel_binding(&self) -> ChannelBinding {
        self.socket.borrow().channel_binding()
    }
}

/// Tells the driver, which would set up TLS by itself, that it is there already.
struct Ready;

impl<S: BorrowMut<Socket> + Unpin> TlsConnect<Lent<S>> for Ready {
    type Stream = Lent<S>;
    type Error = io::Error;
    type Future = future::Ready<io::Result<Lent<S>>>;

    fn connect(self, lent: Lent<S>) -> Self::Future {
        future::ready(Ok(lent))
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::UnixStream,
    };
    use tokio_postgres::config::SslMode;

    use super::*;

    /// What becomes of a login at a server that answers by these bytes, and what that server was sent.
    async fn at(server_says: &[u8], channel_binding: Binding, scram_only: bool) -> (Error, String) {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let mut config = Config::new();
        config.user("ann").password("hunter2").ssl_mode(SslMode::Disable).channel_binding(channel_binding);
        let answer = async {
            let mut heard = vec![0; 4096];
            let length = theirs.read(&mut heard).await.unwrap();
            theirs.write_all(server_says).await.unwrap();
            theirs.shutdown().await.unwrap();
            heard.truncate(length);
            theirs.read_to_end(&mut heard).await.unwrap();
            String::from_utf8_lossy(&heard).into_owned()
        };
        let (outcome, heard) = tokio::join!(Wire::log_in(Socket::Unix(ours), &config, scram_only), answer);
        (outcome.err().expect("no server lets anybody in like that"), heard)
    }

    #[tokio::test]
    async fn where_only_scram_will_do_it_is_not_waited_for() {
        for (channel_binding, scram_only, hurries) in
            [(Binding::Prefer, true, true), (Binding::Disable, true, true), (Binding::Prefer, false, false)]
        {
            let (_, heard) = at(b"", channel_binding, scram_only).await;
            assert_eq!(heard.contains("SCRAM-SHA-256\0"), hurries, "{channel_binding:?} {scram_only}: {heard:?}");
        }
    }

    #[tokio::test]
    async fn a_server_that_asks_for_another_proof_does_not_get_it() {
        const CLEARTEXT: &[u8] = b"R\0\0\0\x08\0\0\0\x03";
        const LET_IN: &[u8] = b"R\0\0\0\x08\0\0\0\0";
        let bound_only = offer(SCRAM_SHA_256_PLUS);
        for (says, expected) in [(CLEARTEXT, "SCRAM"), (LET_IN, "SCRAM"), (&bound_only, "does not offer SCRAM-SHA-256")]
        {
            let (error, heard) = at(says, Binding::Prefer, true).await;
            assert!(matches!(&error, Error::DatabaseRefused(cause) if cause.contains(expected)), "{error:?}");
            assert!(!heard.contains("hunter2"), "{heard:?}");
        }
        let (_, heard) = at(CLEARTEXT, Binding::Prefer, false).await;
        assert!(heard.contains("hunter2"), "without require_auth it is given what it asks for, as by libpq: {heard:?}");
    }

    #[tokio::test]
    async fn why_a_server_lets_nobody_in_is_heard() {
        let error = |state: &str| {
            let fields = format!("SFATAL\0VFATAL\0C{state}\0Mso it is\0\0");
            let mut message = vec![b'E'];
            message.extend(u32::try_from(4 + fields.len()).unwrap().to_be_bytes());
            message.extend(fields.as_bytes());
            message
        };
        let (full, _) = at(&error("53300"), Binding::Prefer, true).await;
        assert!(matches!(&full, Error::DatabaseUnavailable(cause) if cause.contains("53300")), "{full:?}");
        let (stranger, _) = at(b"HTTP/1.1 400 Bad Request\r\n", Binding::Prefer, true).await;
        assert!(
            matches!(&stranger, Error::DatabaseUnavailable(cause) if cause.contains("no Postgres")),
            "{stranger:?}"
        );
        let (unknown, _) = at(&error("28000"), Binding::Prefer, true).await;
        assert!(matches!(&unknown, Error::DatabaseRefused(cause) if cause.contains("28000")), "{unknown:?}");
    }
}
