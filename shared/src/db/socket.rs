//! The way to the server: TCP or a Unix socket, and TLS on it.

use std::{
    io,
    net::SocketAddr,
    path::Path,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::BytesMut;
use postgres_protocol::message::frontend;
use socket2::{SockRef, TcpKeepalive};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf},
    net::{TcpStream, UnixStream},
    time::timeout,
};
use tokio_postgres::{
    Config,
    tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream as _},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::{
    error::{Error, Result},
    tls,
};

type Encrypted = <MakeRustlsConnect as MakeTlsConnect<TcpStream>>::Stream;

/// What carries a connection's bytes.
pub(super) enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
    Tls(Box<Encrypted>),
}

trait Carries: AsyncRead + AsyncWrite + Unpin {}
impl<T: AsyncRead + AsyncWrite + Unpin> Carries for T {}

impl Socket {
    /// TCP, with the limits that the URL sets.
    pub(super) async fn tcp(address: SocketAddr, config: &Config) -> io::Result<TcpStream> {
        let tcp = in_time(TcpStream::connect(address), config).await?;
        tcp.set_nodelay(true)?;
        let options = SockRef::from(&tcp);
        #[cfg(target_os = "linux")]
        options.set_tcp_user_timeout(config.get_tcp_user_timeout().copied())?;
        if config.get_keepalives() {
            let mut keepalive = TcpKeepalive::new().with_time(config.get_keepalives_idle());
            if let Some(interval) = config.get_keepalives_interval() {
                keepalive = keepalive.with_interval(interval);
            }
            if let Some(retries) = config.get_keepalives_retries() {
                keepalive = keepalive.with_retries(retries);
            }
            options.set_tcp_keepalive(&keepalive)?;
        }
        Ok(tcp)
    }

    /// A socket in the file system.
    pub(super) async fn unix(path: &Path, config: &Config) -> io::Result<Self> {
        in_time(UnixStream::connect(path), config).await.map(Self::Unix)
    }

    /// TLS on a connection to `host`: after asking for it as Postgres has it (`SSLRequest`), or `direct`ly.
    pub(super) async fn tls(mut tcp: TcpStream, host: &str, tls: &MakeRustlsConnect, direct: bool) -> Result<Self> {
        if !direct {
            let mut request = BytesMut::new();
            frontend::ssl_request(&mut request);
            tcp.write_all(&request).await.map_err(broken)?;
            if tcp.read_u8().await.map_err(broken)? != b'S' {
                return Err(Error::DatabaseRefused(format!("{host} does not speak TLS")));
            }
        }
        let connect = MakeTlsConnect::<TcpStream>::make_tls_connect(&mut tls.clone(), host);
        let encrypted = connect.map_err(|error| Error::DatabaseRefused(format!("TLS with {host}: {error}")))?;
        let encrypted = TlsConnect::connect(encrypted, tcp).await;
        encrypted.map(Box::new).map(Self::Tls).map_err(|error| {
            let cause = format!("TLS with {host}: {error}");
            if tls::is_distrust(&error) { Error::DatabaseRefused(cause) } else { Error::DatabaseUnavailable(cause) }
        })
    }

    /// What a login can be bound to: the server's certificate.
    pub(super) fn channel_binding(&self) -> ChannelBinding {
        match self {
            Self::Tcp(_) | Self::Unix(_) => ChannelBinding::none(),
            Self::Tls(socket) => socket.channel_binding(),
        }
    }

    fn carrier(self: Pin<&mut Self>) -> Pin<&mut dyn Carries> {
        let carrier: &mut dyn Carries = match self.get_mut() {
            Self::Tcp(socket) => socket,
            Self::Unix(socket) => socket,
            Self::Tls(socket) => socket,
        };
        Pin::new(carrier)
    }
}

async fn in_time<T>(connect: impl Future<Output = io::Result<T>>, config: &Config) -> io::Result<T> {
    match config.get_connect_timeout() {
        Some(limit) => timeout(*limit, connect).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())),
        None => connect.await,
    }
}

/// What breaks on the way may hold the next time.
#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
pub(super) fn broken(error: io::Error) -> Error {
    Error::DatabaseUnavailable(format!("the connection broke: {error}"))
}

impl AsyncRead for Socket {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.carrier().poll_read(context, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.carrier().poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.carrier().poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.carrier().poll_shutdown(context)
    }
}
