//! [schemathesis](https://schemathesis.readthedocs.io), which generates requests from `openapi.yaml` and checks the
//! answers against it. `testing/schemathesis.toml` has its settings, `testing/schemathesis_hooks.py` what they cannot
//! express.

use std::{env, path::Path, process::Stdio};

use tokio::process::Command;

use crate::skip;

/// The result of a run.
#[derive(Debug)]
pub struct Report {
    /// Whether nothing was wrong.
    pub passed: bool,
    /// The number of generated requests.
    pub cases: u32,
    /// The number of links that it used from one operation's answer to another operation's request.
    pub links: u32,
    /// Its whole output.
    pub text: String,
}

/// Runs it against the API at an address, with up to `examples` random requests for each operation in each phase. The
/// same seed gives the same requests. Returns `None` if it is not installed, because it needs a newer Python.
pub async fn run(address: &str, token: &str, examples: u32, seed: &str) -> Option<Report> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let program = root.join(".dev/schemathesis/bin/schemathesis");
    if !program.exists() {
        assert!(env::var("TEST_SCHEMATHESIS").as_deref() != Ok("required"), "{} is missing", program.display());
        skip("schemathesis is not installed: `make test` installs it with Python 3.11 or newer");
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
    let _ = std::fs::remove_dir_all(&directory); // nothing in it is needed any more
    let output = output.unwrap_or_else(|error| panic!("schemathesis does not run: {error}"));
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let number_before = |said: &str| {
        let mut lines = text.lines();
        lines.find_map(|line| line.split_once(said)?.0.split_whitespace().last()?.parse().ok()).unwrap_or_default()
    };
    let (cases, links) = (number_before(" generated"), number_before(" covered"));
    Some(Report { passed: output.status.success(), cases, links, text })
}
