//! A row of an answer.

use postgres_protocol::message::backend::{DataRowBody, DataRowRanges};
use tokio_postgres::{
    fallible_iterator::FallibleIterator as _,
    types::{FromSql, Type},
};

use crate::error::{Error, Result};

/// A row in Postgres' binary format. Postgres is not asked to describe its columns: the statement is ours and says what
/// they are.
pub struct Row(pub(super) DataRowBody);

impl Row {
    /// Its columns, one after another.
    #[must_use]
    pub fn columns(&self) -> Columns<'_> {
        Columns { ranges: self.0.ranges(), bytes: self.0.buffer() }
    }
}

/// What of a row has not been read yet.
pub struct Columns<'a> {
    ranges: DataRowRanges<'a>,
    bytes: &'a [u8],
}

impl<'a> Columns<'a> {
    /// The next column. One that cannot be of that type, or one too many, is an error of ours.
    pub fn read<T: FromSql<'a>>(&mut self) -> Result<T> {
        let wrong = |cause: String| Error::Internal(format!("a row cannot be read: {cause}"));
        let range = self.ranges.next().map_err(|error| wrong(error.to_string()))?;
        let range = range.ok_or_else(|| wrong("it has no more columns".into()))?;
        let value = range.and_then(|range| self.bytes.get(range));
        // What is read here is told by its Rust type alone.
        T::from_sql_nullable(&Type::UNKNOWN, value).map_err(|error| wrong(error.to_string()))
    }
}
