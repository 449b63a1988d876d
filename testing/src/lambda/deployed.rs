//! What is deployed, in place of what Cargo has just built, for a run of the tests that is told where it is
//! (scripts/release.py tells): `TEST_BOOTSTRAPS` is a directory with an artefact as `list-tasks/bootstrap`, and
//! `TEST_ENVIRONMENT` a file with the variables that the template gives: `{"list-tasks": {"LOG_LEVEL": "info", …}, …}`.

use std::{collections::BTreeMap, env, fs, path::PathBuf, sync::LazyLock};

/// The variables of one function.
pub(super) type Variables = BTreeMap<String, String>;

/// What Lambda itself sets, or only a test: where AWS and an issuer are to be found on this machine, and limits in time
/// that nobody wants to wait for.
const NOT_OF_THE_TEMPLATE: [&str; 4] = ["AWS_", "SSL_", "DB_", "REQUEST_"];

static VARIABLES: LazyLock<Option<BTreeMap<String, Variables>>> = LazyLock::new(|| {
    let file = PathBuf::from(env::var_os("TEST_ENVIRONMENT")?);
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display())))
});

/// The artefact of a function, if there is one: not all have to be built.
pub(super) fn bootstrap(function: &str) -> Option<PathBuf> {
    let bootstrap = PathBuf::from(env::var_os("TEST_BOOTSTRAPS")?).join(function).join("bootstrap");
    bootstrap.exists().then_some(bootstrap)
}

/// All that the template gives a function, if this run is held to that.
pub(super) fn variables(function: &str) -> Option<Variables> {
    let given = VARIABLES.as_ref()?.get(function);
    Some(given.unwrap_or_else(|| panic!("TEST_ENVIRONMENT has no function {function}")).clone())
}

/// Whether a variable of this name would reach a function that is given these.
pub(super) fn reaches(given: Option<&Variables>, name: &str) -> bool {
    let of_the_template = !NOT_OF_THE_TEMPLATE.iter().any(|prefix| name.starts_with(prefix));
    given.is_none_or(|given| given.contains_key(name) || !of_the_template)
}
