//! The layers: each module uses only modules of the layers below its own, and none above it or beside it.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod imports;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use imports::{files, named, read};

/// The layers, from the lowest. Modules of one layer do not use each other.
const LAYERS: &[&[&str]] = &[
    &["settings", "json"],
    &["telemetry", "tls"],
    &["https"],
    &["parameter_store"],
    &["auth", "db"],
    &["error"],
    &["http"],
    &["tasks"],
    &["app"],
];

/// The layers within a folder, in the same way.
const FOLDERS: &[(&str, &[&[&str]])] = &[
    (
        "auth",
        &[
            &["error", "fetch"],
            &["user", "token"],
            &["key", "claims"],
            &["key_set"],
            &["jwks"],
            &["settings"],
            &["verifier"],
        ],
    ),
    ("db", &[&["error"], &["url"], &["open", "settings"], &["pool"]]),
    (
        "http",
        &[
            &["unknown"],
            &["request"],
            &["event", "query"],
            &["authorization", "body", "path", "preconditions"],
            &["answer", "idempotency", "members"],
        ],
    ),
    (
        "tasks",
        &[
            &["text", "due_date", "cursor", "caller", "purge"],
            &["task"],
            &["changes", "fields", "list"],
            &["batch"],
            &["operations"],
            &["answers"],
        ],
    ),
    ("telemetry", &[&["record"], &["metrics", "xray"]]),
];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The number of a module's layer.
fn layer(layers: &[&[&str]], module: &str) -> Option<usize> {
    layers.iter().position(|layer| layer.contains(&module))
}

/// The imports of a module that break the rule.
fn violations(layers: &[&[&str]], module: &str, imports: &BTreeSet<String>) -> Vec<String> {
    let own = layer(layers, module).unwrap_or_else(|| panic!("{module} is in no layer: add it to one in this file"));
    let others = imports.iter().filter(|name| *name != module);
    others.filter(|name| layer(layers, name).is_some_and(|layer| layer >= own)).cloned().collect()
}

#[test]
fn every_module_uses_only_layers_below_its_own() {
    for path in files(&source()) {
        let inside = path.strip_prefix(source()).unwrap().with_extension("");
        let module = inside.iter().next().unwrap().to_string_lossy().into_owned();
        if module == "lib" {
            continue;
        }
        let imports = named(&read(&path), "crate::");
        let root: Vec<_> = imports.iter().filter(|name| layer(LAYERS, name).is_none()).collect();
        assert!(root.is_empty(), "{}: name the module, and not what lib.rs re-exports: {root:?}", inside.display());
        let violations = violations(LAYERS, &module, &imports);
        assert!(
            violations.is_empty(),
            "{} must not use {}, which is not below it",
            inside.display(),
            violations.join(", ")
        );
    }
}

#[test]
fn within_a_folder_every_file_uses_only_layers_below_its_own() {
    for (folder, layers) in FOLDERS {
        for path in files(&source().join(folder)) {
            let module = path.file_stem().unwrap().to_string_lossy().into_owned();
            let imports = named(&read(&path), "use super::");
            let parents: Vec<_> = imports.iter().filter(|name| layer(layers, name).is_none()).collect();
            assert!(parents.is_empty(), "{folder}/{module}: name the file that defines {parents:?}");
            let violations = violations(layers, &module, &imports);
            assert!(
                violations.is_empty(),
                "{folder}/{module} must not use {}, which is not below it",
                violations.join(", ")
            );
        }
    }
}

#[test]
fn an_import_is_found_in_every_way_of_writing_it() {
    let text = "use crate::{\n    a::{B, c::D},\n    e,\n    f::G,\n};\nuse crate::h::I;\nlet x = crate::j::k();";
    assert_eq!(named(text, "crate::").into_iter().collect::<Vec<_>>(), ["a", "e", "f", "h", "j"]);
    let upwards = named("use crate::app::App;", "crate::");
    assert_eq!(violations(LAYERS, "db", &upwards), ["app"]);
    assert_eq!(
        violations(LAYERS, "db", &named("use crate::auth::UserId;", "crate::")),
        ["auth"],
        "not beside it either"
    );
    assert!(violations(LAYERS, "app", &named("use crate::{db::Db, tasks};", "crate::")).is_empty());
}
