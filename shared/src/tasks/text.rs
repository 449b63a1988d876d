//! The texts of a task, and which characters count as blank.

use std::ops::RangeInclusive;

use serde::Serialize;
use serde_json::Value;

use crate::json::kind;

/// The most characters of each text (Unicode scalar values, as Postgres' `char_length` counts them).
const MAX_TITLE: usize = 200;
const MAX_DESCRIPTION: usize = 8_192;
const MAX_TAG: usize = 50;

/// The most tags of a task.
const MAX_TAGS: usize = 20;

/// Characters that cannot be seen: control characters, white space, and characters without a width of their own
/// (variation selectors, joiners, fillers). A title or a tag that has no other characters is refused. openapi.yaml has
/// the same list as a pattern, and a test compares the two.
pub const BLANK: [RangeInclusive<char>; 24] = [
    '\u{0}'..=' ',
    '\u{7f}'..='\u{a0}',
    '\u{ad}'..='\u{ad}',
    '\u{34f}'..='\u{34f}',
    '\u{61c}'..='\u{61c}',
    '\u{115f}'..='\u{1160}',
    '\u{1680}'..='\u{1680}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{2000}'..='\u{200f}',
    '\u{2028}'..='\u{202f}',
    '\u{205f}'..='\u{206f}',
    '\u{2800}'..='\u{2800}',
    '\u{3000}'..='\u{3000}',
    '\u{3164}'..='\u{3164}',
    '\u{fe00}'..='\u{fe0f}',
    '\u{feff}'..='\u{feff}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{fff0}'..='\u{fff8}',
    '\u{1bca0}'..='\u{1bca3}',
    '\u{1d173}'..='\u{1d17a}',
    '\u{e0000}'..='\u{e007f}',
    '\u{e0100}'..='\u{e01ef}',
    '\u{e0fff}'..='\u{e0fff}',
];

/// A title: 1 to 200 characters, trimmed, without NUL, with at least one visible character.
#[derive(Debug, Serialize)]
pub struct Title(String);

impl Title {
    pub(super) fn parse(value: Value) -> Result<Self, String> {
        visible(&text(value)?, MAX_TITLE).map(Self)
    }

    /// The key for sorting and searching.
    pub(super) fn key(&self) -> String {
        folded(&self.0)
    }
}

/// A description: up to 8,192 characters, without NUL.
#[derive(Debug, Serialize)]
pub struct Description(String);

impl Description {
    pub(super) fn parse(value: Value) -> Result<Self, String> {
        let description = text(value)?;
        match description.chars().count() {
            ..=MAX_DESCRIPTION => Ok(Self(description)),
            length => Err(format!("must be at most {MAX_DESCRIPTION} characters, got {length}")),
        }
    }
}

/// Up to 20 different tags, in the order in which they were sent.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tags(pub(super) Vec<String>);

impl Tags {
    pub(super) fn parse(value: Value) -> Result<Self, String> {
        let Value::Array(values) = value else {
            return Err(format!("must be an array of strings, got {}", kind(&value)));
        };
        Self::of(values.into_iter().map(text))
    }

    /// Reads tags that are separated by commas, as in a query.
    pub(super) fn parse_list(list: &str) -> Result<Self, String> {
        Self::of(list.split(',').map(|tag| text(tag.into())))
    }

    fn of(texts: impl Iterator<Item = Result<String, String>>) -> Result<Self, String> {
        let mut tags = Vec::new();
        for text in texts {
            let tag = text.and_then(|text| visible(&text, MAX_TAG)).map_err(|message| format!("each {message}"))?;
            if tag.contains(',') {
                return Err("each must be without a comma".into());
            }
            if !tags.contains(&tag) {
                tags.push(tag);
            }
            if tags.len() > MAX_TAGS {
                return Err(format!("must be at most {MAX_TAGS} tags"));
            }
        }
        Ok(Self(tags))
    }
}

/// Reads the text of a search, in lower case.
pub(super) fn search(text: &str) -> Result<String, String> {
    match text.chars().count() {
        ..=MAX_TITLE if !text.contains('\0') => Ok(folded(text)),
        ..=MAX_TITLE => Err("must not contain the character NUL".into()),
        length => Err(format!("must be at most {MAX_TITLE} characters, got {length}")),
    }
}

fn folded(text: &str) -> String {
    text.to_lowercase()
}

/// Reads a JSON string. Postgres cannot store NUL.
fn text(value: Value) -> Result<String, String> {
    match value {
        Value::String(text) if text.contains('\0') => Err("must not contain the character NUL".into()),
        Value::String(text) => Ok(text),
        other => Err(format!("must be a string, got {}", kind(&other))),
    }
}

/// Trims a text, and checks that some of it is visible. It trims Unicode's white space, and the byte-order mark,
/// because browsers trim that too.
fn visible(text: &str, limit: usize) -> Result<String, String> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let length = text.chars().count();
    if !(1..=limit).contains(&length) {
        return Err(format!("must be 1 to {limit} characters, got {length}"));
    }
    if text.chars().all(|c| BLANK.iter().any(|range| range.contains(&c))) {
        return Err("must have a character that can be seen".into());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn title(text: &str) -> Option<String> {
        Title::parse(json!(text)).ok().map(|title| title.0)
    }

    #[test]
    fn a_title_has_1_to_200_characters_after_trimming() {
        assert_eq!(title(""), None);
        assert_eq!(title(" \t\u{2003}\n\u{feff}\u{85}"), None);
        assert_eq!(title("\u{feff} a\u{85}"), Some("a".into()));
        assert_eq!(title(&"é".repeat(200)), Some("é".repeat(200)));
        assert_eq!(title(&"👩🏽".repeat(100)), Some("👩🏽".repeat(100)), "a skin tone is a character of its own");
        assert_eq!(title(&"👩🏽".repeat(101)), None);
        assert_eq!(title("a\0b"), None);
    }

    #[test]
    fn a_title_of_nothing_visible_is_refused_and_what_shapes_a_character_is_kept() {
        for blank in ["\u{200b}", "\u{2800}\u{3164}", "\u{ad}\u{200d}", "\u{1}", "\u{e0001}"] {
            assert_eq!(title(blank), None, "{blank:?}");
        }
        assert_eq!(title("❤\u{fe0f}"), Some("❤\u{fe0f}".into()));
    }

    #[test]
    fn every_white_space_is_blank() {
        for c in (char::MIN..=char::MAX).filter(|c| c.is_whitespace() || c.is_control()) {
            assert!(BLANK.iter().any(|range| range.contains(&c)), "{c:?}");
        }
    }

    #[test]
    fn tags_are_trimmed_and_kept_once_in_their_order() {
        assert_eq!(Tags::parse(json!(["b", " a ", "b", "B"])), Ok(Tags(vec!["b".into(), "a".into(), "B".into()])));
        let numbered = |count: usize| (0..count).map(|n| json!(n.to_string())).collect::<Vec<_>>();
        assert!(Tags::parse(numbered(20).into()).is_ok());
        for wrong in [json!("a"), json!([""]), json!(["a,b"]), json!([1]), json!(["a".repeat(51)]), numbered(21).into()]
        {
            assert!(Tags::parse(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
