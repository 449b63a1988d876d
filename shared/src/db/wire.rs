//! Postgres' messages on a connection that is open and authenticated
//! (<https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY>).
//!
//! The driver, which opens connections and knows types, runs one statement at a time, each with a Sync of its own, by a
//! task of its own. Here a whole flight has one: Postgres answers it in one piece, a request sleeps and wakes once, and
//! no other task is in between. That saves a third of a request's processor time (bench/README.md).

use std::mem;

use bytes::BytesMut;
use futures_util::FutureExt as _;
use postgres_protocol::{
    IsNull,
    message::{
        backend::{ErrorResponseBody, Message},
        frontend,
    },
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_postgres::fallible_iterator::FallibleIterator as _;

use super::{
    flight::Statement,
    row::Row,
    socket::{Socket, broken},
};
use crate::error::{Error, Result};

/// Read at once, as far as it is there.
const READ: usize = 16 * 1024;

/// Parameters and columns go in Postgres' binary format.
const BINARY: i16 = 1;

/// How many rows an Execute asks for.
const ALL: i32 = 0;

/// What is sent together.
pub(super) struct Messages {
    bytes: BytesMut,
    executes: usize,
}

impl Messages {
    pub(super) fn new() -> Self {
        Self { bytes: BytesMut::with_capacity(2 * 1024), executes: 0 } // most flights are shorter
    }

    /// Parses and binds a statement: what is [executed](Self::execute) by the name of `portal`, empty where that is
    /// done before the next one is bound. Only portals are named, which end with their transaction: a named statement
    /// would stay, in a session that a pooler hands to somebody else.
    pub(super) fn bind(&mut self, portal: &str, statement: &Statement<'_>) -> Result<()> {
        let Statement { sql, parameters } = statement;
        let wrong = |cause: String| Error::Internal(format!("a statement cannot be sent: {cause}"));
        let types = parameters.iter().map(|(_, sql_type)| sql_type.oid());
        frontend::parse("", sql, types, &mut self.bytes).map_err(|error| wrong(error.to_string()))?;
        let encode = |(value, sql_type): &(_, _), bytes: &mut BytesMut| -> Result<IsNull, _> {
            let value: &(dyn tokio_postgres::types::ToSql + Sync) = *value;
            value.to_sql_checked(sql_type, bytes).map(|null| match null {
                tokio_postgres::types::IsNull::Yes => IsNull::Yes,
                tokio_postgres::types::IsNull::No => IsNull::No,
            })
        };
        frontend::bind(portal, "", [BINARY], parameters, encode, [BINARY], &mut self.bytes).map_err(|error| match error
        {
            frontend::BindError::Conversion(error) => wrong(error.to_string()),
            frontend::BindError::Serialization(error) => wrong(error.to_string()),
        })
    }

    pub(super) fn execute(&mut self, portal: &str) -> Result<()> {
        self.executes += 1;
        let told = frontend::execute(portal, ALL, &mut self.bytes);
        told.map_err(|error| Error::Internal(format!("a statement cannot be executed: {error}")))
    }

    /// Ends the transaction, and has all of it answered.
    pub(super) fn sync(&mut self) {
        frontend::sync(&mut self.bytes);
    }
}

/// One connection.
pub(super) struct Wire {
    socket: Socket,
    heard: BytesMut,
    /// Postgres has answered all, and no transaction is open.
    rests: bool,
}

impl Wire {
    /// On a socket over which Postgres has said that it is ready.
    pub(super) fn new(socket: Socket) -> Self {
        Self { socket, heard: BytesMut::new(), rests: true }
    }

    /// Whether nothing is on its way.
    pub(super) fn rests(&self) -> bool {
        self.rests && self.heard.is_empty()
    }

    /// Whether that is still so, as far as can be known without asking: nothing has come meanwhile. (What does is nearly
    /// always the end of the connection. The rest, a setting changed by the server's administrator, may cost a new one.)
    pub(super) fn still_rests(&mut self) -> bool {
        self.heard.reserve(READ);
        self.rests() && self.socket.read_buf(&mut self.heard).now_or_never().is_none()
    }

    /// Sends it and waits until all is answered: the rows of the statement that was executed last. Without a transaction
    /// block, all up to the Sync is one transaction, which that commits: Postgres says that it is ready *after* it, and
    /// an error that it names instead means that nothing has been done
    /// (<https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING>). Where the connection ends
    /// before it is ready, nobody knows: the next try finds out (`users.recent_requests`).
    ///
    /// A future that is dropped leaves a connection that does not rest.
    pub(super) async fn exchange(&mut self, messages: &Messages) -> Result<Vec<Row>> {
        self.rests = false;
        self.socket.write_all(&messages.bytes).await.map_err(broken)?;
        self.socket.flush().await.map_err(broken)?;
        let (mut rows, mut answer, mut answered, mut refusal) = (Vec::new(), Vec::new(), 0, None);
        loop {
            match self.hear().await {
                Ok(Message::DataRow(row)) => rows.push(Row(row)),
                Ok(Message::CommandComplete(_)) => {
                    answer = mem::take(&mut rows);
                    answered += 1;
                }
                Ok(Message::ErrorResponse(error)) => refusal = refusal.or_else(|| Some(told(&error))),
                Ok(Message::ReadyForQuery(ready)) => {
                    let ended = ready.status() == b'I'; // no transaction is open
                    self.rests = ended && (answered == messages.executes || refusal.is_some());
                    let astray = || Error::DatabaseUnavailable("an answer to something else".into());
                    return refusal.or_else(|| (!self.rests).then(astray)).map_or(Ok(answer), Err);
                }
                Ok(_) => {} // that something was parsed or bound, and notices
                // The server may have said why.
                Err(error) => return Err(refusal.unwrap_or(error)),
            }
        }
    }

    async fn hear(&mut self) -> Result<Message> {
        loop {
            if let Some(message) = Message::parse(&mut self.heard).map_err(broken)? {
                return Ok(message);
            }
            self.heard.reserve(READ);
            if self.socket.read_buf(&mut self.heard).await.map_err(broken)? == 0 {
                return Err(Error::DatabaseUnavailable("the connection was closed".into()));
            }
        }
    }

    /// Whether the server answers at all.
    pub(super) async fn answers(&mut self) -> bool {
        let mut nothing = Messages::new();
        nothing.sync();
        self.exchange(&nothing).await.is_ok()
    }

    /// Says goodbye, so that the server need not find out by itself.
    pub(super) async fn close(&mut self) {
        let mut goodbye = BytesMut::new();
        frontend::terminate(&mut goodbye);
        // It may be closed already.
        let _ = self.socket.write_all(&goodbye).await;
        let _ = self.socket.shutdown().await;
    }
}

/// What Postgres says that is wrong. Its text is always there.
fn told(error: &ErrorResponseBody) -> Error {
    let (mut state, mut message) = (String::new(), String::new());
    let mut fields = error.fields();
    while let Ok(Some(field)) = fields.next() {
        let text = || String::from_utf8_lossy(field.value_bytes()).into_owned();
        match field.type_() {
            b'C' => state = text(),
            b'M' => message = text(),
            _ => {}
        }
    }
    Error::told_by_postgres(&state, &message)
}
