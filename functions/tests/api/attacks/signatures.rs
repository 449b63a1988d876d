//! The right key with a wrong signature.

use testing::token::{Key, bad_ecdsa, join, non_canonical_s, segment, split};

use super::{Attack, Refusal::Invalid, honest, honest_by, secret};

pub(super) fn all() -> Vec<Attack> {
    [damaged(), moved(), ecdsa(), ed25519(), rsa()].into_iter().flatten().collect()
}

fn keys() -> [(Key, &'static str); 7] {
    [
        (secret(), "HS256"),
        (secret(), "HS512"),
        (Key::rsa("rsa"), "RS256"),
        (Key::rsa("rsa-ps256"), "PS256"),
        (Key::p256("p256"), "ES256"),
        (Key::p384("p384"), "ES384"),
        (Key::ed25519("ed25519"), "EdDSA"),
    ]
}

/// Signatures that are shortened, lengthened or altered.
fn damaged() -> Vec<Attack> {
    let attacks = keys().into_iter().flat_map(|(key, algorithm)| {
        let token = honest_by(&key, algorithm).sign();
        let (message, signature) = split(&token);
        let flipped = |at: usize| signature.iter().enumerate().map(|(i, byte)| byte ^ u8::from(i == at)).collect();
        let signatures: [(&str, Vec<u8>); 11] = [
            ("no signature", vec![]),
            ("one byte", vec![0]),
            ("the first half", signature[..signature.len() / 2].to_vec()),
            ("all but the last byte", signature[..signature.len() - 1].to_vec()),
            ("all but the first byte", signature[1..].to_vec()),
            ("a zero after it", [&*signature, &[0]].concat()),
            ("a zero before it", [&[0], &*signature].concat()),
            ("nothing but zeros", vec![0; signature.len()]),
            ("the first bit flipped", flipped(0)),
            ("the last bit flipped", flipped(signature.len() - 1)),
            ("its text in place of its bytes", segment(&signature).into_bytes()),
        ];
        signatures.map(|(name, bytes)| Attack::new(format!("{algorithm}, {name}"), &join(message, &bytes), Invalid))
    });
    attacks.collect()
}

/// Valid signatures of another message.
fn moved() -> Vec<Attack> {
    let attacks = keys().into_iter().flat_map(|(key, algorithm)| {
        let (bob, alice) = (honest_by(&key, algorithm).claim("sub", "bob"), honest_by(&key, algorithm));
        let (bob_token, alice_token) = (bob.sign(), alice.sign());
        let ((_, of_bob), (message, _)) = (split(&bob_token), split(&alice_token));
        let payload = message.split_once('.').unwrap().1;
        let of_payload = join(message, &key.sign(payload, algorithm));
        let other_header = format!("{}.{payload}", segment(alice.header("typ", "at+jwt").header_text()));
        [
            Attack::new(format!("{algorithm}, another user's signature"), &join(message, &of_bob), Invalid),
            Attack::new(format!("{algorithm}, the signature of the payload alone"), &of_payload, Invalid),
            Attack::new(
                format!("{algorithm}, the signature with another header"),
                &join(&other_header, &split(&alice_token).1),
                Invalid,
            ),
        ]
    });
    attacks.collect()
}

/// Numbers that no valid signature has (CVE-2022-21449 and similar). The other s (n - s) is not among them, because it
/// is valid and accepted.
fn ecdsa() -> Vec<Attack> {
    let attacks =
        [(Key::p256("p256"), "ES256"), (Key::p384("p384"), "ES384")].into_iter().flat_map(|(key, algorithm)| {
            let token = honest_by(&key, algorithm).sign();
            let (message, signature) = split(&token);
            let bad = bad_ecdsa(&signature).into_iter();
            let message = message.to_owned();
            bad.map(move |(name, bytes)| Attack::new(format!("{algorithm}, {name}"), &join(&message, &bytes), Invalid))
        });
    attacks.collect()
}

fn ed25519() -> Vec<Attack> {
    let token = honest_by(&Key::ed25519("ed25519"), "EdDSA").sign();
    let (message, signature) = split(&token);
    let (r, s) = signature.split_at(32);
    let mut identity = [0; 64];
    identity[0] = 1;
    let signatures = [
        ("S + L", non_canonical_s(&signature)),
        ("R the identity and S = 0", identity.to_vec()),
        ("R the identity", [&identity[..32], s].concat()),
        ("S = 0", [r, &[0; 32]].concat()),
        ("S all ones", [r, &[0xff; 32]].concat()),
        ("S before R", [s, r].concat()),
    ];
    signatures.map(|(name, bytes)| Attack::new(format!("EdDSA, {name}"), &join(message, &bytes), Invalid)).into()
}

fn rsa() -> Vec<Attack> {
    let token = honest().key(&Key::rsa("rsa"), "RS256").sign();
    let message = split(&token).0;
    let one = [vec![0; 255], vec![1]].concat();
    let signatures = [("the number one", one), ("all ones", vec![0xff; 256]), ("a megabit", vec![1; 4000])];
    signatures.map(|(name, bytes)| Attack::new(format!("RS256, {name}"), &join(message, &bytes), Invalid)).into()
}
