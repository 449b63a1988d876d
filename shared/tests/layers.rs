//! The order of the house: each module uses those on the floors below its own, and none above or beside it.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod imports;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use imports::{files, named, read};

/// From the ground up. What stands in one line does not know each other.
const FLOORS: &[&[&str]] = &[
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

/// Within a folder, in the same way.
const ROOMS: &[(&str, &[&[&str]])] = &[
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

/// On which floor a module is.
fn floor(floors: &[&[&str]], module: &str) -> Option<usize> {
    floors.iter().position(|floor| floor.contains(&module))
}

/// The imports of a module that run up or sideways.
fn wrong(floors: &[&[&str]], module: &str, imports: &BTreeSet<String>) -> Vec<String> {
    let own = floor(floors, module).unwrap_or_else(|| panic!("{module} is on no floor: put it on one in this file"));
    let others = imports.iter().filter(|name| *name != module);
    others.filter(|name| floor(floors, name).is_some_and(|floor| floor >= own)).cloned().collect()
}

#[test]
fn every_module_uses_only_floors_below_its_own() {
    for path in files(&source()) {
        let inside = path.strip_prefix(source()).unwrap().with_extension("");
        let module = inside.iter().next().unwrap().to_string_lossy().into_owned();
        if module == "lib" {
            continue;
        }
        let imports = named(&read(&path), "crate::");
        let root: Vec<_> = imports.iter().filter(|name| floor(FLOORS, name).is_none()).collect();
        assert!(root.is_empty(), "{}: name the module, not what lib.rs shows of it: {root:?}", inside.display());
        let wrong = wrong(FLOORS, &module, &imports);
        assert!(wrong.is_empty(), "{} is on a floor below {}", inside.display(), wrong.join(", "));
    }
}

#[test]
fn within_a_folder_there_is_no_circle_either() {
    for (folder, floors) in ROOMS {
        for path in files(&source().join(folder)) {
            let module = path.file_stem().unwrap().to_string_lossy().into_owned();
            let imports = named(&read(&path), "use super::");
            let parents: Vec<_> = imports.iter().filter(|name| floor(floors, name).is_none()).collect();
            assert!(parents.is_empty(), "{folder}/{module}: name the file that {parents:?} stands in");
            let wrong = wrong(floors, &module, &imports);
            assert!(wrong.is_empty(), "{folder}/{module} is on a floor below {}", wrong.join(", "));
        }
    }
}

#[test]
fn an_import_is_found_in_whatever_way_it_is_written() {
    let text = "use crate::{\n    a::{B, c::D},\n    e,\n    f::G,\n};\nuse crate::h::I;\nlet x = crate::j::k();";
    assert_eq!(named(text, "crate::").into_iter().collect::<Vec<_>>(), ["a", "e", "f", "h", "j"]);
    let upwards = named("use crate::app::App;", "crate::");
    assert_eq!(wrong(FLOORS, "db", &upwards), ["app"]);
    assert_eq!(wrong(FLOORS, "db", &named("use crate::auth::UserId;", "crate::")), ["auth"], "nor beside it");
    assert!(wrong(FLOORS, "app", &named("use crate::{db::Db, tasks};", "crate::")).is_empty());
}
