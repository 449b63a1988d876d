//! Checks every answer of the API against `openapi.yaml`.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use jsonschema::{Draft, Validator};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::{answer::Answer, yaml};

/// Headers that an answer may have although they are not declared. The body's type is declared as the key of `content`,
/// and the gateway replaces the other header.
const UNDECLARED: [&str; 2] = ["content-type", "access-control-expose-headers"];

/// The document. It is read once in each process.
pub fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| yaml::file("openapi.yaml"))
}

/// A validator for a schema of `document`. It also checks the formats that JSON Schema knows.
pub fn validator(document: &Value, schema: &Value) -> Validator {
    let whole = json!({ "allOf": [schema], "components": document["components"] });
    let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
    options.build(&whole).unwrap_or_else(|error| panic!("not a schema, {error}: {schema}"))
}

/// An object of the document, or the target of its `$ref`.
pub fn resolved<'a>(document: &'a Value, object: &'a Value) -> &'a Value {
    match object["$ref"].as_str() {
        Some(reference) => {
            let pointer = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
            pointer.unwrap_or_else(|| panic!("{reference} does not exist"))
        }
        None => object,
    }
}

/// Reads the answer that a function returns. The test fails if the document does not describe it. `operation` is its id
/// or its route, as in `GET /health`.
pub fn answer(operation: &str, response: &Value) -> Answer {
    static ANSWERS: OnceLock<Answers> = OnceLock::new();
    let answer = Answer::read(response);
    let violations = ANSWERS.get_or_init(|| Answers::of(document())).violations(operation, &answer);
    assert!(
        violations.is_empty(),
        "the answer of {operation} is not as openapi.yaml describes it: {violations:#?}\n{answer:#?}"
    );
    answer
}

/// Fails the test if a request succeeded with a query parameter that the document does not have. `route` is as in
/// `GET /health`.
pub fn assert_parameters(route: &str, event: &Value, answer: &Answer) {
    if answer.status >= 300 || answer.header("x-ignored").is_some() {
        return;
    }
    let (method, path) = route.split_once(' ').expect("a route has a method");
    let item = &document()["paths"][path];
    let declared = [&item["parameters"], &item[method.to_lowercase()]["parameters"]];
    let declared = declared.into_iter().filter_map(Value::as_array).flatten().map(|each| resolved(document(), each));
    let declared: Vec<_> = declared.filter(|each| each["in"] == "query").map(|each| &each["name"]).collect();
    let query = event["rawQueryString"].as_str().unwrap_or_default();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let name = percent_decode_str(pair.split('=').next().unwrap_or_default()).decode_utf8_lossy();
        assert!(declared.iter().any(|declared| **declared == *name), "openapi.yaml has no parameter {name} of {route}");
    }
}

/// The declared answers by operation and status. Each operation occurs twice: by its id and by its route.
struct Answers(BTreeMap<String, Arc<BTreeMap<u16, Declared>>>);

/// A declared answer of an operation.
struct Declared {
    /// The headers by name, in lower case.
    headers: BTreeMap<String, Header>,
    /// The bodies by type. JSON has a schema; other types need none.
    bodies: BTreeMap<String, Option<Arc<Validator>>>,
}

struct Header {
    is_required: bool,
    value: Arc<Validator>,
}

impl Answers {
    fn of(document: &Value) -> Self {
        let mut schemas = Schemas { document, compiled: BTreeMap::new() };
        let items = members(&document["paths"]);
        let items =
            items.flat_map(|(path, item)| members(item).map(move |(method, operation)| (path, method, operation)));
        let mut answers = BTreeMap::new();
        for (path, method, operation) in items {
            let Some(name) = operation["operationId"].as_str() else { continue };
            let declared = members(&operation["responses"]).map(|(status, response)| {
                let status =
                    status.parse().unwrap_or_else(|_| panic!("{name} declares {status}, which is not a status"));
                (status, schemas.declared(resolved(document, response)))
            });
            let declared = Arc::new(declared.collect());
            answers.insert(format!("{} {path}", method.to_uppercase()), Arc::clone(&declared));
            answers.insert(name.to_owned(), declared);
        }
        Self(answers)
    }

    fn violations(&self, operation: &str, answer: &Answer) -> Vec<String> {
        let Some(operation) = self.0.get(operation) else { return vec!["there is no such operation".to_owned()] };
        let Some(declared) = operation.get(&answer.status) else { return vec![format!("no {}", answer.status)] };
        let mut violations = Vec::new();
        for (name, header) in &declared.headers {
            match answer.header(name) {
                None if header.is_required => violations.push(format!("{name} is missing")),
                Some(value) if !header.takes(value) => violations.push(format!("{name} is {value:?}")),
                _ => {}
            }
        }
        let names = answer.headers().map(|(name, _)| name).filter(|name| !UNDECLARED.contains(name));
        violations.extend(
            names.filter(|name| !declared.headers.contains_key(*name)).map(|name| format!("{name} is not declared")),
        );
        let content_type = answer.header("content-type");
        let media = content_type.map(|media| media.strip_suffix("; charset=utf-8").unwrap_or(media));
        match media.map(|media| declared.bodies.get(media)) {
            None if !declared.bodies.is_empty() || !answer.bytes().is_empty() => {
                violations.push("its body has no type".to_owned());
            }
            Some(None) if declared.bodies.is_empty() => violations.push("it has a body".to_owned()),
            Some(None) => violations.push(format!("it is {content_type:?}")),
            Some(Some(Some(schema))) if answer.header("content-encoding").is_none() => violations
                .extend(schema.iter_errors(answer.json()).map(|error| format!("{}: {error}", error.instance_path()))),
            _ => {}
        }
        violations
    }
}

impl Header {
    /// A header's value is text, even if a number is declared.
    fn takes(&self, value: &str) -> bool {
        let number = value.parse::<i64>().ok().filter(|number| number.to_string() == value);
        self.value.is_valid(&json!(value)) || number.is_some_and(|number| self.value.is_valid(&json!(number)))
    }
}

/// The compiled schemas. Most answers share theirs.
struct Schemas<'a> {
    document: &'a Value,
    compiled: BTreeMap<String, Arc<Validator>>,
}

impl Schemas<'_> {
    fn declared(&mut self, response: &Value) -> Declared {
        let headers = members(&response["headers"]).map(|(name, header)| {
            let header = resolved(self.document, header);
            let is_required = header["required"] == true;
            (name.to_ascii_lowercase(), Header { is_required, value: self.validator(&header["schema"]) })
        });
        let headers = headers.collect();
        let bodies = members(&response["content"]).map(|(media, content)| {
            let schema = content.get("schema").map(|schema| self.validator(schema));
            assert!(media != "application/json" || schema.is_some(), "JSON has a schema: {response}");
            (media.to_owned(), schema)
        });
        Declared { headers, bodies: bodies.collect() }
    }

    fn validator(&mut self, schema: &Value) -> Arc<Validator> {
        let compile = || Arc::new(validator(self.document, schema));
        Arc::clone(self.compiled.entry(schema.to_string()).or_insert_with(compile))
    }
}

fn members(object: &Value) -> impl Iterator<Item = (&str, &Value)> {
    object.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TASK: &str = "/components/responses/Task";

    /// The answer to reading the document's example task.
    fn response() -> Value {
        let body = document().pointer(&format!("{TASK}/content/application~1json/example")).unwrap();
        json!({
            "statusCode": 200,
            "headers": {
                "Content-Type": "application/json",
                "X-Request-Id": "JKJaXmPLvHcESHA=",
                "Cache-Control": "private, no-cache",
                "Vary": "Authorization",
                "Access-Control-Expose-Headers": "ETag",
                "ETag": "\"2.7\"",
            },
            "body": body.to_string(),
            "isBase64Encoded": false,
        })
    }

    fn violations(document: &Value, response: &Value) -> Vec<String> {
        Answers::of(document).violations("get-task", &Answer::read(response))
    }

    fn assert_one(document: &Value, response: &Value, expected: &str) {
        let violations = violations(document, response);
        assert!(violations.len() == 1 && violations[0].contains(expected), "{expected}: {violations:?}");
    }

    #[test]
    fn what_the_document_describes_passes() {
        assert_eq!(violations(document(), &response()), Vec::<String>::new());
        assert_eq!(Answers::of(document()).violations("no-task", &Answer::read(&response())).len(), 1);
    }

    #[test]
    fn an_answer_that_the_document_does_not_describe_is_reported() {
        let changed = |place: &str, name: &str, value: Value| {
            let mut response = response();
            response.pointer_mut(place).unwrap()[name] = value;
            response
        };
        let with_body = |change: &dyn Fn(&mut Value)| {
            let mut body = serde_json::from_str(response()["body"].as_str().unwrap()).unwrap();
            change(&mut body);
            changed("", "body", body.to_string().into())
        };
        for (response, expected) in [
            (changed("", "statusCode", json!(202)), "no 202"),
            (changed("", "body", json!("")), "null is not"),
            (changed("/headers", "ETag", json!("\"7\"")), "etag is"),
            (changed("/headers", "ETag", Value::Null), "etag is missing"),
            (changed("/headers", "X-Request-Id", json!("")), "x-request-id is"),
            (changed("/headers", "X-Colour", json!("red")), "x-colour is not declared"),
            (changed("/headers", "Content-Type", json!("text/plain")), "text/plain"),
            (with_body(&|body| body["colour"] = json!("red")), "colour"),
            (with_body(&|body| body["title"] = json!("\u{200b}")), "/title"),
            (with_body(&|body| body["created_at"] = json!("2026-13-02T08:21:07.904113Z")), "/created_at"),
            (with_body(&|body| drop(body.as_object_mut().unwrap().remove("tags"))), "tags"),
        ] {
            assert_one(document(), &response, expected);
        }
    }

    /// A value must match one branch of a schema with choices, and not a mixture of them.
    #[test]
    fn each_result_of_a_batch_must_match_its_branch() {
        let task = document().pointer(&format!("{TASK}/content/application~1json/example")).unwrap();
        let violations = |result: Value| {
            let mut response = response();
            response["headers"].as_object_mut().unwrap().remove("ETag");
            response["body"] = json!({ "results": [result] }).to_string().into();
            Answers::of(document()).violations("batch-tasks", &Answer::read(&response))
        };
        // A task is left out if all tasks together would be too large for an answer.
        for result in [json!({ "status": 201, "task": task }), json!({ "status": 200 }), json!({ "status": 204 })] {
            assert_eq!(violations(result.clone()), Vec::<String>::new(), "{result}");
        }
        for result in [
            json!({ "task": task }),
            json!({ "status": 204, "task": task }),
            json!({ "status": 202, "task": task }),
            json!({ "status": 200, "task": { "title": "x" } }),
            json!({ "status": 204, "id": 1 }),
        ] {
            let violations = violations(result.clone());
            assert!(violations.len() == 1 && violations[0].starts_with("/results/0"), "{result}: {violations:?}");
        }
    }

    #[test]
    fn an_answer_without_something_that_the_document_requires_is_reported() {
        let without = |place: &str, name: &str| {
            let mut document = document().clone();
            let removed = document.pointer_mut(place).unwrap().as_object_mut().unwrap().remove(name);
            assert!(removed.is_some(), "{place}/{name}");
            document
        };
        let get = "/paths/~1api~1{user_id}~1tasks~1{task_id}/get/responses";
        for (document, expected) in [
            (without(get, "200"), "no 200"),
            (without(&format!("{TASK}/headers"), "ETag"), "etag is not declared"),
            (without(TASK, "content"), "it has a body"),
            (without("/components/schemas/Task/properties", "position"), "position"),
        ] {
            assert_one(&document, &response(), expected);
        }
    }
}
