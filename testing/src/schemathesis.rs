//! [schemathesis](https://schemathesis.readthedocs.io), which makes requests of `openapi.yaml` and holds the answers
//! against it. `testing/schemathesis.toml` has its settings, `testing/schemathesis_hooks.py` what these cannot say.

use std::{env, path::Path, process::Stdio};

use tokio::process::Command;

use crate::skip;

/// What it said at the end.
#[derive(Debug)]
pub struct Report {
    /// Whether nothing was wrong.
    pub passed: bool,
    /// How many requests it made up.
    pub cases: u32,
    /// How many of the ways from one operation's answer to another operation's request it went.
    pub links: u32,
    /// All that it said.
    pub text: String,
}

/// Runs it against the API at an address: of each operation so many random requests in each phase, the same ones for
/// the same seed. `None` where it is not installed, which a machine with an older Python is forgiven for.
pub async fn run(address: &str, token: &str, examples: u32, seed: &str) -> Option<Report> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let program = root.join(".dev/schemathesis/bin/schemathesis");
    if !program.exists() {
        assert!(env::var("TEST_SCHEMATHESIS").as_deref() != Ok("required"), "{} is missing", program.display());
        skip("schemathesis is not there: `make test` brings it where Python is 3.11 or newer");
        return None;
    }
    let directory = env::temp_dir().join(format!("task-api-schemathesis-{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("a directory for what it writes");
    let output = Command::new(program)
        .arg("--config-file")
        .arg(root.join("testing/schemathesis.toml"))
        .args(["--no-color", "run"])
        .arg(root.join("openapi.yaml"))
        .args(["--url", address, "--header", &format!("Authorization: Bearer {token}")])
        .args(["--seed", seed, "--max-examples", &examples.to_string(), "--generation-database", "none"])
        .args(["--phases", "examples,coverage,fuzzing,stateful", "--continue-on-failure"])
        .env("SCHEMATHESIS_HOOKS", root.join("testing/schemathesis_hooks.py"))
        .current_dir(&directory)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await;
    let _ = std::fs::remove_dir_all(&directory); // what is left there, nobody reads
    let output = output.unwrap_or_else(|error| panic!("schemathesis does not run: {error}"));
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let number_before = |said: &str| {
        let mut lines = text.lines();
        lines.find_map(|line| line.split_once(said)?.0.split_whitespace().last()?.parse().ok()).unwrap_or_default()
    };
    let (cases, links) = (number_before(" generated"), number_before(" covered"));
    Some(Report { passed: output.status.success(), cases, links, text })
}
