//! Any text as a token. Whoever has no key can only repeat what has been signed.
#![no_main]

use std::{collections::HashSet, sync::LazyLock};

use fuzz::{USER, VERIFIER, honest, user};
use libfuzzer_sys::{Corpus, fuzz_target};

/// What is signed in the honest tokens. The signatures may be others: those of PS256 are random, and each of ES256 has
/// a twin.
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
