//! The query of a request.

use percent_encoding::percent_decode_str;

use super::request::Request;
use crate::error::{Detail, Error, MAX_DETAILS, Result};

/// The parameters of a query, which are taken one by one. All errors are collected, so that the client gets them at
/// once. A parameter without a value counts as absent, because forms send `?search=&priority=`.
pub struct Parameters<'r> {
    request: &'r Request,
    sent: Vec<(String, String)>,
    known: Vec<&'static str>,
    details: Vec<Detail>,
}

impl<'r> Parameters<'r> {
    /// The parameters of a request.
    #[must_use]
    pub fn of(request: &'r Request) -> Self {
        let pairs = request.query().split('&').filter(|pair| !pair.is_empty());
        let sent = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (form_decoded(name), form_decoded(value))
        });
        Self { request, sent: sent.collect(), known: Vec::new(), details: Vec::new() }
    }

    /// Takes a parameter. `names` has its name first, then its aliases: what other clients call it.
    pub fn optional<T>(&mut self, names: &[&'static str], parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        self.known.extend(names.first());
        let (mut ours, others) =
            std::mem::take(&mut self.sent).into_iter().partition(|(name, _)| names.contains(&&**name));
        self.sent = others;
        ours.retain(|(_, value): &(String, String)| !value.is_empty());
        let (name, value) = ours.pop()?;
        if !ours.is_empty() {
            self.details.push(Detail::new(&name, "is given more than once"));
            return None;
        }
        parse(&value).map_err(|message| self.details.push(Detail::new(&name, message))).ok()
    }

    /// Notes that a parameter is wrong together with another one.
    pub fn refuse(&mut self, name: &str, message: impl Into<String>) {
        self.details.push(Detail::new(name, message));
    }

    /// Ends the reading. A parameter that was not taken is an error, unless unknown names are ignored.
    pub fn finish(mut self) -> Result<()> {
        let known = if self.known.is_empty() { "there are none".to_owned() } else { self.known.join(", ") };
        for (name, _) in &self.sent {
            if !self.request.unknown.ignores(name) {
                self.details.push(Detail::new(name, format!("is not a parameter here: {known}")));
            }
        }
        self.details.truncate(MAX_DETAILS);
        if self.details.is_empty() { Ok(()) } else { Err(Error::InvalidRequest(self.details)) }
    }
}

/// For a route without parameters. An unknown one is refused, because the client expects that it has an effect.
pub fn no_parameters(request: &Request) -> Result<()> {
    Parameters::of(request).finish()
}

/// For a route with one parameter, `true` or `false`. The default is `false`.
pub fn only_flag(request: &Request, name: &'static str) -> Result<bool> {
    let mut parameters = Parameters::of(request);
    let flag = parameters.optional(&[name], parse_flag).unwrap_or_default();
    parameters.finish().map(|()| flag)
}

/// Reads `true` or `false`, in upper or lower case.
pub(crate) fn parse_flag(text: &str) -> Result<bool, String> {
    match &*text.to_ascii_lowercase() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err("must be true or false".to_owned()),
    }
}

/// Reads a whole number from `least` to `most`.
pub(crate) fn parse_whole(text: &str, least: i64, most: i64) -> Result<i64, String> {
    let number = text.parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| format!("must be a whole number from {least} to {most}"))
}

/// Decodes a name or value of `application/x-www-form-urlencoded`. Bytes that are not UTF-8 become U+FFFD, an
/// ordinary character for every parameter.
fn form_decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}
