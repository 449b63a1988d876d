#!/usr/bin/env python3
"""The example front end on this machine (examples/web): its page, a Better Auth server, the functions behind
`cargo lambda watch` and a Postgres, all of it for the occasion. Users and tasks are gone when it ends.

    scripts/demo.py           what `make demo` runs; Ctrl-C ends all of it. A change to the page is built by itself
    scripts/demo.py test      what `make demo-test` runs: the end-to-end test, in headless Chromium

PORT is where the page listens on 127.0.0.1 (3000). SCREENSHOTS=1 has the test renew examples/web/screenshots.
"""

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import node
from browser import CHROMIUMS
from console import bold, fail, say, step
from dev import SETTINGS, api_port, build, check_machine, in_use, migrate_with
from postgres import ROOT_HOME, Cluster, account, free_port
from processes import output, run, running, supervise, temporary_directory
from project import PROJECT
from watch import warm_up, watch

CLIENT, EXAMPLE = "clients/typescript", "examples/web"
AUDIENCE = "task-api-example"


def main(command="up"):
    os.environ.setdefault("PORT", "3000")
    port = api_port() if command == "up" else free_port()
    for name in SETTINGS:
        if name != "TASK_API_POSTGRES":
            os.environ.pop(name, None)  # nothing of the developer's own
    chromium = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if command == "test" and not chromium:
        if os.environ.get("TEST_CHROMIUM") == "required":
            fail("There is no Chromium to try the example with.")
        say("skipped: there is no Chromium to try the example with (Debian: apt-get install chromium)")
        return 0
    check_machine()
    if in_use(port):
        fail(f"Port {port} on 127.0.0.1 is in use: choose another, as in `make demo PORT={port + 1}`.")
    os.chdir(PROJECT)
    for folder in (CLIENT, EXAMPLE):
        node.main(folder)
        tool("typescript/bin/tsc", folder)
    build("--workspace", "--bins")
    try:
        with everything(f"http://127.0.0.1:{port}") as (api, page, files, children):
            if command == "test":
                return run([node.LINK, "--test", "--test-reporter=spec", "--test-timeout=60000", "test.mjs"],
                           cwd=PROJECT / EXAMPLE, env={**os.environ, "PAGE": page, "CHROMIUM": chromium})
            say(f"\n  {bold('The example is up:', '1;32')} {bold(page)}\n\n"
                f"  Sign up with any name, address and password. The API is {api}.\n"
                "  Users and tasks are gone when this ends. Ctrl-C stops everything.\n")
            with vite(api, files, "--watch") as builder:
                return attend({**children, "Vite": builder})
    except SystemExit as end:
        if command == "up" and end.code == 130:
            say("Stopped.")
            return 0  # Ctrl-C is how it is meant to end: no error for make to report
        raise


@contextlib.contextmanager
def everything(page):
    """The API's address, the page's, where its files are, and the processes by their names."""
    root = ROOT_HOME if account() else None
    if root:
        root.mkdir(parents=True, exist_ok=True)
    with temporary_directory(prefix="task-api-demo-") as data, \
            temporary_directory(prefix="task-api-demo-", dir=root) as place:
        cluster, api_at, files = Cluster(place, temporary=True), free_port(), Path(data, "page")
        api = f"http://127.0.0.1:{api_at}"
        with step("Building the page"), vite(api, files) as builder:
            printed = builder.communicate()[0]
        if builder.returncode != 0:
            fail(f"The page could not be built:\n{printed}")
        cluster.create()
        with cluster.running() as server, auth_server(page, api, files) as front:
            url = cluster.url("postgres")
            if migrate_with(url) != 0:
                fail("The database could not be migrated; the reason is above.")
            settings = {"DATABASE_URL": url, "JWKS_URL": f"{page}/api/auth/jwks", "JWT_ISSUER": page,
                        "JWT_AUDIENCE": AUDIENCE, "LOG_LEVEL": "warn"}
            with watch(Path(data), api_at, settings) as (functions, lines):
                with step("Starting the functions"):
                    warm_up(api, functions, lines)
                lines.shown.set()
                yield api, page, files, {"PostgreSQL": server, "The page's server": front,
                                         "cargo lambda watch": functions}


@contextlib.contextmanager
def auth_server(page, api, files):
    """The page's own server, which signs its users in. It answers before the functions ask it for its keys."""
    settings = {"PAGE_URL": page, "PAGE_FILES": str(files), "API_URL": api, "AUDIENCE": AUDIENCE,
                "BETTER_AUTH_SECRET": secrets.token_urlsafe(48), "BETTER_AUTH_TELEMETRY": "0"}
    with running([node.LINK, "server.mjs"], cwd=PROJECT / EXAMPLE, stdin=subprocess.DEVNULL,
                 env={**os.environ, **settings}) as child:
        while child.poll() is None:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{page}/api/auth/jwks", timeout=60):
                break
            time.sleep(0.1)
        if child.poll() is not None:
            fail(f"The page's server has ended by itself (status {child.returncode}); the reason is above.")
        yield child


def vite(api, files, *options):
    """Builds the page. Where it builds once, what it says is kept for whoever asks; where it goes on, it is shown."""
    says = {} if options else {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return running([node.LINK, "node_modules/vite/bin/vite.js", "build", "--outDir", files, "--emptyOutDir",
                    "--logLevel", "warn", *options], cwd=PROJECT / EXAMPLE, env={**os.environ, "VITE_API_URL": api},
                   stdin=subprocess.DEVNULL, text=True, **says)


def tool(path, folder):
    """Runs a program that npm has brought into the folder; what it says is shown where it fails."""
    status, printed = output([node.LINK, f"node_modules/{path}"], cwd=PROJECT / folder)
    if status != 0:
        fail(f"{folder} has errors in its types:\n{printed}")


def attend(children):
    """Until Ctrl-C, or until one of them ends by itself."""
    while True:
        for name, child in children.items():
            if child.poll() is not None:
                fail(f"{name} has ended by itself (status {child.returncode}).")
        time.sleep(0.2)


if __name__ == "__main__":
    supervise()
    sys.exit(main(*sys.argv[1:]))
