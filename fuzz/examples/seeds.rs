//! Writes the seeds of all targets: valid input, and input that is almost valid.

use std::{fs, io, path::Path};

use fuzz::{AUDIENCE, ISSUER, USER, honest, keys};
use serde_json::json;
use testing::token::{Key, low_order, segment};

fn main() -> io::Result<()> {
    let all = keys().into_iter().map(|(key, _)| key.jwk());
    let odd = json!({ "keys": [
        { "kty": "OKP", "crv": "Ed25519", "x": segment(low_order()[10]) },
        { "kty": "EC", "crv": "P-521", "x": "AA", "y": "AA", "use": "sig", "alg": "ES512" },
        Key::p256("p256").jwk_with(json!({ "use": "enc", "key_ops": ["verify"], "alg": "ES256" })),
    ] });
    let one_each = all.clone().map(|jwk| json!({ "keys": [jwk] }).to_string());
    write("key_set", one_each.chain([json!({ "keys": all.collect::<Vec<_>>() }).to_string(), odd.to_string()]))?;

    let nearly = [".", "..", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJIUzI1NiJ9..", "{\"payload\":\"\"}"];
    write("verify", honest().into_iter().chain(nearly.map(ToOwned::to_owned)))?;

    let claims = json!({ "sub": USER, "iss": ISSUER, "aud": AUDIENCE, "exp": 4_102_444_800_u64 });
    let more = json!({ "sub": USER, "iss": ISSUER, "aud": [AUDIENCE, "x"], "exp": 4e9, "nbf": 0, "iat": 0.5 });
    let headers =
        [r#"{"alg":"HS256"}"#, r#"{"alg":"HS256","kid":"a","crit":["b64"],"b64":false}"#, r#"{"alg":"none"}"#];
    let pairs = headers.iter().flat_map(|header| [&claims, &more].map(|claims| format!("{header}\0{claims}")));
    write("claims", pairs)
}

fn write(target: &str, seeds: impl Iterator<Item = String>) -> io::Result<()> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target);
    fs::create_dir_all(&directory)?;
    for (number, seed) in seeds.enumerate() {
        fs::write(directory.join(format!("{number:02}")), seed)?;
    }
    Ok(())
}
