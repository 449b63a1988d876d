//! Facts that are stated in more than one place must agree. (Every test checks its answers against `openapi.yaml`.)

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;
use testing::{
    openapi::{self, resolved, validator},
    routes, yaml,
};

use crate::start;

/// The routes are stated for three readers: cargo-lambda (Cargo.toml), SAM (template.yaml) and people (openapi.yaml).
#[test]
fn the_template_deploys_the_routes_of_the_watch_router() {
    assert_eq!(routes::deployed(&yaml::file("template.yaml")), routes::watched());
}

/// Nobody would notice a binary that nothing starts.
#[test]
fn every_binary_is_deployed_with_a_route_or_as_the_purge_with_a_schedule() {
    let template = yaml::file("template.yaml");
    let scheduled = routes::scheduled(&template);
    let [(expression, purge)] = &Vec::from_iter(scheduled)[..] else { panic!("expected one schedule, the purge's") };
    assert_eq!(purge, "purge-trash");
    // Minute, hour, day of the month, month, day of the week, year.
    let fields: Vec<_> = expression.trim_start_matches("cron(").trim_end_matches(')').split(' ').collect();
    assert!(matches!(fields[..], [_, _, "?", "*", "SUN", "*"]), "not once a week: {expression}");

    let routed = routes::deployed(&template).into_iter().map(|(_, binary)| binary);
    let binaries = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bin")).unwrap();
    let binaries = binaries.map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned());
    assert_eq!(routed.chain([purge.clone()]).collect::<BTreeSet<_>>(), binaries.collect());
}

#[test]
fn the_table_of_routes_has_every_route_with_its_binary() {
    let table = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/architecture.md")).unwrap();
    for (route, binary) in routes::watched() {
        let (method, path) = route.split_once(' ').unwrap();
        let row = table.lines().find(|line| line.contains(&format!("/{binary}.rs)"))).unwrap_or_default();
        assert!(row.contains(method) && row.contains(path.trim_end_matches("/{file}")), "{route}: {row}");
    }
}

#[test]
fn openapi_describes_the_routes_of_the_watch_router() {
    let watched: BTreeSet<_> = routes::watched().into_iter().map(|(route, _)| route).collect();
    assert_eq!(routes::documented(openapi::document()), watched);
}

/// Answers to both methods are checked against what PATCH declares.
#[test]
fn openapi_describes_put_as_it_does_patch() {
    let task = &openapi::document()["paths"]["/api/{user_id}/tasks/{task_id}"];
    for part in ["parameters", "requestBody", "responses"] {
        assert_eq!(task["put"][part], task["patch"][part], "{part}");
    }
}

#[test]
fn every_parameter_header_and_body_of_openapi_has_examples_that_its_schema_allows() {
    let document = openapi::document();
    let mut described = Vec::new();
    gather(document, "", &mut described);
    assert!(described.len() > 50, "{}", described.len());
    for (place, object) in described {
        let examples = examples(object);
        assert!(!examples.is_empty(), "{place} has no example");
        let schema = validator(document, &object["schema"]);
        for example in examples {
            let wrong: Vec<_> = schema.iter_errors(example).map(|error| error.to_string()).collect();
            assert!(wrong.is_empty(), "{place}: {example}: {wrong:?}");
        }
    }
}

/// Swagger UI fills in the examples of parameters. With an `If-Match` or a cursor that nobody asked for, the first try of
/// an operation would fail.
#[test]
fn openapi_gives_optional_parameters_examples_only_in_their_schemas() {
    let mut described = Vec::new();
    gather(openapi::document(), "", &mut described);
    let optional: Vec<_> = described.into_iter().filter(|(_, object)| is_optional(object)).collect();
    assert!(optional.len() > 15, "{}", optional.len());
    for (place, object) in optional {
        assert!(object.get("example").is_none() && object.get("examples").is_none(), "{place}");
    }
}

/// So nobody has to guess what an error looks like.
#[test]
fn every_error_code_has_an_example() {
    let document = openapi::document();
    let mut described = Vec::new();
    gather(document, "", &mut described);
    let shown =
        described.iter().flat_map(|(_, object)| examples(object)).filter_map(|example| example["code"].as_str());
    let codes = document.pointer("/components/schemas/Error/properties/code/enum").and_then(Value::as_array);
    let codes = codes.expect("the codes").iter().filter_map(Value::as_str);
    assert_eq!(shown.collect::<BTreeSet<_>>(), codes.collect());
}

#[test]
fn every_example_of_a_schema_of_openapi_is_allowed_by_it() {
    let document = openapi::document();
    let schemas = document["components"]["schemas"].as_object().expect("the schemas");
    let mut shown = 0;
    for (name, schema) in schemas {
        let validator = validator(document, schema);
        for example in schema["examples"].as_array().into_iter().flatten() {
            let wrong: Vec<_> = validator.iter_errors(example).map(|error| error.to_string()).collect();
            assert!(wrong.is_empty(), "{name}: {example}: {wrong:?}");
            shown += 1;
        }
    }
    assert!(shown > 10, "{shown}");
}

/// Generators read `discriminator`, validators read `oneOf`, and people read the examples: all must name the same
/// operations.
#[test]
fn every_operation_of_a_batch_is_described_once_and_has_an_example() {
    let document = openapi::document();
    let operation = &document["components"]["schemas"]["Operation"];
    let mapped = operation["discriminator"]["mapping"].as_object().expect("a mapping");
    let choices = operation["oneOf"].as_array().expect("the choices").iter().map(|choice| {
        let name = resolved(document, choice)["properties"]["op"]["const"].as_str().expect("a constant `op`");
        (name, choice["$ref"].as_str().expect("a reference"))
    });
    let mapping = mapped.iter().map(|(name, target)| (name.as_str(), target.as_str().expect("a reference")));
    assert_eq!(choices.collect::<BTreeSet<_>>(), mapping.collect());

    let body = &document["components"]["requestBodies"]["Batch"]["content"]["application/json"];
    let operations = examples(body).into_iter().filter_map(|batch| batch["operations"].as_array()).flatten();
    let shown: BTreeSet<_> = operations.filter_map(|operation| operation["op"].as_str()).collect();
    assert_eq!(shown, mapped.keys().map(String::as_str).collect());
}

/// Collects everything that has a schema but is not one: parameters, headers, and bodies of one type.
fn gather<'a>(value: &'a Value, place: &str, found: &mut Vec<(String, &'a Value)>) {
    if value.get("schema").is_some_and(Value::is_object) {
        found.push((place.to_owned(), value));
    }
    let members = value.as_object().into_iter().flatten().map(|(name, member)| (name.clone(), member));
    let elements = value.as_array().into_iter().flatten().enumerate().map(|(at, element)| (at.to_string(), element));
    for (name, part) in
        members.chain(elements).filter(|(name, _)| !["example", "examples", "schema"].contains(&&**name))
    {
        gather(part, &format!("{place}/{name}"), found);
    }
}

/// The examples of a parameter, header or body. An optional parameter has them in its schema.
fn examples(object: &Value) -> Vec<&Value> {
    if is_optional(object) {
        return object["schema"]["examples"].as_array().into_iter().flatten().collect();
    }
    let several = object["examples"].as_object().into_iter().flatten();
    let several = several.map(|(_, example)| &resolved(openapi::document(), example)["value"]);
    object.get("example").into_iter().chain(several).collect()
}

fn is_optional(object: &Value) -> bool {
    object.get("in").is_some() && object["required"] != true
}

/// When deployed, the gateway sets the headers for browsers. Without a gateway, the function does.
#[tokio::test]
async fn the_template_lets_other_origins_read_what_the_functions_do() {
    let api = start().await;
    let answer = api.get("/health").send().await;
    let exposed: BTreeSet<_> = answer.header("access-control-expose-headers").unwrap().split(", ").collect();
    let template = yaml::file("template.yaml");
    let cors = &template["Resources"]["Api"]["Properties"]["CorsConfiguration"][1];
    let mut deployed: BTreeSet<_> =
        cors["ExposeHeaders"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(deployed.remove("X-Amzn-Remapped-WWW-Authenticate"), "the gateway renames the header to this");
    assert_eq!(exposed, deployed);

    let document = openapi::document();
    let headers = document["components"]["responses"].as_object().unwrap().values();
    let declared: BTreeSet<_> =
        headers.flat_map(|response| response["headers"].as_object().unwrap().keys().map(String::as_str)).collect();
    // A script does not need these. (A browser shows it the first one anyway.)
    let unread = BTreeSet::from([
        "Cache-Control",
        "Content-Encoding",
        "Content-Security-Policy",
        "Vary",
        "X-Content-Type-Options",
    ]);
    assert_eq!(&declared - &unread, exposed);
}

/// Without this setting, cargo-lambda builds with `panic = "abort"`. A panic would then end a deployed function,
/// although every test gets an answer.
#[test]
fn the_release_profile_says_that_panics_unwind() {
    assert!(read("Cargo.toml").lines().any(|line| line.starts_with("panic = \"unwind\"")));
}

fn read(file: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    fs::read_to_string(root.join(file)).expect(file)
}
