//! The flight: a whole transaction that crosses the network and comes back once.
//!
//! A transaction of begin, identity, lock, write and commit costs five round trips if each waits for the one before.
//! None needs to: all are sent at once, and Postgres runs them in order. It needs no begin and no commit either: what is
//! sent ahead of one Sync is one transaction ([`super::wire`]).

use std::time::Duration;

use tokio_postgres::types::{ToSql, Type};

use super::{
    Row,
    connection::{Pooled, give_up},
    wire::Messages,
};
use crate::{
    Caller,
    error::{Error, Result},
};

/// How much earlier than we do Postgres gives up a statement, and again how much earlier a lock, so that we hear why; at
/// most a quarter of the time that there is.
const AHEAD: Duration = Duration::from_millis(200);

/// One statement and its parameters. The types are named, so that Postgres needs not be asked for them first.
pub struct Statement<'a> {
    pub(super) sql: &'a str,
    pub(super) parameters: Vec<(&'a (dyn ToSql + Sync), Type)>,
}

impl<'a> Statement<'a> {
    /// A statement without parameters.
    #[must_use]
    pub fn new(sql: &'a str) -> Self {
        Self { sql, parameters: Vec::new() }
    }

    /// With the next parameter: `$1`, then `$2`, and so on.
    #[must_use]
    pub fn bind(mut self, value: &'a (dyn ToSql + Sync), sql_type: Type) -> Self {
        self.parameters.push((value, sql_type));
        self
    }
}

/// One transaction, to be tried as often as it takes.
pub(super) struct Flight<'a> {
    caller: &'a Caller,
    read_only: bool,
    before: &'static [&'static str],
    statement: Statement<'a>,
}

impl<'a> Flight<'a> {
    pub(super) fn read(caller: &'a Caller, statement: Statement<'a>) -> Self {
        Self { caller, read_only: true, before: &[], statement }
    }

    pub(super) fn write(caller: &'a Caller, statement: Statement<'a>) -> Self {
        Self { caller, read_only: false, before: &[LOCK_USER], statement }
    }

    pub(super) fn write_as_new(caller: &'a Caller, statement: Statement<'a>) -> Self {
        Self { caller, read_only: false, before: &[INSERT_USER, LOCK_USER], statement }
    }

    /// One try: the rows of the statement. `left` is the time that it has, `idle` that of a transaction that stands still.
    pub(super) async fn on(&self, connection: Pooled, left: Duration, idle: Duration) -> Result<Vec<Row>> {
        let messages = self.messages(left, idle)?;
        Loan(Some(connection)).fly(&messages).await
    }

    /// The statement is bound before what comes ahead of it, and executed after: what takes a lock stands at the end.
    /// So where a part of a flight arrives before the network dies, it has nearly always locked nothing, and the next
    /// try goes straight through. Postgres looks at the data only when it executes: a portal of a statement that writes
    /// is not begun before (`PORTAL_ONE_MOD_WITH` in its source; tests hold it to that), and a read has nothing ahead of
    /// it.
    fn messages(&self, left: Duration, idle: Duration) -> Result<Messages> {
        let owner = self.caller.user.as_str();
        let ahead = AHEAD.min(left / 4);
        let limits = [2 * ahead, ahead, Duration::ZERO].map(|ahead| milliseconds(left.saturating_sub(ahead)));
        let ([lock, statement, transaction], idle) = (limits, milliseconds(idle));
        let identity = Statement::new(IDENTITY)
            .bind(&owner, Type::TEXT)
            .bind(&lock, Type::TEXT)
            .bind(&statement, Type::TEXT)
            .bind(&transaction, Type::TEXT)
            .bind(&idle, Type::TEXT)
            .bind(&self.read_only, Type::BOOL);
        let mut messages = Messages::new();
        messages.bind("", &identity)?;
        messages.execute("")?;
        messages.bind("statement", &self.statement)?;
        for sql in self.before {
            messages.bind("", &Statement::new(sql).bind(&owner, Type::TEXT))?;
            messages.execute("")?;
        }
        messages.execute("statement")?;
        messages.sync();
        Ok(messages)
    }
}

/// As Postgres takes it; 0 would be no limit at all.
fn milliseconds(time: Duration) -> String {
    time.as_millis().max(1).to_string()
}

/// Who asks, and for how long, for this transaction only. The role is taken on whichever login the URL names: the
/// owner of a Neon database bypasses row-level security, `task_api` bypasses nothing. The limits stand here and not on
/// the role because a role's settings apply at login, and not in start-up parameters because Neon's pooler refuses
/// those.
///
/// A flight of which all but the end arrives before the network dies must not keep its lock for ever. From Postgres 17
/// on, `transaction_timeout` ends it. Before, no limit runs while the rest is waited for: the server's keepalives find
/// out that we are gone, or, behind a pooler, the pooler's own. (An idle transaction is one that is open between two
/// flights. None is; its limit is a net under a defect.)
const IDENTITY: &str = "select set_config('role', 'task_api', true), set_config('app.user_id', $1, true),
    set_config('lock_timeout', $2, true), set_config('statement_timeout', $3, true),
    set_config('idle_in_transaction_session_timeout', $5, true),
    case when $6 then set_config('transaction_read_only', 'on', true) end,
    case when current_setting('transaction_timeout', true) is not null
         then set_config('transaction_timeout', $4, true)
         else set_config('tcp_keepalives_idle', '2', true) || set_config('tcp_keepalives_interval', '1', true)
              || set_config('tcp_keepalives_count', '3', true)
    end";

const INSERT_USER: &str = "insert into users (id) values ($1) on conflict do nothing";

const LOCK_USER: &str = "select from users where id = $1 for update";

/// A connection on loan. One that is dropped in the middle of a flight, by a deadline or a panic, has a transaction
/// running: it is closed, never handed to the next request.
struct Loan(Option<Pooled>);

impl Loan {
    async fn fly(mut self, messages: &Messages) -> Result<Vec<Row>> {
        let connection = self.0.as_mut().ok_or_else(|| Error::Internal("a flight without a connection".into()))?;
        let answer = connection.wire.exchange(messages).await;
        connection.was_used();
        let rests = connection.wire.rests();
        match self.0.take() {
            Some(broken) if !rests => drop(Pooled::take(broken)),
            whole => drop(whole),
        }
        answer
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        if let Some(unfinished) = self.0.take() {
            give_up(unfinished);
        }
    }
}
