//! Headers and tokens that are malformed, however slightly.

use serde_json::json;
use testing::token::{seal, segment, split};

use super::{
    Attack,
    Refusal::{BadRequest, Invalid, Missing},
    honest, secret, with_header, with_member, with_payload,
};

pub(super) fn all() -> Vec<Attack> {
    [schemes(), segments(), encodings(), extensions(), duplicates(), objects(), sizes()].into_iter().flatten().collect()
}

/// The parts of the honest token.
fn parts() -> [String; 3] {
    let token = honest().sign();
    let parts: Vec<_> = token.split('.').map(ToOwned::to_owned).collect();
    parts.try_into().expect("a token has three parts")
}

/// Two texts as header and payload, correctly signed as they are.
fn sealed(header: &str, payload: &str) -> String {
    seal(&format!("{header}.{payload}"), &secret(), "HS256")
}

fn schemes() -> Vec<Attack> {
    let token = honest().sign();
    let header = |name: &str, value: String| Attack::with_header(name, &value, Missing);
    vec![
        Attack::with_nothing(),
        header("an empty header", String::new()),
        header("the scheme alone", "Bearer".to_owned()),
        header("the scheme and a space", "Bearer ".to_owned()),
        header("the token alone", token.clone()),
        header("another scheme", format!("Basic {token}")),
        header("a scheme that begins alike", format!("BearerToken {token}")),
        header("DPoP", format!("DPoP {token}")),
        header("JWT", format!("JWT {token}")),
        header("no space", format!("Bearer{token}")),
        header("a colon", format!("Bearer:{token}")),
        header("a tab", format!("Bearer\t{token}")),
        header("a non-breaking space", format!("Bearer\u{a0}{token}")),
        header("full-width letters", format!("\u{ff22}earer {token}")),
        Attack::with_header("two schemes", &format!("Bearer Bearer {token}"), Invalid),
        Attack::with_header("quotes", &format!("Bearer \"{token}\""), Invalid),
        Attack::with_header("a parameter", &format!("Bearer token={token}"), Invalid),
        Attack::with_header("two tokens", &format!("Bearer {token}, Bearer {token}"), BadRequest),
        Attack::with_header("two tokens at once", &format!("Bearer {token},{token}"), BadRequest),
        Attack::with_header("a token and nothing", &format!("Bearer {token},"), BadRequest),
        Attack::with_header("nothing and a token", &format!(", Bearer {token}"), BadRequest),
        Attack::with_header("a token with a realm", &format!("Bearer {token}, realm=\"tasks\""), BadRequest),
    ]
}

fn segments() -> Vec<Attack> {
    let token = honest().sign();
    let [header, payload, signature] = parts();
    let encrypted = segment(r#"{"alg":"dir","enc":"A128GCM"}"#);
    let nested = segment(&token);
    let flattened = json!({ "protected": header, "payload": payload, "signature": signature }).to_string();
    let signatures = json!([{ "protected": header, "signature": signature }]);
    let general = json!({ "payload": payload, "signatures": signatures }).to_string();
    let with_cty = segment(with_member(&honest().header_text(), "cty", "\"JWT\""));
    let one_member = json!({ "payload": token }).to_string();
    let invalid = |name: &str, token: &str| Attack::new(name, token, Invalid);
    vec![
        invalid("one word", "x"),
        invalid("one dot", "."),
        invalid("two dots", ".."),
        invalid("three dots", "..."),
        invalid("the header alone", &header),
        invalid("the header and a dot", &format!("{header}.")),
        invalid("the header and two dots", &format!("{header}..")),
        invalid("two segments", &format!("{header}.{payload}")),
        invalid("four segments", &format!("{token}.{signature}")),
        invalid("four segments, well signed", &sealed(&format!("{header}.{payload}"), &payload)),
        invalid("four segments, an empty one first", &format!(".{token}")),
        invalid("four segments, an empty one last", &format!("{token}.")),
        invalid("four segments, an empty one between", &sealed(&header, &format!(".{payload}"))),
        invalid("no header", &sealed("", &payload)),
        invalid("no payload", &sealed(&header, "")),
        invalid("five segments: JWE", &format!("{encrypted}..{nested}.{nested}.{signature}")),
        invalid("JWE of five honest parts", &format!("{token}.{payload}.{signature}")),
        invalid("the header of a JWE", &with_header(r#"{"alg":"HS256","enc":"A128GCM"}"#)),
        invalid("a token in a token", &with_payload(&token)),
        invalid("a token in a token as JSON", &with_payload(json!(token).to_string())),
        invalid("a token in base64url", &nested),
        invalid("a token in a token, with cty", &sealed(&with_cty, &nested)),
        Attack::new("general JSON serialisation", &general, BadRequest),
        Attack::new("flattened JSON serialisation", &flattened, BadRequest),
        invalid("JSON serialisation without commas", &one_member),
        invalid("JSON serialisation, encoded", &segment(flattened)),
    ]
}

/// Other encodings of the same bytes. Header and payload are signed as they are written.
fn encodings() -> Vec<Attack> {
    let token = honest().sign();
    let [header, payload, signature] = parts();
    let invalid = |name: &str, token: &str| Attack::new(name, token, Invalid);
    // Bytes that base64url encodes as `-` and `_`, and standard base64 as `+` and `/`.
    let claims = honest().claim("salt", "\u{3fe}\u{3ff}~~??>>").claims_text();
    let standard = segment(&claims).replace('-', "+").replace('_', "/");
    assert!(standard.contains(['+', '/']), "{standard}");
    let padded_payload = segment(with_padding(&honest().claims_text(), 1));
    let padded_header = segment(with_padding(&honest().header_text(), 1));
    vec![
        invalid("the standard alphabet", &sealed(&header, &standard)),
        invalid("padding after the header", &sealed(&format!("{padded_header}=="), &payload)),
        invalid("padding after the payload", &sealed(&header, &format!("{padded_payload}=="))),
        invalid("padding after the signature", &format!("{token}=")),
        invalid("stray bits in the header", &sealed(&with_stray_bits(&padded_header), &payload)),
        invalid("stray bits in the payload", &sealed(&header, &with_stray_bits(&padded_payload))),
        invalid("stray bits in the signature", &format!("{header}.{payload}.{}", with_stray_bits(&signature))),
        invalid("a space in the header", &sealed(&format!("{} {}", &header[..4], &header[4..]), &payload)),
        invalid("a space in the payload", &sealed(&header, &format!("{} {}", &payload[..4], &payload[4..]))),
        invalid("a line feed in the payload", &sealed(&header, &format!("{}\n{}", &payload[..4], &payload[4..]))),
        invalid("a carriage return after the signature", &format!("{token}\r\n x")),
        invalid("a line end after the signature", &format!("{token}\r\n")),
        invalid("a non-breaking space after the signature", &format!("{token}\u{a0}")),
        invalid("a wide space after the signature", &format!("{token}\u{3000}")),
        invalid("a space before the payload", &sealed(&header, &format!(" {payload}"))),
        invalid("a tab before the signature", &format!("{header}.{payload}.\t{signature}")),
        invalid("another word", &format!("{token} x")),
        invalid("a zero byte", &format!("{token}\0")),
        invalid("a zero byte and more", &format!("{token}\0.{signature}")),
        invalid("percent-encoding", &format!("{header}%2E{payload}%2E{signature}")),
        invalid("full-width dots", &token.replace('.', "\u{ff0e}")),
        invalid("one full-width dot", &sealed(&format!("{header}\u{ff0e}"), &payload)),
        invalid("a zero-width space", &format!("{token}\u{200b}")),
        invalid("a byte-order mark", &format!("\u{feff}{token}")),
        invalid("full-width letters", &token.replacen('e', "\u{ff45}", 1)),
        invalid("an extra letter", &format!("{header}A.{payload}.{signature}")),
        invalid("swapped parts", &sealed(&payload, &header)),
        invalid("a header that is not encoded", &sealed(&honest().header_text().replace(',', " "), &payload)),
    ]
}

/// Appends spaces until the length is `rest` modulo 3.
fn with_padding(text: &str, rest: usize) -> String {
    let missing = (3 + rest - text.len() % 3) % 3;
    format!("{text}{}", " ".repeat(missing))
}

/// Sets the unused bits of a segment's last letter, which makes another text for the same bytes. A segment has such
/// bits if its length is not a multiple of four.
fn with_stray_bits(segment: &str) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (last, rest) = segment.as_bytes().split_last().expect("a segment");
    let value = alphabet.iter().position(|letter| letter == last).expect("base64url");
    assert!(!segment.len().is_multiple_of(4) && value.is_multiple_of(2), "there are no stray bits");
    let last = char::from(alphabet[value + 1]);
    format!("{}{last}", str::from_utf8(rest).expect("base64url"))
}

/// Headers that ask for another way to read the token. A verifier that does not know it must refuse (RFC 7515 §4.1.11).
fn extensions() -> Vec<Attack> {
    let members = [
        ("crit", "[\"exp\"]"),
        ("crit", "[\"b64\"]"),
        ("crit", "[]"),
        ("crit", "null"),
        ("crit", "\"exp\""),
        ("crit", "[\"http://stranger.example/x\"]"),
        ("b64", "false"),
        ("b64", "true"),
        ("zip", "\"DEF\""),
        ("enc", "\"A128GCM\""),
    ];
    let one = members.map(|(name, raw)| {
        let header = with_member(&honest().header_text(), name, raw);
        Attack::new(format!("header {name} {raw}"), &with_header(header), Invalid)
    });
    // RFC 7797 §3: the payload is signed and sent unencoded.
    let header = segment(r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#);
    let raw = seal(&format!("{header}.{}", honest().claims_text()), &secret(), "HS256");
    let detached = format!("{header}..{}", segment(split(&raw.replace(',', "")).1));
    one.into_iter().chain([Attack::new("an unencoded payload, detached", &detached, Invalid)]).collect()
}

/// A member that occurs twice. Some parsers take the first one, others the last.
fn duplicates() -> Vec<Attack> {
    let (header, claims) = (honest().header_text(), honest().claims_text());
    let in_header = [("alg", "\"HS256\""), ("alg", "\"none\""), ("\\u0061lg", "\"none\""), ("typ", "\"JWT\"")];
    let in_claims = [
        ("sub", "\"bob\""),
        ("s\\u0075b", "\"bob\""),
        ("exp", "4102444800"),
        ("email", "\"\""),
        ("deep", r#"[{"a":{"b":1,"b":1}}]"#),
    ];
    let in_header = in_header.map(|(name, raw)| {
        Attack::new(format!("{name} twice in the header"), &with_header(with_member(&header, name, raw)), Invalid)
    });
    let in_claims = in_claims.map(|(name, raw)| {
        Attack::new(format!("{name} twice in the claims"), &with_payload(with_member(&claims, name, raw)), Invalid)
    });
    let first = Attack::new("alg none first", &with_header(r#"{"alg":"none","alg":"HS256"}"#), Invalid);
    in_header.into_iter().chain(in_claims).chain([first]).collect()
}

/// Texts that are not a usable JSON object, as header and as payload.
fn objects() -> Vec<Attack> {
    let of = |object: &str| {
        let utf16: Vec<u8> = object.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let invalid_utf8 = [object.strip_suffix('}').unwrap().as_bytes(), b",\"x\":\"\xff\"}"].concat();
        vec![
            ("nothing", vec![]),
            ("null", b"null".to_vec()),
            ("a number", b"5".to_vec()),
            ("a text", json!(object).to_string().into_bytes()),
            ("an array", format!("[{object}]").into_bytes()),
            ("an empty object", b"{}".to_vec()),
            ("two objects", format!("{object}{object}").into_bytes()),
            ("an object and a zero byte", format!("{object}\0").into_bytes()),
            ("a byte-order mark", format!("\u{feff}{object}").into_bytes()),
            ("UTF-16", utf16),
            ("invalid UTF-8", invalid_utf8),
            ("a trailing comma", object.replace('}', ",}").into_bytes()),
            ("single quotes", object.replace('"', "'").into_bytes()),
            ("a comment", object.replace('}', "/**/}").into_bytes()),
            ("a lone surrogate", with_member(object, "x", r#""\ud800""#).into_bytes()),
            ("a thousand arrays", with_member(object, "x", &"[".repeat(1000)).into_bytes()),
            (
                "a thousand closed arrays",
                with_member(object, "x", &["[".repeat(1000), "]".repeat(1000)].concat()).into_bytes(),
            ),
        ]
    };
    let headers = of(&honest().header_text()).into_iter();
    let payloads = of(&honest().claims_text()).into_iter();
    let headers = headers.map(|(name, bytes)| Attack::new(format!("{name} as header"), &with_header(bytes), Invalid));
    let payloads =
        payloads.map(|(name, bytes)| Attack::new(format!("{name} as payload"), &with_payload(bytes), Invalid));
    headers.chain(payloads).collect()
}

/// Tokens over 8 KiB. (`tokens.rs` checks that an honest token of exactly 8 KiB is accepted.)
fn sizes() -> Vec<Attack> {
    let padded = |bytes: usize| honest().claim("padding", "x".repeat(bytes)).sign();
    let over = (5000..7000).map(padded).find(|token| token.len() > 8192).expect("base64 makes it longer");
    vec![
        Attack::new("a little over 8 KiB", &over, Invalid),
        Attack::new("100 KB", &padded(100_000), Invalid),
        Attack::new("100 KB of dots", &".".repeat(100_000), Invalid),
        Attack::new("100 KB of nothing", &"A".repeat(100_000), Invalid),
    ]
}
