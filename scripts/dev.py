#!/usr/bin/env python3
"""Runs the API on this machine: PostgreSQL, the migrations, and `cargo lambda watch` in front of the functions.

    scripts/dev.py up         what `make dev` runs, until Ctrl-C
    scripts/dev.py token [USER] [--alg HS256] [--ttl 24h]
    scripts/dev.py migrate [--dry-run] [--role NAME]
    scripts/dev.py psql
    scripts/dev.py clean      removes the database

Variables, from the environment or from .env beside the README (the environment wins):

    PORT                      where the API listens on 127.0.0.1 (9000)
    DATABASE_URL              the database to use; without it, one is started. DATABASE_URL_UNPOOLED: for its migrations
    JWT_…, JWKS…              as the functions read them (shared/src/auth/settings.rs). If none is a source of keys, this
                              script is the issuer: it makes and keeps a secret, and derives keys from it
    TASK_API_DEV_DIR          the directory of the database and the secret (.dev)
    TASK_API_POSTGRES         see postgres.py
"""

import argparse
import contextlib
import fcntl
import getpass
import json
import os
import shutil
import signal
import socket
import sys
import time
import urllib.parse
from pathlib import Path

from console import bold, fail, say, step
from postgres import DATABASE, Cluster, home, installed
from processes import command_line, run, stop, supervise
from project import PROJECT, debug_binary, read_env_file
from tokens import CLAIMS, SECRETS, Issuer, configured_issuer, development_key, token
from watch import warm_up, watch

SETTINGS = ("PORT", "DATABASE_URL", "DATABASE_URL_UNPOOLED", "TASK_API_DEV_DIR", "TASK_API_POSTGRES",
            *SECRETS, "JWKS", "JWKS_URL", "JWKS_MAX_AGE", *CLAIMS, "JWT_LEEWAY", "UNKNOWN_INPUT")
TOOLS = {"cargo": "install Rust with rustup",
         "cc": "install a C compiler (Debian, Ubuntu: apt-get install build-essential; macOS: xcode-select --install)"}


def main():
    os.chdir(PROJECT)
    read_env_file()
    for name in SETTINGS:
        if not os.environ.get(name):
            os.environ.pop(name, None)  # an empty variable means: ignore the value in .env
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("up", "psql", "clean"):
        commands.add_parser(name)
    migrate_arguments = commands.add_parser("migrate")
    migrate_arguments.add_argument("--dry-run", action="store_true")
    migrate_arguments.add_argument("--role", metavar="NAME")
    token_arguments = commands.add_parser("token")
    token_arguments.add_argument("user", nargs="?", default="alice")
    token_arguments.add_argument("--alg", default="HS256")
    token_arguments.add_argument("--ttl", default="24h")
    given = parser.parse_args()
    data = Path(os.environ.get("TASK_API_DEV_DIR", PROJECT / ".dev")).resolve()
    data.mkdir(parents=True, exist_ok=True)
    try:
        if given.command == "token":
            issuer = Issuer(*running_instance(data)["issuer"]) if running_instance(data) else configured_issuer(data)
            print(token(issuer, given.user, given.alg, given.ttl))
            return 0
        if given.command == "migrate":
            return migrate(data, given.dry_run, given.role)
        return {"up": up, "psql": psql, "clean": clean}[given.command](data)
    except SystemExit as end:
        if given.command == "up" and end.code == 128 + signal.SIGINT:
            say("Stopped.")
            return 0  # Ctrl-C is the normal end, so make must not report an error
        raise
    except OSError as error:
        fail(f"{error.strerror or error}: {error.filename}." if error.filename else f"{error.strerror or error}.")


# --- The commands -----------------------------------------------------------------------------------------------------


def up(data):
    port = api_port()
    with held(data, about=f" at http://127.0.0.1:{port}") as note:
        check_machine(port)
        issuer = configured_issuer(data)
        with database(data) as (url, server):
            sources = Sources()
            build("--workspace", "--bins")
            if migrate_with(url) != 0:
                return 1  # its message says why
            settings = {"DATABASE_URL": url, **issuer.settings}
            if issuer.ours:
                settings["JWKS"] = development_key(issuer, "keys")
            is_first = True
            while True:
                with watch(port, settings) as (child, lines):
                    note(watch=child.pid, database=url, issuer=issuer)
                    with step("Starting the functions"):
                        warm_up(f"http://127.0.0.1:{port}", child, lines)
                    if is_first:
                        summary(f"http://127.0.0.1:{port}", issuer, own=server is not None)
                    is_first = False
                    lines.shown.set()
                    attend(child, server, url, sources)


def migrate(data, dry_run, role):
    check_machine()
    options, settings = ["--dry-run"] if dry_run else [], {}
    if role:
        options += ["--role", role]
        settings["ROLE_PASSWORD"] = os.environ.get("ROLE_PASSWORD") or ask_password(role)
    with shared_database(data) as url:
        build("--bin", "migrate")
        return migrate_with(url, *options, **settings)


def ask_password(role):
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return getpass.getpass(f"The password of the database role {role} (`openssl rand -hex 24` makes one): ")


def psql(data):
    """Runs psql in this terminal. The password goes through a variable, because everyone can see command lines."""
    program = shutil.which("psql") or next((path / "psql" for path in installed() if (path / "psql").exists()), None)
    if not program:
        fail("psql is not installed (Debian, Ubuntu: apt-get install postgresql-client; macOS: brew install libpq).")
    with shared_database(data) as url:
        parts = urllib.parse.urlsplit(url)
        user, _, host = parts.netloc.rpartition("@")
        shown = parts._replace(netloc=f"{user.split(':')[0]}@{host}" if user else host).geturl()
        password = {"PGPASSWORD": urllib.parse.unquote(parts.password)} if parts.password else {}
        signal.signal(signal.SIGINT, lambda *_: None)  # psql handles Ctrl-C itself: it cancels a statement
        return run([program, shown], env={**os.environ, **password})


def clean(data):
    with held(data):
        shutil.rmtree(home(data), ignore_errors=True)
        if home(data).exists():
            fail(f"{home(data)} could not be removed. Check the permissions of its files.")
        say(f"The development database was removed ({home(data)}).")
    return 0


# --- One at a time ----------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def held(data, about=""):
    """Locks the data directory, so that only one command uses it. Yields a function that adds to the note there."""
    path = data / "lock"
    path.touch(0o600)
    with open(path, "r+") as file:
        left = read_note(path)
        if not taken(file):
            fail(f"The database in {data} is in use by another `make`{left.get('about', '')} (process "
                 f"{left.get('pid')}): use that one, or stop it first.")
        if "watch" in left and "lambda watch" in command_line(left["watch"]):
            stop(left["watch"])  # its `make dev` was ended by kill -9

        def note(**more):
            file.seek(0)
            file.truncate()
            json.dump({"pid": os.getpid(), "about": about, **more}, file)
            file.flush()

        note()
        yield note


def taken(file):
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def read_note(path):
    with contextlib.suppress(OSError, ValueError):
        return json.loads(path.read_text())
    return {}


def running_instance(data):
    """The note of the `make dev` that runs on this directory, or None."""
    note = read_note(data / "lock")
    if "database" in note:
        with open(data / "lock") as file:
            return None if taken(file) else note
    return None


@contextlib.contextmanager
def shared_database(data):
    """The connection string of the running `make dev`'s database. If none runs, starts one for the `with`."""
    instance = running_instance(data)
    if instance:
        yield instance["database"]
    else:
        with held(data), database(data, for_migrations=True) as (url, _):
            yield url


# --- What the machine must have ---------------------------------------------------------------------------------------


def check_machine(port=None):
    for tool, remedy in TOOLS.items():
        if not shutil.which(tool):
            fail(f"{tool} is missing: {remedy}.")
    if port and in_use(port):
        fail(f"Port {port} on 127.0.0.1 is in use: stop what listens there, or choose another, "
             f"as in `make dev PORT={port + 1}`.")


def in_use(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            fail(f"Port {port} needs privileges: choose one above 1023, as in `make dev PORT=9000`.")
        except OSError:
            return True
    return False


def api_port():
    text = os.environ.get("PORT", "9000")
    if not text.isdigit() or not 0 < int(text) < 65536:
        fail(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


# --- Database and build -----------------------------------------------------------------------------------------------


@contextlib.contextmanager
def database(data, for_migrations=False):
    """The connection string of the development database, and its server process if we started it."""
    url, unpooled = os.environ.get("DATABASE_URL"), os.environ.get("DATABASE_URL_UNPOOLED")
    if url or (unpooled and for_migrations):
        yield url or unpooled, None
        return
    if unpooled:
        fail("DATABASE_URL_UNPOOLED is set, but DATABASE_URL is not. Set both, or neither to get a local database.")
    cluster = Cluster(home(data))
    cluster.create()
    with cluster.running() as server:
        say(f"· PostgreSQL {cluster.major} listens on 127.0.0.1:{cluster.port}")
        yield cluster.url(DATABASE), server


def build(*what):
    say(f"· Building (the first time takes minutes): cargo build {' '.join(what)}")
    if run(["cargo", "build", *what]) != 0:
        fail("The build failed; the reason is above.")


def migrate_with(url, *options, **settings):
    return run([debug_binary("migrate"), *options], env={**os.environ, "DATABASE_URL": url, **settings})


class Sources:
    """The files that the functions are compiled from, with their times at the last call."""

    PATTERNS = ("Cargo.toml", "Cargo.lock", "functions/Cargo.toml", "functions/src/**/*.rs", "shared/Cargo.toml",
                "shared/src/**/*.rs", "migrations/operations/*", "openapi.yaml", "reference/Cargo.toml",
                "reference/build/*", "reference/src/*")

    def __init__(self):
        self.seen = self.look()

    def look(self):
        found = {}
        for path in (path for pattern in self.PATTERNS for path in PROJECT.glob(pattern)):
            with contextlib.suppress(FileNotFoundError):  # an editor is replacing it
                found[path] = path.stat().st_mtime_ns
        return found

    def changed(self):
        """The files that have changed since the last call."""
        before, self.seen = self.seen, self.look()
        return {path for path in before.keys() | self.seen.keys() if before.get(path) != self.seen.get(path)}


# --- While it is up --------------------------------------------------------------------------------------------------


def attend(child, server, url, sources):
    """Waits until changed code is compiled, so that the functions must be restarted. Until then the old ones serve
    requests. Ends with an error if PostgreSQL or cargo-lambda ends by itself."""
    while child.poll() is None:
        if server and server.poll() is not None:
            fail(f"PostgreSQL ended unexpectedly (status {server.returncode}): run this again.")
        changed = sources.changed()
        if changed:
            say(f"· {', '.join(sorted(path.name for path in changed))} changed: compiling")
            # If the build or the migration fails, it says why. The next change starts it again.
            if run(["cargo", "build", "--quiet", "--workspace", "--bins"]) == 0 and (
                    not any(path.suffix == ".sql" for path in changed) or migrate_with(url) == 0):
                return
        time.sleep(0.2)
    fail(f"cargo lambda watch ended unexpectedly (status {child.returncode}): run this again.")


def summary(api, issuer, own):
    kept = "Tasks are kept; `make psql` shows them." if own else "Tasks go to the database that DATABASE_URL names."
    if issuer.secret:
        bearer, whose = token(issuer, "alice", "HS256", "24h"), "the token is for the user alice and 24 hours"
        kept += " `make token USER=bob` is for another user" + (", ALG=EdDSA uses a key pair." if issuer.ours else ".")
    else:
        bearer, whose = "…", "only your issuer can sign tokens: fill one in"
    say(f"""
  {bold('The task API is up:', '1;32')} {bold(api)}

  Paste this into another terminal ({whose}):

    export API={api}
    export TOKEN={bearer}
    curl -s "$API/api/me/tasks" -H "Authorization: Bearer $TOKEN" \\
      -H 'Content-Type: application/json' -d '{{"title": "Buy milk"}}'

  {kept}
  Changes to the Rust code or to an operation's SQL take effect automatically. Ctrl-C stops everything.
""")


if __name__ == "__main__":
    supervise()
    sys.exit(main())
