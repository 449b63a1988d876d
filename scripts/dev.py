#!/usr/bin/env python3
"""The API on this machine: PostgreSQL, the migrations, and `cargo lambda watch` in front of the functions.

    scripts/dev.py up         what `make dev` runs; Ctrl-C ends all of it
    scripts/dev.py token [USER] [--alg HS256] [--ttl 24h]
    scripts/dev.py migrate [--dry-run] [--login NAME]
    scripts/dev.py psql
    scripts/dev.py clean      removes the database

Settings, from the environment or from .env beside the README (the environment wins):

    PORT                      where the API listens on 127.0.0.1 (9000)
    DATABASE_URL              a database to use instead of starting one; DATABASE_URL_UNPOOLED is for its migrations
    JWT_…, JWKS…              as the functions read them (shared/src/auth/settings.rs). With no source of keys among them
                              we are the issuer: by a secret that is made and kept, and keys that are made of it
    TASK_API_DEV_DIR          where the database and the secret are kept (.dev)
    TASK_API_POSTGRES         see postgres.py
"""

import signal

signal.signal(signal.SIGINT, signal.SIG_DFL)  # until supervise(), Ctrl-C ends us without a traceback

import argparse
import base64
import contextlib
import fcntl
import getpass
import hashlib
import hmac
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import threading
import time
import typing
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from console import COLOUR, bold, fail, say, step
from packages import PINNED, PROJECT, package
from postgres import DATABASE, Cluster, directory, find_psql, home
from processes import output, parents, run, running, supervise

# What the functions are compiled from. Without this list every saved file, README included, restarts them all.
WATCHED = """\
*
!/Cargo.toml
!/Cargo.lock
!/functions/Cargo.toml
!/functions/src/**
!/migrations/operations/**
!/shared/**
*~
.*.sw?
.#*
"""
# A second process of each function, so that two requests at once behave as on Lambda. Not more: every one is a
# `cargo run` of its own at each reload.
CONCURRENCY = 2
SECRETS = ("JWT_SECRET", "BETTER_AUTH_SECRET", "JWT_SECRET_PREVIOUS")
CLAIMS = ("JWT_ISSUER", "JWT_AUDIENCE", "JWT_AUDIENCE_CLAIM", "JWT_USER_CLAIM")
SETTINGS = ("PORT", "DATABASE_URL", "DATABASE_URL_UNPOOLED", "TASK_API_DEV_DIR", "TASK_API_POSTGRES",
            *SECRETS, "JWKS", "JWKS_URL", "JWKS_MAX_AGE", *CLAIMS, "JWT_LEEWAY")
# What Python signs itself, and what takes a private key.
HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}
ALGORITHMS = (*HASHES, "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")


def main():
    os.chdir(PROJECT)
    read_env_file(PROJECT / ".env")
    for name in SETTINGS:
        if not os.environ.get(name):
            os.environ.pop(name, None)  # set to nothing is a way to say: not what .env has
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("up", "psql", "clean"):
        commands.add_parser(name)
    migrate_arguments = commands.add_parser("migrate")
    migrate_arguments.add_argument("--dry-run", action="store_true")
    migrate_arguments.add_argument("--login", metavar="NAME")
    token_arguments = commands.add_parser("token")
    token_arguments.add_argument("user", nargs="?", default="alice")
    token_arguments.add_argument("--alg", default="HS256")
    token_arguments.add_argument("--ttl", default="24h")
    arguments = parser.parse_args()
    data = Path(os.environ.get("TASK_API_DEV_DIR", PROJECT / ".dev")).resolve()
    data.mkdir(parents=True, exist_ok=True)
    try:
        if arguments.command == "token":
            print(token(issuer_of(data), arguments.user, arguments.alg, seconds(arguments.ttl)))
            return 0
        if arguments.command == "migrate":
            return migrate(data, arguments.dry_run, arguments.login)
        return {"up": up, "psql": psql, "clean": clean}[arguments.command](data)
    except SystemExit as end:
        if arguments.command == "up" and end.code == 128 + signal.SIGINT:
            say("Stopped.")
            return 0  # Ctrl-C is how it is meant to end: no error for make to report
        raise
    except OSError as error:
        fail(f"{error.strerror or error}: {error.filename}." if error.filename else f"{error.strerror or error}.")


# --- The commands -----------------------------------------------------------------------------------------------------


def up(data):
    port = api_port()
    api = f"http://127.0.0.1:{port}"
    with held(data, api=api) as note:
        check_machine(port, data)
        issuer = configured_issuer(data)
        cargo_lambda = find_cargo_lambda()
        workspace = cargo_metadata()
        with database(data) as (url, server):
            installed = operations()
            build("--workspace", "--bins")
            apply_migrations(workspace, url)
            note(database=url, issuer=issuer)
            settings = {"DATABASE_URL": url, **issuer.settings}
            if issuer.ours:
                settings["JWKS"] = development_key(issuer, workspace, "keys")
            with watch(cargo_lambda, data, port, settings) as (child, lines):
                with step("Starting the functions"):
                    warm_up(workspace, api, child, lines)
                summary(api, issuer, own=server is not None)
                lines.show()
                return attend(child, server, workspace, url, installed)


def migrate(data, dry_run, login):
    check_tools()
    options, settings = ["--dry-run"] if dry_run else [], {}
    if login:
        options += ["--login", login]
        settings["LOGIN_PASSWORD"] = os.environ.get("LOGIN_PASSWORD") or ask_password(login)
    with shared_database(data) as url:
        build("--bin", "migrate")
        apply_migrations(cargo_metadata(), url, *options, **settings)
    return 0


def ask_password(login):
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return getpass.getpass(f"The password of {login} (`openssl rand -hex 24` makes one): ")


def psql(data):
    with shared_database(data) as url:
        return open_psql(url)


def clean(data):
    with held(data):
        place = home(data)
        shutil.rmtree(place, ignore_errors=True)
        if place.exists():
            fail(f"{place} could not be removed.")
        say(f"The development database is gone ({place}).")
    return 0


# --- One at a time ----------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def held(data, **about):
    """Holds the data directory against a second one; yields what adds to the note that others find there."""
    path = data / "lock"
    path.touch(0o600)
    with open(path, "r+") as file:
        while not taken(file):
            other = read_note(path)
            if other.get("pid") in parents():
                where = f" at {other['api']}" if "api" in other else ""
                fail(f"The database in {data} is in use by another `make`{where} (process {other['pid']}): "
                     "use that one, or stop it first.")
            time.sleep(0.1)  # it was killed a moment ago, and what it left is being cleared away

        def note(**more):
            about.update(more)
            file.seek(0)
            file.truncate()
            json.dump({"pid": os.getpid(), **about}, file)
            file.flush()

        note()
        supervise()  # from here on, so that the janitor has the lock as well until all is cleared away
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
    return note if "api" in note and note.get("pid") in parents() else None


@contextlib.contextmanager
def shared_database(data):
    """The address of the database of the running `make dev`, else of one that is started for the occasion."""
    instance = running_instance(data)
    if instance is None:
        with held(data), database(data, for_migrations=True) as (url, _):
            yield url
    elif "database" not in instance:
        fail(f"`make dev` (process {instance['pid']}) is still starting: try again when it is up.")
    else:
        supervise()
        yield instance["database"]


# --- What the machine must have ---------------------------------------------------------------------------------------


def check_machine(port, data):
    check_tools()
    for place in (PROJECT, data, directory(home(data).parent)):
        free = shutil.disk_usage(place).free
        if free < 500_000_000:
            fail(f"Only {free // 1_000_000} MB are free on the disk that holds {place}: free some, "
                 "the first build needs about 2 GB.")
    if in_use(port):
        fail(f"Port {port} on 127.0.0.1 is in use: stop what listens there, or choose another, "
             f"as in `make dev PORT={port + 1}`.")


def check_tools():
    needed = {
        "cargo": "install Rust with rustup",
        "cc": "install a C compiler (Debian, Ubuntu: apt-get install build-essential; macOS: xcode-select --install)",
        "make": "install make (Debian, Ubuntu: apt-get install build-essential; macOS: xcode-select --install)",
    }
    for tool, remedy in needed.items():
        if not shutil.which(tool):
            fail(f"{tool} is missing: {remedy}.")


def in_use(port):
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            return True
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


def find_cargo_lambda():
    """An installed cargo-lambda that is new enough, else the one from PyPI."""
    installed = shutil.which("cargo-lambda")
    if installed:
        _, printed = output([installed, "lambda", "--version"])
        found = re.search(r"(\d+)\.(\d+)\.(\d+)", printed)
        if found and found.groups() and tuple(map(int, found.groups())) >= numbers(PINNED["cargo-lambda"]):
            return installed
    return package("cargo-lambda") / "bin" / "cargo-lambda"


def numbers(version):
    return tuple(map(int, version.split(".")))


# --- Database and build -----------------------------------------------------------------------------------------------


@contextlib.contextmanager
def database(data, for_migrations=False):
    """The address of the development database, and its server where it is ours."""
    unpooled = os.environ.get("DATABASE_URL_UNPOOLED")
    if os.environ.get("DATABASE_URL") or (unpooled and for_migrations):
        yield os.environ.get("DATABASE_URL") or unpooled, None
        return
    if unpooled:
        fail("DATABASE_URL_UNPOOLED is set and DATABASE_URL is not: set both, or neither for a database of its own.")
    cluster = Cluster(home(data))
    cluster.create()
    with cluster.running() as server:
        say(f"· PostgreSQL {cluster.major} listens on 127.0.0.1:{cluster.port}")
        yield cluster.url(DATABASE), server


def cargo_metadata():
    status, printed = output(["cargo", "metadata", "--no-deps", "--format-version=1", "--quiet"])
    if status != 0:
        fail(f"cargo cannot read this workspace: {printed.strip()}")
    return json.loads(printed[printed.index("{"):])


def build(*what):
    say(f"· Building (the first time takes minutes): cargo build {' '.join(what)}")
    if run(["cargo", "build", *what]) != 0:
        fail("The build failed; the reason is above.")


def apply_migrations(workspace, url, *options, **settings):
    if migrate_with(workspace, url, *options, **settings) != 0:
        raise SystemExit(1)  # it has said why


def migrate_with(workspace, url, *options, **settings):
    binary = Path(workspace["target_directory"], "debug", "migrate")
    return run([binary, *options], env={**os.environ, "DATABASE_URL": url, **settings})


def open_psql(url):
    """Hands the terminal to psql. The password goes by the environment: command lines are visible to everyone."""
    found = find_psql()
    if not found:
        fail("psql is not installed (Debian, Ubuntu: apt-get install postgresql-client; macOS: brew install libpq).")
    parts = urllib.parse.urlsplit(url)
    environment = dict(os.environ)
    if parts.password:
        environment["PGPASSWORD"] = urllib.parse.unquote(parts.password)
        user, _, host = parts.netloc.rpartition("@")
        url = parts._replace(netloc=f"{user.split(':')[0]}@{host}").geturl()
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C is psql's: it cancels a statement
    return run([found, url], env=environment)


# --- The functions ----------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def watch(cargo_lambda, data, port, settings):
    """`cargo lambda watch`: it serves the API's paths, starts the functions, and rebuilds them when they change."""
    ignored = data / "watch-ignore"
    ignored.write_text(WATCHED)
    command = [cargo_lambda, "lambda", "watch", "--quiet", "--invoke-address", "127.0.0.1", "--invoke-port", port,
               "--concurrency", CONCURRENCY, "--color", "always" if COLOUR else "never"]
    environment = {**os.environ, **settings, "CARGO_LAMBDA_IGNORE_FILE": str(ignored)}
    with running(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                 text=True, errors="replace", start_new_session=True) as child:
        lines = Lines(child.stdout)
        try:
            yield child, lines
        finally:
            lines.shown.clear()  # that their server has gone away is nothing to report now


class Lines(threading.Thread):
    """Passes on what the functions and the compiler say, without cargo-lambda's book-keeping."""

    ANSI = re.compile(r"\033\[[0-9;]*m")

    def __init__(self, stream):
        super().__init__(daemon=True)
        self.stream, self.kept, self.shown = stream, [], threading.Event()
        self.ended = threading.Event()  # a function has, by itself
        self.start()

    def run(self):
        restarted = 0.0
        for line in self.stream:
            plain = self.ANSI.sub("", line).strip()
            if plain.startswith("ERROR command exited"):
                self.ended.set()
            if plain == "ERROR command killed code=ForceStop":  # each process that a change of the code ends
                if time.monotonic() - restarted > 3:
                    say("· The code has changed: compiling, then restarting the functions")
                restarted = time.monotonic()
            elif plain.startswith("INFO ") or "AWS_LAMBDA_MAX_CONCURRENCY is set to '1'" in plain:
                continue
            elif self.shown.is_set():
                say(line, end="")
            else:
                self.kept.append(line)

    def refusal(self):
        """Why a function would not start: the one sentence that it ends with."""
        lines = (self.ANSI.sub("", line).strip() for line in self.kept)
        return next((line.removeprefix("Error: ") for line in lines if line.startswith("Error: ")), None)

    def show(self, kept=False):
        """From now on; with what was said before, where that explains a failure."""
        self.shown.set()
        if kept:
            say("".join(self.kept), end="")


def warm_up(workspace, api, child, lines):
    """Asks every function once, so that nobody's first request waits for its start."""
    router = workspace["metadata"]["lambda"]["watch"]["router"]
    routes = {route["function"]: (route["method"], re.sub(r"\{\w+\}", "me", path))
              for path, methods in router.items() for route in methods}
    answers = {}

    def ask(function, method, path):
        deadline = time.monotonic() + 120
        while function not in answers and time.monotonic() < deadline and child.poll() is None:
            try:
                with urllib.request.urlopen(urllib.request.Request(api + path, method=method), timeout=120) as answer:
                    answers[function] = answer.status, ""
            except urllib.error.HTTPError as refused:
                answers[function] = refused.code, refused.read().decode(errors="replace")  # 401: there is no token
            except OSError:
                time.sleep(0.1)  # it does not listen yet

    askers = [threading.Thread(target=ask, args=(function, *route), daemon=True) for function, route in routes.items()]
    for asker in askers:
        asker.start()
    # One that has ended leaves its requests waiting.
    while any(asker.is_alive() for asker in askers) and child.poll() is None and not lines.ended.is_set():
        time.sleep(0.05)
    if lines.ended.is_set() and lines.refusal():
        fail(f"The functions do not start: {lines.refusal()}.")
    for function in routes:
        status, body = answers.get(function, (None, ""))
        if status is None or status >= 500:
            lines.show(kept=True)
            said = f"answers {status}: {body}" if status else "does not answer"
            fail(f"The function {function} {said} (what was logged is above).")


def attend(child, server, workspace, url, installed):
    """Until Ctrl-C, or until one of the two ends by itself. An operation that is changed meanwhile is installed: cargo
    lambda compiles the functions that call it."""
    while child.poll() is None:
        if server and server.poll() is not None:
            fail(f"PostgreSQL has ended by itself (status {server.returncode}).")
        if operations() != installed:
            installed = operations()
            say("· An operation in the database has changed: installing it")
            if run(["cargo", "build", "--quiet", "--bin", "migrate"]) == 0:
                migrate_with(workspace, url)  # where it fails it says why, and the next change is another try
        time.sleep(0.2)
    fail(f"cargo lambda watch has ended by itself (status {child.returncode}).")


def operations():
    """What they say."""
    found = {}
    for path in (PROJECT / "migrations" / "operations").glob("*.sql"):
        with contextlib.suppress(FileNotFoundError):  # an editor is putting another in its place
            found[path] = path.read_bytes()
    return found


def summary(api, issuer, own):
    curl = """curl -s "$API/api/me/tasks" -H "Authorization: Bearer $TOKEN" \\
      -H 'Content-Type: application/json' -d '{"title": "Buy milk"}'"""
    kept = "Tasks are kept; `make psql` looks at them." if own else "Tasks go to the database that DATABASE_URL names."
    if issuer.secret:
        bearer, whose = token(issuer, "alice", "HS256", seconds("24h")), "the token is user alice's, for 24 hours"
        kept += " `make token USER=bob` is another user" + (", ALG=EdDSA another kind." if issuer.ours else ".")
    else:
        bearer, whose = "…", "the token is your issuer's to sign: fill one in"
    say(f"""
  {bold('The task API is up:', '1;32')} {bold(api)}

  Paste this into another terminal ({whose}):

    export API={api}
    export TOKEN={bearer}
    {curl}

  {kept}
  A change to the Rust code or to an operation's SQL is taken up by itself. Ctrl-C stops everything.
""")


# --- Tokens -----------------------------------------------------------------------------------------------------------


class Issuer(typing.NamedTuple):
    """Who signs the tokens: `ours` where that is us. The settings are variables, and the same as the functions'."""

    ours: bool
    settings: dict

    @property
    def secret(self):
        return next((self.settings[name] for name in SECRETS if name in self.settings), None)


def issuer_of(data):
    """The issuer of the `make dev` that runs, else of the one that would."""
    instance = running_instance(data) or {}
    return Issuer(*instance["issuer"]) if "issuer" in instance else configured_issuer(data)


def configured_issuer(data):
    """To the developer's own sources of keys nothing is added: another's tokens would be taken beside them."""
    given = {name: os.environ[name] for name in (*SECRETS, *CLAIMS) if name in os.environ}
    for name in SECRETS:
        if name in given and len(given[name].encode()) < 32:
            fail(f"{name} must have at least 32 bytes: `openssl rand -base64 48` makes one.")
    if any(name in os.environ for name in (*SECRETS, "JWKS", "JWKS_URL")):
        return Issuer(False, given)
    ours = {"JWT_SECRET": kept_secret(data), "JWT_ISSUER": "task-api-development", "JWT_AUDIENCE": "task-api"}
    return Issuer(True, {**ours, **given})


def kept_secret(data):
    """Made once. The private keys are made of it each time, so that there is nothing else to be kept."""
    path = data / "jwt-secret"
    with contextlib.suppress(FileExistsError):
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


def token(issuer, user, algorithm, lifetime):
    """A JWT (RFC 7519) as the issuer would sign it for these functions."""
    if not user:
        fail("USER is empty: say whose the token is to be, as in `make token USER=alice`.")
    if algorithm not in ALGORITHMS:
        fail(f"ALG must be one of {', '.join(ALGORITHMS)}, not {algorithm!r}.")
    if not issuer.secret:
        fail("Your issuer alone can sign tokens (there are JWKS or JWKS_URL and no JWT_SECRET): "
             "get one as your front end does.")
    claims = json.dumps(claimed(issuer.settings, user, lifetime), separators=(",", ":"))
    if algorithm in HASHES:
        return hmac_signed(issuer.secret, algorithm, claims)
    if not issuer.ours:
        fail(f"{algorithm} takes a private key, which your issuer alone can have: get the token there, "
             "or sign with your secret (ALG=HS256).")
    return development_key(issuer, cargo_metadata(), "sign", algorithm, claims)


def claimed(settings, user, lifetime):
    """What a token is to say, so that functions with these settings take it."""
    now = int(time.time())
    claims = {"sub": user, "iat": now, "exp": now + lifetime}
    claims[settings.get("JWT_USER_CLAIM", "sub")] = user
    if "JWT_ISSUER" in settings:
        claims["iss"] = settings["JWT_ISSUER"].split(",")[0].strip()
    if "JWT_AUDIENCE" in settings:
        claims[settings.get("JWT_AUDIENCE_CLAIM", "aud")] = settings["JWT_AUDIENCE"].split(",")[0].strip()
    return claims


def hmac_signed(key, algorithm, claims):
    """As a front end with the shared secret would sign it (RFC 7515)."""
    head = json.dumps({"alg": algorithm, "typ": "JWT"}, separators=(",", ":"))
    message = f"{base64url(head.encode())}.{base64url(claims.encode())}"
    return f"{message}.{base64url(hmac.digest(key.encode(), message.encode(), HASHES[algorithm]))}"


def development_key(issuer, workspace, *what):
    """What testing/src/bin/token.rs answers. The secret goes by the environment: everyone sees command lines."""
    binary = Path(workspace["target_directory"], "debug", "token")
    if not binary.exists():
        fail("The keys' own command is not built yet: `make dev` builds it, and so does `cargo build --bin token`.")
    status, printed = output([binary, *what], env={**os.environ, "JWT_SECRET": issuer.secret})
    if status != 0:
        fail(f"No development token: {printed.strip()}.")
    return printed.strip()


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def seconds(text):
    match = re.fullmatch(r"(-?\d+)([smhd]?)", text)
    if not match:
        fail(f"TTL must be a time such as 900, 15m or 24h, not {text!r}.")
    return int(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[match[2]]


# --- .env -------------------------------------------------------------------------------------------------------------


def read_env_file(path):
    """KEY=VALUE lines, with or without `export` and quotes; what the environment already has stays."""
    if not path.exists():
        return
    first = {}
    for number, line in enumerate(decoded(path).splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        match = re.fullmatch(r"""(?:export\s+)?(\w+)\s*=\s*(?:"(.*)"|'(.*)'|([^"'\s].*?|))(?:\s+#.*)?""", line)
        if not match:
            fail(f".env, line {number}: this is not KEY=VALUE.")
        name, *values = match.groups()
        if name in first:
            fail(f".env, line {number}: {name} is given a second time (first in line {first[name]}): which one counts? "
                 "Take one out.")
        first[name] = number
        os.environ.setdefault(name, next(value for value in values if value is not None))


def decoded(path):
    """As UTF-8, with or without the mark that Windows' editors put in front."""
    content = path.read_bytes()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        fail(".env is written in UTF-16: save it as UTF-8.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fail(f".env is not UTF-8 (byte {error.start + 1}): save it as UTF-8.")


if __name__ == "__main__":
    sys.exit(main())
