//! Replaces what Cargo has just built by release builds, if scripts/release.py runs the tests. `TEST_BOOTSTRAPS` is a
//! directory with release builds such as `list-tasks/bootstrap`. `TEST_ENVIRONMENT` is a file with the template's
//! variables: `{"list-tasks": {"LOG_LEVEL": "info", …}, …}`.

use std::{collections::BTreeMap, env, fs, path::PathBuf, sync::LazyLock};

/// The variables of one function.
pub(super) type Variables = BTreeMap<String, String>;

/// Variables that Lambda itself sets, or only tests: the addresses of AWS and of issuers on this machine, and shorter
/// time limits.
const NOT_OF_THE_TEMPLATE: [&str; 4] = ["AWS_", "SSL_", "DB_", "REQUEST_"];

static VARIABLES: LazyLock<Option<BTreeMap<String, Variables>>> = LazyLock::new(|| {
    let file = PathBuf::from(env::var_os("TEST_ENVIRONMENT")?);
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display())))
});

/// The release build of a function, if there is one. Not all must be built.
pub(super) fn bootstrap(function: &str) -> Option<PathBuf> {
    let bootstrap = PathBuf::from(env::var_os("TEST_BOOTSTRAPS")?).join(function).join("bootstrap");
    bootstrap.exists().then_some(bootstrap)
}

/// The template's variables of a function, if this run uses them.
pub(super) fn variables(function: &str) -> Option<Variables> {
    let given = VARIABLES.as_ref()?.get(function);
    Some(given.unwrap_or_else(|| panic!("TEST_ENVIRONMENT has no function {function}")).clone())
}

/// Whether a test may set this variable of a function with these variables from the template.
pub(super) fn reaches(given: Option<&Variables>, name: &str) -> bool {
    let of_the_template = !NOT_OF_THE_TEMPLATE.iter().any(|prefix| name.starts_with(prefix));
    given.is_none_or(|given| given.contains_key(name) || !of_the_template)
}
