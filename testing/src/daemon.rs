//! Installed programs that run for one test: Postgres and `PgBouncer`. Both refuse to run as root.

use std::{
    env,
    fs::{self, File, Permissions},
    net::{Ipv4Addr, TcpListener},
    os::unix::{
        fs::{PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicU16, Ordering},
    },
};

use rustix::process::Signal;
use uuid::Uuid;

use crate::process;

/// A program's own directory. It is removed when the value is dropped.
pub(crate) struct Home(PathBuf);

impl Home {
    pub(crate) fn new() -> Self {
        let home = Self(env::temp_dir().join(format!("task-api-{}", Uuid::new_v4().simple())));
        fs::create_dir(&home.0).expect("the temporary directory is writable");
        own(&home.0, 0o700);
        home
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a file that only the program can read.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).expect("the directory is ours");
        own(&path, 0o600);
        path
    }

    /// The program's log.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// A command for the program, with the account that it may run as and its output in the log.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let log = File::options().create(true).append(true).open(self.path("log")).expect("the directory is ours");
        let mut command = Command::new(program);
        command.current_dir(&self.0).env("LC_ALL", "C").stdin(Stdio::null());
        command.stdout(log.try_clone().expect("a file can be cloned")).stderr(log);
        if let Some((uid, gid)) = account() {
            command.uid(uid).gid(gid);
        }
        command
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0); // a failed test may have removed it
    }
}

/// A running program. It ends when the value is dropped, with a signal that it obeys at once.
pub(crate) struct Daemon {
    process: Child,
    ends_by: Signal,
}

impl Daemon {
    pub(crate) fn spawn(mut command: Command, ends_by: Signal) -> Self {
        let process = command.spawn().unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
        Self { process, ends_by }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.process.try_wait().is_ok_and(|status| status.is_some())
    }

    pub(crate) fn end(&mut self, signal: Signal) {
        if !self.has_ended() {
            process::send(self.pid(), signal);
            process::send(self.pid(), Signal::CONT); // a stopped process only gets the signal then
            self.process.wait().expect("the process is ours");
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.end(self.ends_by);
    }
}

/// A free port for a program that may be down for a while. It is below 32768, where the system's ports for clients
/// begin, and no other test of this process gets it.
pub(crate) fn free_port() -> u16 {
    static NEXT: LazyLock<AtomicU16> = LazyLock::new(|| {
        let [low, high, ..] = *Uuid::new_v4().as_bytes();
        AtomicU16::new(u16::from_le_bytes([low, high]))
    });
    let next = || 15_000 + NEXT.fetch_add(1, Ordering::Relaxed) % 16_000;
    let free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    (0..100).map(|_| next()).find(free).expect("the loopback interface has a free port")
}

/// The user and group for the program if we are root. scripts/postgres.py sets them.
fn account() -> Option<(u32, u32)> {
    let account = env::var("TEST_POSTGRES_ACCOUNT").ok()?;
    let ids = account.split_once(':').and_then(|(uid, gid)| Some((uid.parse().ok()?, gid.parse().ok()?)));
    Some(ids.expect("TEST_POSTGRES_ACCOUNT is two numbers, uid:gid"))
}

fn own(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("we have made it");
    if let Some((uid, gid)) = account() {
        chown(path, Some(uid), Some(gid)).expect("root may change the owner");
    }
}
