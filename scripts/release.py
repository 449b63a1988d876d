#!/usr/bin/env python3
"""Tests what is deployed: the release artefacts, under the environment that the template gives them.

    scripts/release.py [BINARY...]      two of them if none is named; `all` is every one

Builds them as `sam build` does, looks whether they start on provided.al2023, and runs the front-door tests against them
with the variables of the transformed template: one that is missing there is missing here. (Functions that are not built
are those of a debug build, under the same variables.)
"""

import json
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

from console import fail, step
from dev import find_cargo_lambda
from packages import PROJECT, package
from processes import output, run, supervise

SOME = ["list-tasks", "create-task"]
# provided.al2023 is Amazon Linux 2023 without a package of its own: glibc 2.34 and what belongs to it.
GLIBC = (2, 34)
LIBRARIES = re.compile(r"(libc|libm|libdl|libpthread|librt|libgcc_s|ld-linux-[\w-]+)\.so\.\d+")
# What a test of these modules needs of the environment is what the template has to give.
TESTS = ["addressing::", "contract::", "exactly_once::", "input::", "isolation::", "list::", "preconditions::",
         "round_trips::"]
GIVEN = ["DatabaseUrl=postgresql://u:p@db.example/tasks?sslmode=require", "JwtSecret=" + 32 * "x"]


def main(named):
    supervise()
    if platform.system() != "Linux":
        fail("What is deployed is built for Linux, and runs there alone: this is for CI.")
    binaries = all_binaries() if named == ["all"] else named or SOME
    built = build(binaries)
    for binary in binaries:
        check(built / binary / "bootstrap")
    status = 0
    # The first try-out has its secrets in the environment, all others have them in Parameter Store.
    for config_env, parameters, tests in [("default", GIVEN, TESTS), ("prod", [], ["secrets::"])]:
        file = environment(config_env, parameters)
        print(f"Tests of {', '.join(binaries)} as {config_env} would run them", flush=True)
        status |= run([sys.executable, PROJECT / "scripts/postgres.py", "run", "--", "cargo", "test", "--locked",
                       "-p", "functions", "--test", "api", "--", *tests],
                      env={**os.environ, "TEST_BOOTSTRAPS": str(built), "TEST_ENVIRONMENT": str(file)})
    return status


def all_binaries():
    return sorted(path.stem for path in (PROJECT / "functions/src/bin").glob("*.rs"))


def build(binaries):
    cargo_lambda = find_cargo_lambda()
    zig = package("ziglang") / "bin"
    named = [word for binary in binaries for word in ("--bin", binary)]
    with step(f"Building {', '.join(binaries)} as they are deployed, which takes minutes"):
        status, printed = output([cargo_lambda, "lambda", "build", "--release", "--locked", *named],
                                 cwd=PROJECT / "functions",
                                 env={**os.environ, "PATH": f"{zig}{os.pathsep}{os.environ['PATH']}"})
    if status != 0:
        fail(f"cargo-lambda could not build them:\n{printed}")
    target = json.loads(subprocess.run(["cargo", "metadata", "--no-deps", "--format-version=1"], cwd=PROJECT,
                                       capture_output=True, check=True).stdout)["target_directory"]
    return Path(target) / "lambda"


def check(bootstrap):
    """Whether it starts on provided.al2023."""
    if not shutil.which("readelf"):
        fail("readelf is not installed, or not on PATH: it comes with binutils.")
    read = subprocess.run(["readelf", "--wide", "--dynamic", "--version-info", bootstrap], capture_output=True,
                          text=True, check=True, env={**os.environ, "LC_ALL": "C"}).stdout
    strangers = [name for name in re.findall(r"\(NEEDED\).*\[(.*)\]", read) if not LIBRARIES.fullmatch(name)]
    newest = max((tuple(map(int, version.split("."))) for version in re.findall(r"GLIBC_([\d.]+)", read)), default=(0,))
    if strangers or newest > GLIBC:
        fail(f"{bootstrap.parent.name} would not start on provided.al2023: it needs "
             f"{', '.join(strangers) or 'glibc ' + '.'.join(map(str, newest))}.")
    size = bootstrap.stat().st_size / 1e6
    print(f"{bootstrap.parent.name}: {size:.2f} MB, glibc {'.'.join(map(str, newest))}", flush=True)


def environment(config_env, parameters):
    options = [word for parameter in parameters for word in ("--parameter", parameter)]
    status, printed = output([sys.executable, PROJECT / "scripts/environment.py", "--config-env", config_env, *options])
    if status != 0:
        fail(f"The template's environment cannot be told: {printed.strip()}")
    file = PROJECT / f".dev/environment-{config_env}.json"
    file.write_text(printed[printed.index("{"):])
    return file


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
