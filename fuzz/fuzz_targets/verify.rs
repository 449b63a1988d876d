//! Any text as a token. Without a key, an attacker can only repeat what has been signed.
#![no_main]

use std::{collections::HashSet, sync::LazyLock};

use fuzz::{USER, VERIFIER, honest, user};
use libfuzzer_sys::{Corpus, fuzz_target};

/// The signed part of the valid tokens. The signature can differ: PS256 is random, and each ES256 signature has a
/// second valid form.
static SIGNED: LazyLock<HashSet<String>> =
    LazyLock::new(|| honest().iter().map(|token| signed(token).to_owned()).collect());

fn signed(token: &str) -> &str {
    token.rsplit_once('.').expect("a token has dots").0
}

fuzz_target!(|input: &[u8]| -> Corpus {
    let Ok(token) = str::from_utf8(input) else { return Corpus::Reject };
    if let Some(user) = user(&VERIFIER, token) {
        assert_eq!(user.as_str(), USER);
        assert!(SIGNED.contains(signed(token)), "forged: {token}");
    }
    Corpus::Keep
});
