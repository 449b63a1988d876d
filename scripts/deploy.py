#!/usr/bin/env python3
"""Deploys what `sam build` has built, as samconfig.toml says, with a release of its own.

    scripts/deploy.py ENVIRONMENT [what else `sam deploy` takes]

It is `sam deploy --config-env ENVIRONMENT`, with every parameter said: one that is not keeps the value that it had the
last time, also after its line is gone from samconfig.toml or .env. Two are not in that file:

Release     is new each time, so that new settings and secrets reach the functions (template.yaml says why).
Secrets     of an environment without SecretsPath come from DATABASE_URL, JWT_SECRET, JWT_SECRET_PREVIOUS, JWKS_URL,
            JWKS, JWT_ISSUER, JWT_AUDIENCE, in the environment or in .env beside the README.

Both are handed over in a file that nobody else can read, and that is gone afterwards.
"""

import os
import subprocess
import sys
import tempfile
import time

from console import fail
from processes import supervise
from project import PROJECT, read_env_file
from stack import Stack, run_in_sam, settings_of

GIVEN = {"DatabaseUrl": "DATABASE_URL", "JwtSecret": "JWT_SECRET", "JwtSecretPrevious": "JWT_SECRET_PREVIOUS",
         "JwksUrl": "JWKS_URL", "Jwks": "JWKS", "JwtIssuer": "JWT_ISSUER", "JwtAudience": "JWT_AUDIENCE"}


def main(environment, *more):
    import tomlkit

    settings = settings_of(environment)
    by_path = any(override.startswith("SecretsPath=") for override in settings.get("parameter_overrides", []))
    stack = Stack.of(environment, {**({} if by_path else given()), "Release": str(int(time.time()))})
    settings = {**settings, "parameter_overrides": [override(*pair) for pair in stack.parameters.items()]}
    with tempfile.NamedTemporaryFile("w", suffix=".toml", dir=PROJECT / ".dev") as file:  # mode 600
        tomlkit.dump({"version": 0.1, environment: {"global": {"parameters": settings}}}, file)
        file.flush()
        return subprocess.run([PROJECT / ".dev/sam/bin/sam", "deploy", "--config-file", file.name, "--config-env",
                               environment, *more], cwd=PROJECT, env={"SAM_CLI_TELEMETRY": "0", **os.environ},
                              check=False).returncode


def given():
    read_env_file()
    values = {parameter: os.environ[name] for parameter, name in GIVEN.items() if os.environ.get(name)}
    if "DatabaseUrl" not in values:
        fail("This environment has no SecretsPath: set DATABASE_URL and JWT_SECRET or JWKS_URL, in .env or the shell.")
    return values


def override(name, value):
    """As SAM reads it: `\\"` within quotes, and a backslash by itself for what it is."""
    return name + '="' + value.replace('"', '\\"') + '"'


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        fail(__doc__)
    run_in_sam()
    supervise()
    sys.exit(main(*sys.argv[1:]))
