//! What is stated in more than one place, held together.

use std::{collections::BTreeSet, fs, path::Path};

use testing::routes;

/// The routes are for three readers: cargo-lambda (Cargo.toml), SAM (template.yaml) and people (openapi.yaml).
#[test]
fn the_template_deploys_the_routes_of_the_watch_router() {
    assert_eq!(routes::deployed(&read("template.yaml")), routes::watched());
}

#[test]
fn openapi_describes_the_routes_of_the_watch_router() {
    let watched: BTreeSet<_> = routes::watched().into_iter().map(|(route, _)| route).collect();
    assert_eq!(routes::documented(&read("openapi.yaml")), watched);
}

/// cargo-lambda builds with `panic = "abort"` where the profile says nothing, and a panic would end a deployed function
/// that every test finds answering.
#[test]
fn the_release_profile_says_that_panics_unwind() {
    assert!(read("Cargo.toml").lines().any(|line| line.starts_with("panic = \"unwind\"")));
}

fn read(file: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    fs::read_to_string(root.join(file)).expect(file)
}
