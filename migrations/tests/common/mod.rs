//! Runs the command and keeps its output.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    process::Stdio,
    sync::{Arc, Mutex},
};

use shared::db::DatabaseUrl;
use testing::postgres::Database;
use tokio::{io::AsyncWriteExt, process::Command};

/// The result of a run of the command.
pub(crate) struct Run {
    pub(crate) success: bool,
    pub(crate) said: String,
}

pub(crate) async fn migrate_with(arguments: &[&str], variables: &[(&str, &str)], input: &str) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_migrate"));
    command.args(arguments).env_clear().envs(variables.iter().copied());
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    // A run that needs no input may have ended without reading it.
    let _ = child.stdin.take().expect("it is piped").write_all(input.as_bytes()).await;
    let output = child.wait_with_output().await.expect("it runs");
    let said = [output.stdout, output.stderr].concat();
    Run { success: output.status.success(), said: String::from_utf8(said).unwrap() }
}

pub(crate) fn url(database: &Database) -> DatabaseUrl {
    DatabaseUrl::parse("DATABASE_URL", &database.url()).unwrap()
}

/// The lines that a run in this process has told.
#[derive(Default)]
pub(crate) struct Said(Arc<Mutex<Vec<String>>>);

impl Said {
    pub(crate) fn listener(&mut self) -> impl FnMut(&str) + Send + use<> {
        let lines = Arc::clone(&self.0);
        move |line| lines.lock().unwrap().push(line.to_owned())
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

/// A new role name, because roles belong to the whole server and each test needs its own.
pub(crate) fn name() -> String {
    format!("test_{}", uuid::Uuid::new_v4().simple())
}

pub(crate) fn password() -> String {
    uuid::Uuid::new_v4().simple().to_string() + "g-Z'"
}

/// The SQL blocks of migrations/README.md. Each is tested as a file.
pub(crate) fn readme_examples() -> Vec<String> {
    let blocks = include_str!("../../README.md").split("```sql\n").skip(1);
    blocks.map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}
