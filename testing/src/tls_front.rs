//! Direct TLS in front of a server without TLS: the client starts the handshake at once, without Postgres' own request
//! for TLS first. Neon's proxy and Postgres 17 accept this (`sslnegotiation=direct`).

use std::{net::SocketAddr, sync::Arc};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;
use url::Url;

use crate::authority::{Authority, Identity};

/// Listens on its own port until it is dropped.
pub struct TlsFront {
    address: SocketAddr,
    _server: JoinSet<()>,
}

impl TlsFront {
    /// Starts it with this certificate, in front of the server that a connection string names.
    pub async fn start(database_url: &str, identity: &Identity) -> Self {
        let url = Url::parse(database_url).expect("a database URL is a URL");
        let upstream = (url.host_str().unwrap_or("localhost").to_owned(), url.port().unwrap_or(5432));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("the loopback interface has a free port");
        let address = listener.local_addr().expect("it is bound");
        let mut server = JoinSet::new();
        server.spawn(accept(listener, upstream, acceptor(identity)));
        Self { address, _server: server }
    }

    /// The connection string of a database through here, with verified TLS.
    pub fn url(&self, database_url: &str, authority: &Authority) -> String {
        let mut url = Url::parse(&authority.verified(database_url)).expect("a database URL is a URL");
        url.set_port(Some(self.address.port())).expect("a database URL has a host");
        url.query_pairs_mut().append_pair("sslnegotiation", "direct");
        url.into()
    }
}

/// Refuses clients that do not name Postgres' protocol, as the protocol requires.
fn acceptor(identity: &Identity) -> TlsAcceptor {
    let mut config = identity.server_config();
    config.alpn_protocols = vec![b"postgresql".to_vec()];
    config.send_tls13_tickets = 0; // a proxy that counts round trips would take them for an answer
    Arc::new(config).into()
}

async fn accept(listener: TcpListener, upstream: (String, u16), acceptor: TlsAcceptor) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let (upstream, acceptor) = (upstream.clone(), acceptor.clone());
        connections.spawn(async move {
            client.set_nodelay(true).expect("a connected socket takes options");
            let (Ok(mut client), Ok(mut server)) = (acceptor.accept(client).await, TcpStream::connect(upstream).await)
            else {
                return;
            };
            if client.get_ref().1.alpn_protocol() == Some(b"postgresql") {
                let _ = copy_bidirectional(&mut client, &mut server).await; // either side may close the connection
            }
        });
    }
}
