//! Any bytes as a key set. If it is read, tokens of keys that are not in it must be refused.
#![no_main]

use std::sync::LazyLock;

use fuzz::{honest, keys, user, verifier};
use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::Value;

static HONEST: LazyLock<Vec<String>> = LazyLock::new(honest);

/// The number in each public key. It shows whether a set contains one of these keys.
static MATERIAL: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let material = |jwk: Value| jwk.get("n").or_else(|| jwk.get("x")).cloned();
    keys().into_iter().filter_map(|(key, _)| material(key.jwk())).collect()
});

fuzz_target!(|input: &[u8]| -> Corpus {
    let Ok(text) = str::from_utf8(input) else { return Corpus::Reject };
    let Some(verifier) = verifier(Some(text.to_owned()), vec![]) else { return Corpus::Keep };
    let set: Value = serde_json::from_str(text).expect("a set that is read is JSON");
    let known = set["keys"].as_array().expect("keys").iter().any(|key| has_material(key));
    for token in HONEST.iter() {
        assert!(user(&verifier, token).is_none() || known, "{token} is accepted with {text}");
    }
    Corpus::Keep
});

fn has_material(key: &Value) -> bool {
    ["n", "x"].iter().any(|name| MATERIAL.contains(&key[name]))
}
