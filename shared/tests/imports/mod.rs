//! Finds the imports of a Rust file, as far as the tests of the layers and circles need it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The text of a file without its unit tests, because those may use anything.
pub(crate) fn read(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().to_owned()
}

/// The names after `prefix` in a text, alone or in braces: `crate::a::B` and `crate::{a::B, c}`.
pub(crate) fn named(text: &str, prefix: &str) -> BTreeSet<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices(prefix) {
        let rest = &text[at + prefix.len()..];
        if !rest.starts_with('{') {
            found.insert(word(rest));
            continue;
        }
        let mut depth = 0;
        for (at, character) in rest.char_indices() {
            match character {
                '{' => depth += 1,
                '}' if depth == 1 => break,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 1 && matches!(character, '{' | ',') {
                found.insert(word(rest[at + 1..].trim_start()));
                found.remove(""); // after the last comma
            }
        }
    }
    found
}

/// All files in a folder and in its subfolders.
pub(crate) fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}
