//! Correctly signed tokens whose claims must be refused.

use testing::token::now;

use super::{
    AUDIENCE, Attack, ISSUER,
    Refusal::{self, Audience, Expired, Invalid, Issuer, NotYet},
    honest, with_claim, with_payload,
};

pub(super) fn all() -> Vec<Attack> {
    [times(), issuers(), audiences(), subjects()].into_iter().flatten().collect()
}

fn row(claim: &str, raw: &str, refusal: Refusal) -> Attack {
    let shown: String = raw.chars().take(40).collect();
    Attack::new(format!("{claim}: {shown}"), &with_claim(claim, raw), refusal)
}

fn without(claim: &str, refusal: Refusal) -> Attack {
    Attack::new(format!("no {claim}"), &honest().without_claim(claim).sign(), refusal)
}

/// `exp`, `nbf` and `iat`: values that are not a `NumericDate` (RFC 7519 §2), and times that are over or still to come.
fn times() -> Vec<Attack> {
    let (now, text) = (now(), format!("\"{}\"", now()));
    let no_dates = [
        "null",
        "true",
        "[]",
        "{}",
        "\"\"",
        "\"never\"",
        &text,
        "[4102444800]",
        "-1",
        "-0.5",
        "1e400",
        "-1e400",
        "NaN",
        "Infinity",
        "0x7fffffff",
        "253402300800",
        "1e300",
        "18446744073709551616",
    ];
    let wrong = ["exp", "nbf", "iat"].into_iter().flat_map(|claim| no_dates.map(|raw| row(claim, raw, Invalid)));
    let times = [
        without("exp", Invalid),
        row("exp", "0", Expired),
        row("exp", "1e-400", Expired),
        row("exp", &(now - 31).to_string(), Expired),
        row("exp", &format!("{}.5", now - 32), Expired),
        row("nbf", &(now + 120).to_string(), NotYet),
        row("nbf", &format!("{}.5", now + 120), NotYet),
        row("nbf", "253402300799", NotYet),
        row("iat", &(now + 120).to_string(), NotYet),
        row("iat", "253402300799", NotYet),
    ];
    wrong.chain(times).collect()
}

fn issuers() -> Vec<Attack> {
    let values = [
        "null".to_owned(),
        "5".to_owned(),
        "\"\"".to_owned(),
        "{}".to_owned(),
        "\"https://stranger.example\"".to_owned(),
        format!("[\"{ISSUER}\"]"),
        format!("\"{ISSUER}/\""),
        format!("\"{ISSUER}.stranger.example\""),
        format!("\" {ISSUER}\""),
        format!("\"{}\"", ISSUER.to_uppercase()),
        format!("\"https://other-issuer.example, {ISSUER}\""),
        "\"https://issuer.exampl\"".to_owned(),
    ];
    values.iter().map(|raw| row("iss", raw, Issuer)).chain([without("iss", Issuer)]).collect()
}

fn audiences() -> Vec<Attack> {
    let values = [
        "null".to_owned(),
        "5".to_owned(),
        "\"\"".to_owned(),
        "[]".to_owned(),
        "\"https://stranger.example\"".to_owned(),
        "[\"https://stranger.example\",\"tasks\"]".to_owned(),
        format!("[\"{AUDIENCE}\",5]"),
        format!("[null,\"{AUDIENCE}\"]"),
        format!("[[\"{AUDIENCE}\"]]"),
        format!("{{\"0\":\"{AUDIENCE}\"}}"),
        format!("\"{AUDIENCE}/\""),
        format!("\"{AUDIENCE} https://stranger.example\""),
        format!("\"https://other-tasks.example,{AUDIENCE}\""),
    ];
    values.iter().map(|raw| row("aud", raw, Audience)).chain([without("aud", Audience)]).collect()
}

fn subjects() -> Vec<Attack> {
    let values = [
        "null".to_owned(),
        "\"\"".to_owned(),
        "5".to_owned(),
        "true".to_owned(),
        "[]".to_owned(),
        "[\"alice\"]".to_owned(),
        "{\"id\":\"alice\"}".to_owned(),
        format!("\"{}\"", "a".repeat(256)),
        format!("\"{}\"", "é".repeat(128)),
        r#""alice\u0000""#.to_owned(),
        r#""\u0000""#.to_owned(),
        r#""alice\n""#.to_owned(),
        r#""alice\u007f""#.to_owned(),
        r#""alice\u0085""#.to_owned(),
        r#""alice\ud800""#.to_owned(),
    ];
    let names = ["Sub", "sub ", "user_id", "id"];
    let elsewhere = names.map(|name| {
        let token = with_payload(honest().without_claim("sub").claim(name, "alice").claims_text());
        Attack::new(format!("{name} in place of sub"), &token, Invalid)
    });
    values.iter().map(|raw| row("sub", raw, Invalid)).chain([without("sub", Invalid)]).chain(elsewhere).collect()
}
