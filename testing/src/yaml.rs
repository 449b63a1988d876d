//! Reads YAML documents of the repository as JSON.

use std::{fs, path::Path};

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value};

/// A file of the workspace, by its path from the root.
pub fn file(path: &str) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    text(&fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}")))
}

/// The only document of a text. Tags such as `!Ref` are dropped.
pub fn text(yaml: &str) -> Value {
    let documents = Yaml::load_from_str(yaml).unwrap_or_else(|error| panic!("not YAML: {error}"));
    json(documents.first().expect("the file has a document"))
}

fn json(yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(value)) => (*value).into(),
        Yaml::Value(Scalar::Integer(value)) => (*value).into(),
        Yaml::Value(Scalar::FloatingPoint(value)) => value.into_inner().into(),
        Yaml::Value(Scalar::String(value)) => (&**value).into(),
        Yaml::Sequence(values) => values.iter().map(json).collect(),
        Yaml::Mapping(members) => members.iter().map(member).collect::<Map<_, _>>().into(),
        Yaml::Tagged(_, value) => json(value),
        other => panic!("cannot be read as JSON: {other:?}"),
    }
}

fn member((name, value): (&Yaml<'_>, &Yaml<'_>)) -> (String, Value) {
    let name = name.as_str().unwrap_or_else(|| panic!("a name that is not text: {name:?}"));
    (name.to_owned(), json(value))
}
