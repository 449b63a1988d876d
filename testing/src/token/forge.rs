//! Almost correct signatures, for known mistakes of verifiers.

use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use p256::elliptic_curve::{Curve, bigint::Encoding};

use super::join;

/// Every encoding of a point of small order on Ed25519, in hex; six of them are not canonical
/// (<https://eprint.iacr.org/2020/1244>, table 1).
const LOW_ORDER: [&str; 14] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
];

/// The order of Ed25519's group (RFC 8032 §5.1), little-endian.
const ED25519_ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// The public keys of small order. Anybody can forge signatures for them, as [`under_low_order`] does.
pub fn low_order() -> [[u8; 32]; 14] {
    LOW_ORDER.map(|hex| {
        let mut point = [0; 32];
        for (byte, digits) in point.iter_mut().zip(hex.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(str::from_utf8(digits).unwrap(), 16).unwrap();
        }
        point
    })
}

/// A token that is valid for a key of small order, forged without a private key: S is zero, R has small order, and at
/// least one message in eight fits. `message` makes a different message from each number.
pub fn under_low_order(key: &[u8; 32], message: impl Fn(u64) -> String) -> String {
    let verifier = VerifyingKey::from_bytes(key).expect("it is a point, though a weak one");
    let forged = |number| {
        let message = message(number);
        let fits = |r: &[u8; 32]| verifier.verify(message.as_bytes(), &Signature::from_components(*r, [0; 32])).is_ok();
        let r = low_order().into_iter().find(fits)?;
        Some(join(&message, &[r, [0; 32]].concat()))
    };
    (0..1000).find_map(forged).expect("one message in eight fits")
}

/// An Ed25519 signature with S + L in place of S. A verifier without a range check accepts it (RFC 8032 §5.1.7).
pub fn non_canonical_s(signature: &[u8]) -> Vec<u8> {
    let (r, s) = signature.split_at(32);
    let mut carry = 0;
    let sum = s.iter().zip(ED25519_ORDER).map(|(s, l)| {
        let sum = u16::from(*s) + u16::from(l) + carry;
        carry = sum >> 8;
        sum.to_le_bytes()[0]
    });
    r.iter().copied().chain(sum).collect()
}

/// An ES256 signature with n - s in place of s, or the reverse. It is just as valid. Anybody can make one from the
/// other, which is harmless because nothing here compares signatures by their bytes.
pub fn other_s(signature: &[u8]) -> Vec<u8> {
    let signature = p256::ecdsa::Signature::from_slice(signature).expect("a signature of ES256");
    let (r, s) = signature.split_scalars();
    let other = p256::ecdsa::Signature::from_scalars(r.to_bytes(), (-s).to_bytes());
    other.expect("neither is zero").to_vec()
}

/// An ES256 or ES384 signature, made invalid in every way that its two numbers allow.
pub fn bad_ecdsa(signature: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let length = signature.len() / 2;
    let (r, s) = signature.split_at(length);
    let zero = vec![0; length];
    let (order, der) = if length == 32 {
        let der = p256::ecdsa::Signature::from_slice(signature).unwrap().to_der().as_bytes().to_vec();
        (p256::NistP256::ORDER.to_be_bytes().to_vec(), der)
    } else {
        let der = p384::ecdsa::Signature::from_slice(signature).unwrap().to_der().as_bytes().to_vec();
        (p384::NistP384::ORDER.to_be_bytes().to_vec(), der)
    };
    vec![
        ("r = s = 0", [&*zero, &zero].concat()),
        ("r = 0", [&zero, s].concat()),
        ("s = 0", [r, &zero].concat()),
        ("r = n", [&order, s].concat()),
        ("s = n", [r, &order].concat()),
        ("r = s = n", [&*order, &order].concat()),
        ("r and s all ones", vec![0xff; 2 * length]),
        ("r = s", [r, r].concat()),
        ("s before r", [s, r].concat()),
        ("DER", der),
        ("a zero before each number", [&[0], r, &[0], s].concat()),
        ("r alone", r.to_vec()),
        ("twice", signature.repeat(2)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::Key;

    #[test]
    fn every_key_of_small_order_accepts_a_forged_signature() {
        for key in low_order() {
            assert!(VerifyingKey::from_bytes(&key).unwrap().is_weak());
            let token = under_low_order(&key, |number| format!("header.{number}"));
            assert_eq!(token.split('.').count(), 3);
        }
    }

    #[test]
    fn the_other_s_is_another_signature_of_the_same_message() {
        let signature = Key::p256("a").sign("x", "ES256");
        let other = other_s(&signature);
        assert_ne!(signature, other);
        assert_eq!(signature, other_s(&other));
    }
}
