use std::{
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    time::{sleep, timeout},
};

/// The time that a line may take from the process to here.
const PATIENCE: Duration = Duration::from_secs(5);

/// The lines that processes wrote to standard output and standard error. Clones share the same log.
#[derive(Clone, Debug, Default)]
pub struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    /// All lines so far.
    pub fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    /// The first line that contains `text`. Waits for it, because an answer can arrive before its line in the log.
    pub async fn line_with(&self, text: &str) -> String {
        let found = timeout(PATIENCE, async {
            loop {
                if let Some(line) = self.lines().into_iter().find(|line| line.contains(text)) {
                    break line;
                }
                sleep(Duration::from_millis(5)).await;
            }
        });
        found.await.unwrap_or_else(|_| panic!("no line of the log contains {text}:\n{self}"))
    }

    /// Adds the lines of a pipe until it closes.
    pub(super) async fn follow(self, pipe: impl AsyncRead + Unpin) {
        let mut lines = BufReader::new(pipe).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            self.0.lock().unwrap().push(line);
        }
    }
}

impl fmt::Display for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines().iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}
