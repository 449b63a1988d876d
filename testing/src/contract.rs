//! Answers held to openapi.yaml: the status, the headers and the body are those that the document gives the operation.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{LazyLock, Mutex, PoisonError},
};

use jsonschema::Validator;
use saphyr::{LoadableYamlNode as _, Yaml};
use serde_json::{Value, json};

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("openapi.yaml");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let documents = Yaml::load_from_str(&text).unwrap_or_else(|error| panic!("openapi.yaml: {error}"));
    to_json(documents.first().expect("openapi.yaml has a document"))
});

/// Schemas that have been compiled, by their text.
static SCHEMAS: LazyLock<Mutex<BTreeMap<String, &'static Validator>>> = LazyLock::new(Mutex::default);

/// What the document says wrong of an answer, or the answer does.
pub(crate) fn violations(
    (method, path): (&str, &str),
    status: u16,
    headers: &BTreeMap<String, String>,
    body: Option<&Value>,
) -> Vec<String> {
    let operation = &DOCUMENT["paths"][path][method.to_ascii_lowercase()];
    let response = resolved(&operation["responses"][status.to_string()]);
    if response.is_null() {
        return vec![format!("openapi.yaml gives {method} {path} no {status}")];
    }
    let mut wrong = Vec::new();
    let declared = response["headers"].as_object().cloned().unwrap_or_default();
    for (name, header) in &declared {
        let header = resolved(header);
        match headers.get(&name.to_ascii_lowercase()) {
            Some(value) => {
                let schema = &header["schema"];
                wrong.extend(mismatch(&format!("the header {name}"), schema, &of_text(value, schema)));
            }
            None if header["required"] == true => wrong.push(format!("the header {name} is missing")),
            None => {}
        }
    }
    let is_declared =
        |name: &str| name == "content-type" || declared.keys().any(|known| known.eq_ignore_ascii_case(name));
    wrong.extend(
        headers.keys().filter(|name| !is_declared(name)).map(|name| format!("nobody says that there is {name}")),
    );
    let schema = &response["content"]["application/json"]["schema"];
    match body {
        Some(body) if !schema.is_null() => wrong.extend(mismatch("the body", schema, body)),
        Some(_) => wrong.push("nobody says that there is a body".to_owned()),
        None if !schema.is_null() => wrong.push("the body is missing".to_owned()),
        None => {}
    }
    wrong
}

/// A header, as the number that its schema takes it for.
fn of_text(text: &str, schema: &Value) -> Value {
    let number = (schema["type"] == "integer").then(|| text.parse::<i64>().ok()).flatten();
    number.map_or_else(|| json!(text), Value::from)
}

fn resolved(value: &Value) -> &Value {
    match value["$ref"].as_str() {
        Some(reference) => DOCUMENT.pointer(reference.trim_start_matches('#')).expect("references lead somewhere"),
        None => value,
    }
}

fn mismatch(what: &str, schema: &Value, value: &Value) -> Option<String> {
    let errors: Vec<_> =
        validator(schema).iter_errors(value).map(|error| format!("{error} at {}", error.instance_path())).collect();
    (!errors.is_empty()).then(|| format!("{what} is not as openapi.yaml says: {}", errors.join("; ")))
}

fn validator(schema: &Value) -> &'static Validator {
    let mut schemas = SCHEMAS.lock().unwrap_or_else(PoisonError::into_inner);
    schemas.entry(schema.to_string()).or_insert_with(|| {
        // Its references begin at the document.
        let whole = json!({ "components": DOCUMENT["components"], "allOf": [schema] });
        let validator = jsonschema::draft202012::options().should_validate_formats(true).build(&whole);
        Box::leak(Box::new(validator.unwrap_or_else(|error| panic!("openapi.yaml: {error}: {schema}"))))
    })
}

fn to_json(yaml: &Yaml<'_>) -> Value {
    if let Some(members) = yaml.as_mapping() {
        let member =
            |(name, value): (&Yaml<'_>, &Yaml<'_>)| (name.as_str().expect("a name").to_owned(), to_json(value));
        return Value::Object(members.iter().map(member).collect());
    }
    if let Some(elements) = yaml.as_sequence() {
        return elements.iter().map(to_json).collect();
    }
    yaml.as_str()
        .map(Value::from)
        .or_else(|| yaml.as_integer().map(Value::from))
        .or_else(|| yaml.as_floating_point().map(Value::from))
        .or_else(|| yaml.as_bool().map(Value::from))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: (&str, &str) = ("GET", "/api/{user_id}/tasks");

    fn headers() -> BTreeMap<String, String> {
        let all = [
            ("x-request-id", "1"),
            ("cache-control", "private, no-cache"),
            ("vary", "Authorization"),
            ("access-control-expose-headers", "ETag"),
            ("etag", "\"1.00000000-0000-0000-0000-000000000000.0\""),
            ("x-total-count", "0"),
            ("content-type", "application/json"),
        ];
        all.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
    }

    #[test]
    fn what_the_document_says_is_let_pass() {
        assert_eq!(violations(LIST, 200, &headers(), Some(&json!([]))), Vec::<String>::new());
    }

    #[test]
    fn what_it_does_not_say_is_told() {
        let with = |name: &str, value: &str| {
            let mut headers = headers();
            headers.insert(name.to_owned(), value.to_owned());
            headers
        };
        let without = |name: &str| {
            let mut headers = headers();
            headers.remove(name);
            headers
        };
        for (status, headers, body, told) in [
            (202, headers(), Some(json!([])), "no 202"),
            (200, without("etag"), Some(json!([])), "the header ETag is missing"),
            (200, with("etag", "\"7\""), Some(json!([])), "the header ETag is not"),
            (200, with("x-total-count", "many"), Some(json!([])), "the header X-Total-Count is not"),
            (200, with("x-powered-by", "us"), Some(json!([])), "x-powered-by"),
            (200, headers(), Some(json!([{ "title": "x" }])), "the body is not"),
            (200, headers(), None, "the body is missing"),
            (304, without("x-total-count"), Some(json!([])), "nobody says that there is a body"),
        ] {
            let wrong = violations(LIST, status, &headers, body.as_ref());
            assert!(wrong.len() == 1 && wrong[0].contains(told), "{told}: {wrong:?}");
        }
    }
}
