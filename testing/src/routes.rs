//! Which function answers which path. Tests route requests with the table of `cargo lambda watch`,
//! `[workspace.metadata.lambda.watch.router]` in the workspace's Cargo.toml. `openapi.yaml` and `template.yaml` state
//! the routes, too. This module reads them, so that a test can compare them.

mod documents;

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
    sync::OnceLock,
};

use serde_json::Value;

pub use documents::{deployed, documented, scheduled};

/// One row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// `GET`, in capitals.
    pub method: String,
    /// As in `/api/{user_id}/tasks`. A segment in braces matches any text.
    pub path: String,
    /// The name of the function and of its binary.
    pub function: String,
}

/// The functions that a schedule starts, and no request.
pub const SCHEDULED: [&str; 1] = ["purge-trash"];

/// The parameters of a path, by name.
pub type Parameters = BTreeMap<String, String>;

impl Route {
    /// Method and path, as `requestContext.routeKey` and the template write a route.
    pub fn key(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The parameters of `path`, if it is one of this route's.
    fn parameters(&self, path: &str) -> Option<Parameters> {
        let (pattern, actual) = (segments(&self.path), segments(path));
        if pattern.len() != actual.len() {
            return None;
        }
        let mut parameters = Parameters::new();
        for (pattern, actual) in pattern.into_iter().zip(actual) {
            match name(pattern) {
                Some(name) if !actual.is_empty() => {
                    parameters.insert(name.to_owned(), actual.to_owned());
                }
                None if pattern == actual => {}
                _ => return None,
            }
        }
        Some(parameters)
    }
}

fn segments(path: &str) -> Vec<&str> {
    path.split('/').collect()
}

fn name(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// The whole table. It is read once in each process.
pub fn all() -> &'static [Route] {
    static ROUTES: OnceLock<Vec<Route>> = OnceLock::new();
    ROUTES.get_or_init(|| parse(&workspace_metadata()["lambda"]["watch"]["router"]))
}

/// The same as pairs: `GET /api/{user_id}/tasks` and the name of the function.
pub fn watched() -> BTreeSet<(String, String)> {
    all().iter().map(|route| (route.key(), route.function.clone())).collect()
}

/// The route of a request and the path's parameters. A literal segment is preferred to a parameter, as in API Gateway.
pub fn find(method: &str, path: &str) -> Option<(&'static Route, Parameters)> {
    all()
        .iter()
        .filter(|route| route.method == method)
        .filter_map(|route| Some((route, route.parameters(path)?)))
        .min_by_key(|(_, parameters)| parameters.len())
}

/// Cargo reads its own manifest, which needs no network and no lock.
fn workspace_metadata() -> Value {
    let cargo = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version=1", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(cargo.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&cargo.stderr));
    let mut metadata: Value = serde_json::from_slice(&cargo.stdout).expect("cargo metadata is JSON");
    metadata["metadata"].take()
}

fn parse(router: &Value) -> Vec<Route> {
    let text = |value: &Value| value.as_str().expect("a route names its method and its function").to_owned();
    let paths = router.as_object().expect("Cargo.toml has a router");
    let of_path = |(path, targets): (&String, &Value)| -> Vec<Route> {
        let targets = targets.as_array().expect("a path has a list of methods").iter();
        targets
            .map(|target| Route {
                method: text(&target["method"]),
                path: path.clone(),
                function: text(&target["function"]),
            })
            .collect()
    };
    paths.iter().flat_map(of_path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(method: &str, path: &str) -> Option<&'static str> {
        find(method, path).map(|(route, _)| route.function.as_str())
    }

    #[test]
    fn a_request_goes_where_the_workspace_says() {
        assert_eq!(function("GET", "/health"), Some("health"));
        assert_eq!(function("POST", "/api/me/tasks"), Some("create-task"));
        assert_eq!(function("PUT", "/api/me/tasks/1"), Some("update-task"));
        assert_eq!(function("PATCH", "/api/me/tasks/1/complete"), Some("complete-task"));
    }

    #[test]
    fn a_request_that_is_not_in_the_table_has_no_route() {
        assert_eq!(function("GET", "/"), None);
        assert_eq!(function("POST", "/health"), None, "another method");
        assert_eq!(function("GET", "/api/a/b/tasks/1/complete"), None, "a user id with a slash");
        assert_eq!(function("GET", "/api//tasks"), None, "a parameter is never empty");
        assert_eq!(function("GET", "/api/me/tasks/"), None, "a path with a slash at the end");
    }

    #[test]
    fn parameters_are_taken_from_the_path() {
        let (route, parameters) = find("GET", "/api/alice/tasks/7").unwrap();
        assert_eq!(route.key(), "GET /api/{user_id}/tasks/{task_id}");
        assert_eq!(parameters["user_id"], "alice");
        assert_eq!(parameters["task_id"], "7");
    }
}
