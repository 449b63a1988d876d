//! Signals to the tests' own processes.

use std::{fs, process::Command};

use rustix::process::{Pid, Signal, kill_process};

/// Sends a signal. The process may have ended.
pub(crate) fn send(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).expect("it is the id of a process");
    let _ = kill_process(pid, signal);
}

/// The child processes of a process.
pub(crate) fn children(parent: u32) -> Vec<u32> {
    parents().into_iter().filter(|(_, of)| *of == parent).map(|(pid, _)| pid).collect()
}

/// Every process and its parent. Uses `/proc` if it exists, because slim containers have no `ps`.
fn parents() -> Vec<(u32, u32)> {
    let Ok(processes) = fs::read_dir("/proc") else { return listed() };
    let parent = |entry: fs::DirEntry| -> Option<(u32, u32)> {
        let pid = entry.file_name().to_str()?.parse().ok()?;
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        // `pid (name) state parent …`. The name can contain any character.
        let (_, rest) = stat.rsplit_once(')')?;
        Some((pid, rest.split_whitespace().nth(1)?.parse().ok()?))
    };
    processes.flatten().filter_map(parent).collect()
}

fn listed() -> Vec<(u32, u32)> {
    let listed = Command::new("ps").args(["-A", "-o", "pid=,ppid="]).output().expect("the system has ps");
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let ids = |line: &str| -> Option<(u32, u32)> {
        let (pid, parent) = line.trim().split_once(char::is_whitespace)?;
        Some((pid.parse().ok()?, parent.trim().parse().ok()?))
    };
    listed.lines().filter_map(ids).collect()
}
