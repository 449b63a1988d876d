//! Converts YAML to JSON. It keeps the order of members, because readers see the operations in that order.

use std::error::Error;

use saphyr::{LoadableYamlNode as _, Scalar, Yaml};
use serde::{
    Serialize, Serializer,
    ser::{Error as _, SerializeMap as _},
};

/// Converts the one document in a text. Aliases are resolved, and comments are dropped.
pub(crate) fn to_json(text: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let documents = Yaml::load_from_str(text)?;
    Ok(serde_json::to_vec(&Node(documents.first().ok_or("the file is empty")?))?)
}

struct Node<'a>(&'a Yaml<'a>);

impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Yaml::Value(Scalar::Null) => serializer.serialize_unit(),
            Yaml::Value(Scalar::Boolean(value)) => serializer.serialize_bool(*value),
            Yaml::Value(Scalar::Integer(value)) => serializer.serialize_i64(*value),
            Yaml::Value(Scalar::FloatingPoint(value)) => serializer.serialize_f64(value.into_inner()),
            Yaml::Value(Scalar::String(value)) => serializer.serialize_str(value),
            Yaml::Sequence(elements) => serializer.collect_seq(elements.iter().map(Node)),
            Yaml::Mapping(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    let name = name.as_str().ok_or_else(|| S::Error::custom("a name is not a string"))?;
                    map.serialize_entry(name, &Node(value))?;
                }
                map.end()
            }
            other => Err(S::Error::custom(format!("JSON cannot express {other:?}"))),
        }
    }
}
