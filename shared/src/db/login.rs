//! The login: the driver is lent the socket to introduce us. What it makes of it is dropped: once Postgres is ready,
//! nothing is on its way, and the rest is [`super::wire`]'s.
//!
//! Where the URL says `channel_binding=require`, as Neon's do, one answer is known beforehand: the server has to offer
//! SCRAM-SHA-256-PLUS, or there is no login. So its offer is not waited for, SCRAM's first message leaves together with
//! the start-up message, and every new connection saves a round trip. The driver has no such mode: it is told of an
//! offer, and the server's own is checked when it comes. (Postgres reads a message when it wants one, whenever it came,
//! and so does Neon's proxy: <https://github.com/neondatabase/neon/blob/main/proxy/src/stream.rs>. Both messages are one
//! record of TLS, so that a server that hangs up without reading the second leaves nothing unread, for which TCP would
//! take back what it has said.)

use std::{
    future, io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Buf as _, BytesMut};
use postgres_protocol::{
    authentication::sasl::SCRAM_SHA_256_PLUS,
    message::backend::{AuthenticationSaslBody, Message},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::{
    Config,
    config::ChannelBinding as Binding,
    fallible_iterator::FallibleIterator as _,
    tls::{ChannelBinding, TlsConnect, TlsStream},
};

use super::socket::Socket;
use crate::error::{Error, Result, describe, is_io, is_of};

/// `AuthenticationSASL` with SCRAM-SHA-256-PLUS alone
/// (<https://www.postgresql.org/docs/current/protocol-message-formats.html>).
const OFFER: &[u8] = b"R\0\0\0\x1c\0\0\0\x0aSCRAM-SHA-256-PLUS\0\0";

/// More than any server says before it has let us in.
const GREETING: usize = 1024;

/// Logs in over a new socket.
pub(super) async fn log_in(socket: &mut Socket, config: &Config) -> Result<()> {
    let hurries = matches!(socket, Socket::Tls(_)) && config.get_channel_binding() == Binding::Require;
    let stage = if hurries { Stage::KeptBack } else { Stage::Through };
    let mut lent = Lent { socket, stage, kept: BytesMut::new(), heard: BytesMut::new(), offers_no_binding: false };
    match config.connect_raw(&mut lent, Ready).await.map(drop) {
        Ok(()) => Ok(()),
        Err(_) if lent.offers_no_binding => {
            Err(Error::DatabaseRefused("the server offers no channel binding, and the URL requires it".into()))
        }
        Err(error) => Err(turned_away(&error)),
    }
}

/// What a server or a pooler says while it lets nobody in is nearly always that it is waking up or full, and what breaks
/// on the way there may hold the next time. The rest will be the same in a second: that it does not know the login
/// (class 28) or the database (3D), or that the two cannot agree on how we prove who we are.
fn turned_away(error: &tokio_postgres::Error) -> Error {
    let refuses = match error.code() {
        Some(state) => is_of(state.code(), &["28", "3D"]),
        None => !(error.is_closed() || is_io(error)),
    };
    let cause = describe(error);
    if refuses { Error::DatabaseRefused(cause) } else { Error::DatabaseUnavailable(cause) }
}

/// The socket as it is lent to the driver.
struct Lent<'a> {
    socket: &'a mut Socket,
    stage: Stage,
    /// To be sent.
    kept: BytesMut,
    /// Not yet given to the driver.
    heard: BytesMut,
    offers_no_binding: bool,
}

enum Stage {
    /// The start-up message is kept back.
    KeptBack,
    /// The driver has been told of an offer, which it answers.
    Offered,
    /// Both are sent, and the server's own offer has to come.
    Sent,
    /// All goes through.
    Through,
}

impl Lent<'_> {
    fn poll_send_kept(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.kept.is_empty() {
            let sent = ready!(Pin::new(&mut *self.socket).poll_write(context, &self.kept))?;
            if sent == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.kept.advance(sent);
        }
        Pin::new(&mut *self.socket).poll_flush(context)
    }

    /// Reads the server's first message, and takes it away if it is the offer that the driver has been told of. That the
    /// server lets nobody in is the driver's to read.
    fn poll_offer(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            let mut rest = self.heard.clone();
            match Message::parse(&mut rest)? {
                Some(Message::AuthenticationSasl(offer)) if offers_binding(&offer)? => self.heard = rest,
                Some(Message::ErrorResponse(_)) => {}
                Some(_) => {
                    self.offers_no_binding = true;
                    return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
                }
                None => {
                    let (mut greeting, before) = ([0; GREETING], self.heard.len());
                    let mut buffer = ReadBuf::new(&mut greeting);
                    ready!(Pin::new(&mut *self.socket).poll_read(context, &mut buffer))?;
                    self.heard.extend_from_slice(buffer.filled());
                    if self.heard.len() > before {
                        continue;
                    }
                    // The end, which the driver finds, too.
                }
            }
            self.stage = Stage::Through;
            return Poll::Ready(Ok(()));
        }
    }
}

fn offers_binding(offer: &AuthenticationSaslBody) -> io::Result<bool> {
    offer.mechanisms().any(|mechanism| Ok(mechanism == SCRAM_SHA_256_PLUS))
}

impl AsyncRead for Lent<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.stage {
            Stage::KeptBack if buffer.remaining() >= OFFER.len() => {
                buffer.put_slice(OFFER);
                self.stage = Stage::Offered;
                return Poll::Ready(Ok(()));
            }
            Stage::KeptBack | Stage::Offered => return Poll::Ready(Err(io::ErrorKind::InvalidInput.into())),
            Stage::Sent => ready!(self.poll_offer(context))?,
            Stage::Through => {}
        }
        if self.heard.is_empty() {
            return Pin::new(&mut *self.socket).poll_read(context, buffer);
        }
        let length = self.heard.len().min(buffer.remaining());
        buffer.put_slice(&self.heard.split_to(length));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Lent<'_> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.stage {
            Stage::KeptBack | Stage::Offered => {
                self.kept.extend_from_slice(bytes);
                Poll::Ready(Ok(bytes.len()))
            }
            Stage::Sent | Stage::Through => Pin::new(&mut *self.socket).poll_write(context, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.stage {
            Stage::KeptBack => Poll::Ready(Ok(())),
            Stage::Offered => {
                ready!(self.poll_send_kept(context))?;
                self.stage = Stage::Sent;
                Poll::Ready(Ok(()))
            }
            Stage::Sent | Stage::Through => Pin::new(&mut *self.socket).poll_flush(context),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.socket).poll_shutdown(context)
    }
}

impl TlsStream for &mut Lent<'_> {
    fn channel_binding(&self) -> ChannelBinding {
        self.socket.channel_binding()
    }
}

/// Tells the driver, which would set up TLS by itself, that it is there already.
struct Ready;

impl<'a, 'b> TlsConnect<&'a mut Lent<'b>> for Ready {
    type Stream = &'a mut Lent<'b>;
    type Error = io::Error;
    type Future = future::Ready<io::Result<&'a mut Lent<'b>>>;

    fn connect(self, lent: &'a mut Lent<'b>) -> Self::Future {
        future::ready(Ok(lent))
    }
}
