//! When a task is due: a day or a moment.

use serde::{Serialize, Serializer, ser::Error as _};
use serde_json::Value;
use time::{
    Date, OffsetDateTime, Time, UtcOffset,
    format_description::{StaticFormatDescription, well_known::Rfc3339},
    macros::{format_description, time},
};
use tokio_postgres::types::Timestamp;

use crate::json::kind;

/// RFC 3339 in UTC, always with six digits after the second. That is what Postgres stores, and it sorts as text.
pub(super) const UTC: StaticFormatDescription =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

const DAY: StaticFormatDescription = format_description!("[year]-[month]-[day]");

/// The moment that stands for a day in orders and filters: its last microsecond in UTC.
const END_OF_DAY: Time = time!(23:59:59.999999);

/// The allowed years, in UTC.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=9999;

/// When a task is due. Answers show it in the form in which it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueDate {
    /// A day, without a time zone.
    Day(Date),
    /// A moment in UTC, to the microsecond.
    Moment(OffsetDateTime),
}

impl DueDate {
    /// Reads a JSON value. Null clears the due date, and so does `""`, which date inputs of forms send.
    pub(super) fn parse(value: Value) -> Result<Option<Self>, String> {
        match value {
            Value::Null => Ok(None),
            Value::String(text) if text.is_empty() => Ok(None),
            Value::String(text) => Self::parse_text(&text).map(Some),
            other => Err(format!("must be a string or null, got {}", kind(&other))),
        }
    }

    /// Reads `2026-12-01`, or RFC 3339 with an offset. Digits after the microsecond are cut off.
    pub(super) fn parse_text(text: &str) -> Result<Self, String> {
        const EXPECTED: &str = "must be a day such as 2026-12-01, or a moment such as 2026-12-01T09:30:00Z";
        const OUT_OF_RANGE: &str = "must fall into the years 1970 to 9999, in UTC";
        if is_day(text) {
            let day = Date::parse(text, DAY).map_err(|_| EXPECTED)?;
            return if YEARS.contains(&day.year()) { Ok(Self::Day(day)) } else { Err(OUT_OF_RANGE.into()) };
        }
        let moment = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| {
            match OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339) {
                Ok(_) => "needs an offset: add Z for UTC, or one such as +02:00 (in a URL, a plus sign is %2B)",
                Err(_) => EXPECTED,
            }
        })?;
        let moment = moment.checked_to_offset(UtcOffset::UTC).ok_or(OUT_OF_RANGE)?;
        if !YEARS.contains(&moment.year()) {
            return Err(OUT_OF_RANGE.into());
        }
        Ok(Self::Moment(truncated(moment)))
    }

    /// The due date in two columns of a row.
    pub(super) fn of_columns(at: Timestamp<OffsetDateTime>, is_day: bool) -> Option<Self> {
        match at {
            Timestamp::Value(at) if is_day => Some(Self::Day(at.date())),
            Timestamp::Value(at) => Some(Self::Moment(at)),
            Timestamp::PosInfinity | Timestamp::NegInfinity => None,
        }
    }

    /// The moment that stands for it in orders and filters.
    pub(super) fn at(self) -> OffsetDateTime {
        match self {
            Self::Day(day) => day.with_time(END_OF_DAY).assume_utc(),
            Self::Moment(moment) => moment,
        }
    }

    /// The moment that `due_before` compares with. For a day, this is when the day begins.
    pub(super) fn begins(self) -> OffsetDateTime {
        match self {
            Self::Day(day) => day.midnight().assume_utc(),
            Self::Moment(moment) => moment,
        }
    }

    /// Whether it is a day.
    pub(super) fn is_day(self) -> bool {
        matches!(self, Self::Day(_))
    }
}

impl Serialize for DueDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = match self {
            Self::Day(day) => day.format(DAY).map_err(S::Error::custom)?,
            Self::Moment(moment) => utc(*moment).ok_or_else(|| S::Error::custom("a moment that cannot be written"))?,
        };
        serializer.serialize_str(&text)
    }
}

/// Writes a moment that is already in UTC.
pub(super) fn utc(at: OffsetDateTime) -> Option<String> {
    at.format(UTC).ok()
}

/// Cuts to microseconds. Postgres would round, and move the last moment of a year into the next one.
fn truncated(moment: OffsetDateTime) -> OffsetDateTime {
    moment.replace_nanosecond(moment.nanosecond() / 1_000 * 1_000).unwrap_or(moment)
}

fn is_day(text: &str) -> bool {
    text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answered(text: &str) -> Option<String> {
        let due = DueDate::parse_text(text).ok()?;
        serde_json::to_value(due).ok()?.as_str().map(ToOwned::to_owned)
    }

    #[test]
    fn a_due_date_is_answered_in_the_form_in_which_it_came() {
        for (sent, expected) in [
            ("2026-12-01", "2026-12-01"),
            ("2024-02-29", "2024-02-29"),
            ("2026-12-01T09:30:00Z", "2026-12-01T09:30:00.000000Z"),
            ("2026-12-01T09:30:00+02:00", "2026-12-01T07:30:00.000000Z"),
            ("2026-12-01T00:30:00.123456789+02:00", "2026-11-30T22:30:00.123456Z"),
            ("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999Z"),
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z"),
        ] {
            assert_eq!(answered(sent).as_deref(), Some(expected), "{sent}");
        }
    }

    #[test]
    fn what_is_no_day_and_no_moment_is_refused() {
        for wrong in [
            "2026-13-01",
            "2025-02-29",
            "2026-1-1",
            "01.12.2026",
            "tomorrow",
            "2026-12-01T25:00:00Z",
            "1969-12-31",
            "0000-01-01",
            "1970-01-01T00:00:00+00:01",
            "9999-12-31T23:59:59-00:01",
            "+2026-12-01",
            " 2026-12-01",
            "infinity",
        ] {
            assert_eq!(answered(wrong), None, "{wrong}");
        }
        assert!(DueDate::parse_text("2026-12-01T09:30:00").unwrap_err().contains("offset"));
    }

    #[test]
    fn null_and_the_empty_text_are_none() {
        assert_eq!((DueDate::parse(json!(null)), DueDate::parse(json!(""))), (Ok(None), Ok(None)));
    }
}
