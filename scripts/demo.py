#!/usr/bin/env python3
"""Runs the example front end (examples/web) on this machine: its page, a Better Auth server, the functions, and a
temporary Postgres. Users and tasks are removed when it ends.

    scripts/demo.py           what `make demo` runs, until Ctrl-C; it builds the page again after each change
    scripts/demo.py test      what `make demo-test` runs: the end-to-end test in headless Chromium

PORT is the page's port on 127.0.0.1 (3000). With SCREENSHOTS=1 the test renews examples/web/screenshots.
"""

import contextlib
import os
import secrets
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import node
from chromium import installed
from console import bold, fail, say, step
from dev import api_port, build, check_machine, in_use
from postgres import free_port
from processes import output, run, running, supervise, temporary_directory
from project import PROJECT
from temporary_api import forget_settings, functions, migrated_database

CLIENT, EXAMPLE = "clients/typescript", "examples/web"
AUDIENCE = "task-api-example"


def main(command="up"):
    os.environ.setdefault("PORT", "3000")
    port = api_port() if command == "up" else free_port()
    forget_settings()
    chromium = installed()
    if command == "test" and not chromium:
        if os.environ.get("TEST_CHROMIUM") == "required":
            fail("Chromium, which tests the example, is not installed (Debian: apt-get install chromium).")
        say("skipped: the test of the example needs Chromium (Debian: apt-get install chromium)")
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
                "  Users and tasks are removed when this ends. Ctrl-C stops everything.\n")
            with vite(api, files, "--watch") as builder:
                return attend({**children, "Vite": builder})
    except SystemExit as end:
        if command == "up" and end.code == 130:
            say("Stopped.")
            return 0  # Ctrl-C is the normal end, so make must not report an error
        raise


@contextlib.contextmanager
def everything(page):
    """Yields the API's address, the page's address, the directory of its files, and the processes by name."""
    with temporary_directory(prefix="task-api-demo-") as data:
        port, files = free_port(), Path(data, "page")
        api = f"http://127.0.0.1:{port}"
        with step("Building the page"), vite(api, files) as builder:
            printed = builder.communicate()[0]
        if builder.returncode != 0:
            fail(f"The page could not be built:\n{printed}")
        with migrated_database("demo") as (url, postgres), auth_server(page, api, files) as server:
            settings = {"DATABASE_URL": url, "JWKS_URL": f"{page}/api/auth/jwks", "JWT_ISSUER": page,
                        "JWT_AUDIENCE": AUDIENCE, "LOG_LEVEL": "warn"}
            with functions(port, settings) as (watching, lines):
                lines.shown.set()
                yield api, page, files, {"PostgreSQL": postgres, "The page's server": server,
                                         "cargo lambda watch": watching}


@contextlib.contextmanager
def auth_server(page, api, files):
    """The page's server, which signs users in. It answers before the functions fetch its keys."""
    settings = {"PAGE_URL": page, "PAGE_FILES": str(files), "API_URL": api, "AUDIENCE": AUDIENCE,
                "BETTER_AUTH_SECRET": secrets.token_urlsafe(48), "BETTER_AUTH_TELEMETRY": "0"}
    with running([node.LINK, "server.mjs"], cwd=PROJECT / EXAMPLE, stdin=subprocess.DEVNULL,
                 env={**os.environ, **settings}) as child:
        while child.poll() is None:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{page}/api/auth/jwks", timeout=60):
                break
            time.sleep(0.1)
        if child.poll() is not None:
            fail(f"The page's server ended unexpectedly (status {child.returncode}); the reason is above.")
        yield child


def vite(api, files, *options):
    """Builds the page. The output of a single build can be read by the caller; with `--watch` it is shown."""
    says = {} if options else {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return running([node.LINK, "node_modules/vite/bin/vite.js", "build", "--outDir", files, "--emptyOutDir",
                    "--logLevel", "warn", *options], cwd=PROJECT / EXAMPLE, env={**os.environ, "VITE_API_URL": api},
                   stdin=subprocess.DEVNULL, text=True, **says)


def tool(path, folder):
    """Runs a program that npm has installed in the folder, and shows its output if it fails."""
    status, printed = output([node.LINK, f"node_modules/{path}"], cwd=PROJECT / folder)
    if status != 0:
        fail(f"{folder} has type errors:\n{printed}")


def attend(children):
    """Waits for Ctrl-C. Ends with an error if one of the processes ends by itself."""
    while True:
        for name, child in children.items():
            if child.poll() is not None:
                fail(f"{name} ended unexpectedly (status {child.returncode}): run this again.")
        time.sleep(0.2)


if __name__ == "__main__":
    supervise()
    sys.exit(main(*sys.argv[1:]))
