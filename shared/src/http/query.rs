//! The query.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::error::{DETAILS, Detail, Error, Result};

/// The values of the parameters `names`, in that order. Any other parameter, or one that is given twice, is refused:
/// a filter with a typo would otherwise answer with all tasks.
pub fn parameters<const N: usize>(query: &str, names: [&str; N]) -> Result<[Option<String>; N]> {
    let mut values = [const { None }; N];
    let mut details = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (form_decoded(name), form_decoded(value));
        match names.iter().position(|known| *known == name) {
            None => details.push(Detail::new(&name, format!("is not a parameter here: {}", names.join(", ")))),
            Some(at) if values[at].is_some() => details.push(Detail::new(&name, "is given more than once")),
            Some(at) => values[at] = Some(value.into_owned()),
        }
    }
    details.truncate(DETAILS);
    if details.is_empty() { Ok(values) } else { Err(Error::InvalidRequest(details)) }
}

/// Decodes a name or value of `application/x-www-form-urlencoded`. Bytes that are no UTF-8 become U+FFFD, which no
/// parameter takes for anything.
fn form_decoded(text: &str) -> Cow<'_, str> {
    let spaced = text.replace('+', " ");
    Cow::Owned(percent_decode_str(&spaced).decode_utf8_lossy().into_owned())
}
