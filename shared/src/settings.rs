//! Where settings come from. The field that holds a setting documents it.

use std::{collections::BTreeMap, env, fmt, ops::RangeInclusive, time::Duration};

/// The settings: variables, and for those that are not set, parameters from Parameter Store.
#[derive(Default)]
pub struct Settings {
    parameters: BTreeMap<String, String>,
}

impl Settings {
    pub(crate) fn with_parameters(parameters: BTreeMap<String, String>) -> Self {
        Self { parameters }
    }

    pub(crate) fn optional(&self, name: &str) -> Option<String> {
        optional(name).or_else(|| self.parameters.get(name).and_then(|value| cleaned(value)))
    }

    /// Whether the value is in quotes. They are removed when it is read.
    pub(crate) fn is_quoted(&self, name: &str) -> bool {
        let value = env::var(name).ok().filter(|value| cleaned(value).is_some());
        let value = value.as_ref().or_else(|| self.parameters.get(name));
        value.is_some_and(|value| unquoted(value).len() < value.trim().len())
    }

    pub(crate) fn required(&self, name: &str) -> Result<String, Fatal> {
        self.optional(name).ok_or_else(|| Fatal::new(format!("{name} is not set")))
    }

    /// The values of a setting that may have several, separated by commas.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        let values = self.optional(name).unwrap_or_default();
        values.split(',').map(str::trim).filter(|value| !value.is_empty()).map(ToOwned::to_owned).collect()
    }

    pub(crate) fn seconds(&self, name: &str, default: u32, range: RangeInclusive<u32>) -> Result<u32, Fatal> {
        self.number(name, " of seconds", default, range)
    }

    pub(crate) fn milliseconds(&self, name: &str, default: u32, range: RangeInclusive<u32>) -> Result<Duration, Fatal> {
        Ok(Duration::from_millis(self.number(name, " of milliseconds", default, range)?.into()))
    }

    pub(crate) fn number(
        &self,
        name: &str,
        unit: &str,
        default: u32,
        range: RangeInclusive<u32>,
    ) -> Result<u32, Fatal> {
        let Some(text) = self.optional(name) else { return Ok(default) };
        text.parse().ok().filter(|number| range.contains(number)).ok_or_else(|| {
            let (least, most) = (range.start(), range.end());
            Fatal::new(format!("{name} is {text:?} and must be a whole number{unit} from {least} to {most}"))
        })
    }
}

/// The value of a variable that must be set.
pub fn required(name: &str) -> Result<String, Fatal> {
    optional(name).ok_or_else(|| Fatal::new(format!("{name} is not set")))
}

/// The value of a variable, without white space around it (a secret that was piped in ends with a new line) and without
/// quotes around it (some readers of `.env` keep them). An empty value counts as not set, because templates pass those
/// on.
#[must_use]
pub fn optional(name: &str) -> Option<String> {
    env::var(name).ok().and_then(|value| cleaned(&value))
}

fn cleaned(value: &str) -> Option<String> {
    let value = unquoted(value).trim();
    (!value.is_empty()).then(|| value.to_owned())
}

/// Removes white space around a value, and then one pair of quotes.
pub(crate) fn unquoted(value: &str) -> &str {
    let value = value.trim();
    let inner = |quote| value.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(value)
}

/// Why a program cannot start: a sentence for the person who started it. It contains no secrets.
pub struct Fatal(String);

impl Fatal {
    /// `message` says what is wrong and what to do.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for Fatal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The same as [`fmt::Display`], because `main` prints its error with `Debug`.
impl fmt::Debug for Fatal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Fatal {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_surrounds_a_value_is_none_of_it() {
        for (value, expected) in [
            ("plain", Some("plain")),
            (" in spaces\t", Some("in spaces")),
            ("with a new line\r\n", Some("with a new line")),
            ("\"in quotes\"", Some("in quotes")),
            ("'in quotes'\n", Some("in quotes")),
            ("\" both \"", Some("both")),
            ("it's", Some("it's")),
            ("'one only", Some("'one only")),
            ("\"'two kinds'\"", Some("'two kinds'")),
            ("", None),
            (" \n", None),
            ("\"\"", None),
            ("\"", Some("\"")),
        ] {
            assert_eq!(cleaned(value).as_deref(), expected, "{value:?}");
        }
    }
}
