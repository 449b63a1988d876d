//! The routes are stated three times, for three readers: people (openapi.yaml), SAM (template.yaml) and cargo-lambda
//! (Cargo.toml). They are the same.

use std::{collections::BTreeSet, fs, path::Path};

use testing::routes;
use yaml_rust2::{Yaml, YamlLoader};

/// `GET /api/{user_id}/tasks`, and the function behind it.
type Routes = BTreeSet<(String, String)>;

#[test]

fn the_template_deploys_the_routes_of_the_watch_router() {
    assert_eq!(deployed(), watched());
}

#[test]
fn openapi_describes_the_routes_of_the_watch_router() {
    let described: BTreeSet<String> = described();
    assert_eq!(described, watched().into_iter().map(|(route, _)| route).collect());
}

fn watched() -> Routes {
    routes::watched()
}

fn described() -> BTreeSet<String> {
    const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
    let api = read("openapi.yaml");
    let paths = api["paths"].as_hash().expect("openapi.yaml has paths").iter();
    let of_path = |(path, operations): (&Yaml, &Yaml)| {
        let methods = METHODS.into_iter().filter(|method| !operations[*method].is_badvalue());
        methods.map(|method| format!("{} {}", method.to_uppercase(), text(path))).collect::<Vec<_>>()
    };
    paths.flat_map(of_path).collect()
}

fn deployed() -> Routes {
    let template = read("template.yaml");
    let resources = template["Resources"].as_hash().expect("template.yaml has resources").values();
    let functions = resources.filter(|resource| resource["Type"].as_str() == Some("AWS::Serverless::Function"));
    let of_function = |function: &Yaml| {
        let binary = text(&function["Metadata"]["BuildProperties"]["Binary"]).to_owned();
        let events = function["Properties"]["Events"].as_hash().expect("a function has events").values();
        let route = |event: &Yaml| {
            let properties = &event["Properties"];
            format!("{} {}", text(&properties["Method"]).to_uppercase(), text(&properties["Path"]))
        };
        events.map(|event| (route(event), binary.clone())).collect::<Vec<_>>()
    };
    functions.flat_map(of_function).collect()
}

fn text(yaml: &Yaml) -> &str {
    yaml.as_str().expect("text")
}

fn read(file: &str) -> Yaml {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let text = fs::read_to_string(root.join(file)).expect(file);
    YamlLoader::load_from_str(&text).expect(file).swap_remove(0)
}
