//! The cases to measure: every binary, each with its request.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use serde_json::{Value, json};
use testing::{
    gateway::{Gateway, HttpRequest},
    token::{SECRET, Token},
};

use crate::{
    database::{Database, KEPT, Setting, id, user},
    parameter_store::ParameterStore,
};

/// The function that all others are compared with.
pub(crate) const HELLO: &str = "hello";

/// The names of the case with settings in Parameter Store and of the case with metrics.
pub(crate) const SECRETS: &str = "secrets";
pub(crate) const METRICS: &str = "metrics";

/// The body of a create.
pub(crate) const CREATE: &str = r#"{"title":"Buy milk","description":"Two litres"}"#;

/// The body of a move: the task goes after the next one.
const MOVE: &str = r#"{"after":"01890a5d-ac96-774b-bcce-000000000001"}"#;

/// Each function: its name, method, path, body and the status of its answer.
const OPERATIONS: [(&str, &str, &str, Option<&str>, u64); 8] = [
    ("list-tasks", "GET", "/api/me/tasks", None, 200),
    ("create-task", "POST", "/api/me/tasks", Some(CREATE), 201),
    ("get-task", "GET", "/api/me/tasks/{id}", None, 200),
    ("update-task", "PATCH", "/api/me/tasks/{id}", Some(r#"{"title":"Buy oat milk"}"#), 200),
    ("delete-task", "DELETE", "/api/me/tasks/{id}", None, 204),
    ("complete-task", "PATCH", "/api/me/tasks/{id}/complete", Some(r#"{"completed":true}"#), 200),
    ("move-task", "POST", "/api/me/tasks/{id}/move", Some(MOVE), 200),
    ("health", "GET", "/health", None, 200),
];

/// The next task to delete.
static DELETED: AtomicU32 = AtomicU32::new(0);

/// How often a task has been moved.
static MOVED: AtomicU32 = AtomicU32::new(0);

/// One binary in one setting.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) binary: PathBuf,
    pub(crate) setting: Setting,
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) status: u64,
    event: String,
    store: Option<ParameterStore>,
}

impl Case {
    /// `name` is one of [`operations`]' or [`HELLO`]; `binary` may be another build of it.
    pub(crate) fn new(name: &str, binary: &Path, setting: Setting, database: &Database) -> Self {
        let operation = OPERATIONS.iter().find(|operation| operation.0 == name);
        let &(_, method, path, body, status) = operation.unwrap_or(&OPERATIONS[0]); // hello accepts any event
        let event = event(method, &path.replace("{id}", KEPT), body, &Token::of(user(name)).sign());
        Self { setting, ..Self::of(name, binary, &database.url(setting), event, status) }
    }

    /// Any binary with any event, and with a database that answers.
    pub(crate) fn of(name: &str, binary: &Path, database_url: &str, event: String, status: u64) -> Self {
        Self {
            name: name.to_owned(),
            binary: binary.to_owned(),
            setting: Setting::Connected { tls: false },
            variables: vec![("DATABASE_URL".into(), database_url.into()), ("JWT_SECRET".into(), SECRET.into())],
            status,
            event,
            store: None,
        }
    }

    /// The same case with another name.
    pub(crate) fn named(self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self }
    }

    /// The same case with this token and key set instead of the shared secret.
    pub(crate) fn with_token(mut self, name: &str, token: &str, key_set: &Value) -> Self {
        let (_, method, path, body, _) = OPERATIONS[2];
        self = self.named(name);
        self.event = event(method, &path.replace("{id}", KEPT), body, token);
        self.variables.retain(|(name, _)| name != "JWT_SECRET");
        self.variables.push(("JWKS".to_owned(), key_set.to_string()));
        self
    }

    /// The same case with one more variable.
    pub(crate) fn with(mut self, name: &str, variable: &str, value: &str) -> Self {
        self.variables.push((variable.to_owned(), value.to_owned()));
        self.named(name)
    }

    /// The same case with all its variables in Parameter Store.
    pub(crate) fn with_secrets(mut self, name: &str) -> Self {
        let store = ParameterStore::with(&self.variables);
        self.variables = store.variables();
        self.store = Some(store);
        self.named(name)
    }

    /// The processor time that the benchmark has used so far to serve its starts.
    pub(crate) fn served(&self) -> Duration {
        self.store.as_ref().map_or(Duration::ZERO, ParameterStore::cpu)
    }

    /// Whether its requests can be answered.
    pub(crate) fn answers(&self) -> bool {
        matches!(self.setting, Setting::Connected { .. })
    }

    /// The next event. Each delete needs another task. A move to the same place would write nothing, so the task goes
    /// after two other tasks in turn.
    pub(crate) fn event(&self) -> String {
        let neighbour = id(1);
        if self.status == 204 {
            self.event.replace(KEPT, &id(DELETED.fetch_add(1, Ordering::Relaxed)))
        } else if self.event.contains(&neighbour) {
            self.event.replace(&neighbour, &id(1 + MOVED.fetch_add(1, Ordering::Relaxed) % 2))
        } else {
            self.event.clone()
        }
    }
}

/// The names of all functions.
pub(crate) fn operations() -> impl Iterator<Item = &'static str> {
    OPERATIONS.iter().map(|operation| operation.0)
}

/// The event that the gateway makes from a request.
pub(crate) fn event(method: &str, target: &str, body: Option<&str>, token: &str) -> String {
    event_with(method, target, body, token, None)
}

/// The same, of a client that has an answer already.
pub(crate) fn event_if_none_match(target: &str, tag: &str, token: &str) -> String {
    event_with("GET", target, None, token, Some(("if-none-match".to_owned(), tag.to_owned())))
}

fn event_with(method: &str, target: &str, body: Option<&str>, token: &str, header: Option<(String, String)>) -> String {
    let mut headers = vec![
        ("authorization".to_owned(), format!("Bearer {token}")),
        ("accept".to_owned(), "application/json".to_owned()),
        ("user-agent".to_owned(), "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".to_owned()),
        ("x-forwarded-for".to_owned(), "203.0.113.7".to_owned()),
    ];
    headers.extend(header);
    headers.extend(body.map(|_| ("content-type".to_owned(), "application/json".to_owned())));
    let body = body.unwrap_or_default().as_bytes().to_vec();
    let request = HttpRequest { method: method.to_owned(), target: target.to_owned(), headers, body };
    let routed = Gateway::Aws.route(&request).expect("every operation has a route");
    json!(routed.event).to_string()
}
