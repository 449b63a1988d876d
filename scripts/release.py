#!/usr/bin/env python3
"""Tests what is deployed: the release builds, with the variables that the template gives them.

    scripts/release.py [BINARY...]      the default is two of them; `all` is every one

Builds them as `sam build` does, for this machine's architecture. Checks that they can start on provided.al2023. Runs
the tests of the API against them with the variables of the transformed template, so that a variable that is missing
there is missing here. Functions that are not named come from a debug build, with the same variables.
"""

import os
import platform
import re
import shutil
import sys
from pathlib import Path

from console import fail, step
from packages import package
from processes import output, run, supervise
from project import PROJECT, cargo_metadata

SOME = ["list-tasks", "create-task"]
# provided.al2023 is a minimal Amazon Linux 2023: glibc 2.34 and its libraries, and no other packages.
GLIBC = (2, 34)
LIBRARIES = re.compile(r"(libc|libm|libdl|libpthread|librt|libgcc_s|ld-linux-[\w-]+)\.so\.\d+")
GIVEN = ["DatabaseUrl=postgresql://u:p@db.example/tasks?sslmode=require", "JwtSecret=" + 32 * "x"]
# These tests are skipped. Some need variables that the template never sets, because they come from Parameter Store (the
# pepper, Better Auth's secret). The others leave out variables that it always sets.
ELSEWHERE = ["better_auth::", "start::each_missing_or_wrong_variable_is_named",
             "key_sets::settings::each_wrong_setting_is_named_and_no_secret_is_shown",
             "telemetry::an_owner_is_logged_as_a_hash_with_the_pepper",
             "telemetry::the_sample_lines_for_the_runbooks_queries_are_like_real_ones",
             "tokens::the_secret_may_be_in_better_auths_variable"]
# The stack for a first try has its secrets in variables. Every other stack has them in Parameter Store.
STACKS = [("default", GIVEN, [word for name in ELSEWHERE for word in ("--skip", name)]),
          ("prod", [], ["secrets::", "--skip", "key_sets::"])]


def main(named):
    os.chdir(PROJECT)
    if platform.system() != "Linux" or not shutil.which("readelf"):
        fail("Run this on Linux, with readelf installed (package binutils): what is deployed only starts on Linux.")
    every = sorted(path.stem for path in Path("functions/src/bin").glob("*.rs"))
    binaries = every if named == ["all"] else named or SOME
    package("moto", "moto")
    built = build(binaries)
    for binary in binaries:
        check(built / binary / "bootstrap")
    # Both run, even if the first one fails: what is missing in one is often missing in the other, too.
    return max([test(built, *stack) for stack in STACKS])


def build(binaries):
    """Builds them. Returns the directory with NAME/bootstrap for each."""
    cargo_lambda, zig = package("cargo-lambda") / "bin/cargo-lambda", package("ziglang") / "bin"
    built = Path(cargo_metadata()["target_directory"]) / "bootstraps"
    shutil.rmtree(built, ignore_errors=True)  # a binary of an earlier run must not be tested
    named = [word for binary in binaries for word in ("--bin", binary)]
    with step(f"Building {', '.join(binaries)} as they are deployed, which takes minutes"):
        status, printed = output(
            [cargo_lambda, "lambda", "build", "--release", "--locked", "--lambda-dir", built, *named],
            cwd="functions", env={**os.environ, "PATH": f"{zig}{os.pathsep}{os.environ['PATH']}"})
    if status != 0:
        fail(f"cargo-lambda could not build {', '.join(binaries)}:\n{printed}")
    return built


def check(bootstrap):
    """Fails unless it can start on provided.al2023."""
    status, read = output(["readelf", "--wide", "--dynamic", "--version-info", bootstrap],
                          env={**os.environ, "LC_ALL": "C"})
    if status != 0:
        fail(f"readelf cannot read {bootstrap}: {read}")
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", read)
    glibc = max([tuple(map(int, version.split("."))) for version in re.findall(r"\bGLIBC_(\d[\d.]*)", read)])
    dotted = f"glibc {'.'.join(map(str, glibc))}"
    wanting = [name for name in needed if not LIBRARIES.fullmatch(name)] + ([dotted] if glibc > GLIBC else [])
    if wanting:
        fail(f"{bootstrap.parent.name} would not start on provided.al2023: it needs {', '.join(wanting)}.")
    print(f"{bootstrap.parent.name}: {bootstrap.stat().st_size / 1e6:.2f} MB, {dotted}", flush=True)


def test(built, config_env, parameters, chosen):
    """Runs the tests with the variables of this stack. Returns their exit status."""
    variables = PROJECT / f".dev/environment-{config_env}.json"
    with open(variables, "w") as file:
        status = run([sys.executable, "scripts/stack.py", config_env, *parameters], stdout=file)
    if status != 0:
        return status
    print(f"Testing with the variables of {config_env}", flush=True)
    return run([sys.executable, "scripts/postgres.py", "run", "--", "cargo", "test", "--locked", "--package",
                "functions", "--test", "api", "--no-fail-fast", "--", *chosen],
               env={**os.environ, "TEST_BOOTSTRAPS": str(built), "TEST_ENVIRONMENT": str(variables)})


if __name__ == "__main__":
    supervise()
    sys.exit(main(sys.argv[1:]))
