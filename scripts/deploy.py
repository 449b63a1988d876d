#!/usr/bin/env python3
"""Deploys what `sam build` has built, as samconfig.toml says, with a release of its own.

    scripts/deploy.py ENVIRONMENT [--release COMMIT] [what else `sam deploy` takes]

It is `sam deploy --config-env ENVIRONMENT`, with every parameter said: one that is not keeps the value that it had the
last time, also after its line is gone from samconfig.toml or .env. Two are not in that file:

Release     is new each time, so that new settings and secrets reach the functions (template.yaml says why).
Secrets     of an environment without SecretsPath come from DATABASE_URL, JWT_SECRET, JWT_SECRET_PREVIOUS, JWKS_URL,
            JWKS, JWT_ISSUER, JWT_AUDIENCE, in the environment or in .env beside the README.

Both are handed over in a file that nobody else can read, and that is gone afterwards.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time

from console import fail
from dev import read_env_file
from packages import PROJECT
from processes import supervise
from stack import Stack, real_environment, run_in_sam, settings_of

GIVEN = {"DatabaseUrl": "DATABASE_URL", "JwtSecret": "JWT_SECRET", "JwtSecretPrevious": "JWT_SECRET_PREVIOUS",
         "JwksUrl": "JWKS_URL", "Jwks": "JWKS", "JwtIssuer": "JWT_ISSUER", "JwtAudience": "JWT_AUDIENCE"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("environment", help="an environment of samconfig.toml")
    parser.add_argument("--release", default=str(int(time.time())))
    arguments, more = parser.parse_known_args()
    run_in_sam()
    import tomlkit

    settings = settings_of(arguments.environment)
    by_path = any(override.startswith("SecretsPath=") for override in settings.get("parameter_overrides", []))
    stack = Stack(arguments.environment, {**({} if by_path else given()), "Release": arguments.release})
    settings = {**settings, "parameter_overrides": [override(*pair) for pair in stack.parameters.items()]}
    with tempfile.NamedTemporaryFile("w", suffix=".toml", dir=PROJECT / ".dev") as file:  # mode 600
        tomlkit.dump({"version": 0.1, arguments.environment: {"global": {"parameters": settings}}}, file)
        file.flush()
        return subprocess.run([os.path.join(sys.prefix, "bin/sam"), "deploy", "--config-file", file.name,
                               "--config-env", arguments.environment, *more], cwd=PROJECT, env=real_environment(),
                              check=False).returncode


def given():
    read_env_file(PROJECT / ".env")
    values = {parameter: os.environ[name] for parameter, name in GIVEN.items() if os.environ.get(name)}
    if "DatabaseUrl" not in values:
        fail("This environment has no SecretsPath: set DATABASE_URL and JWT_SECRET or JWKS_URL, in .env or the shell.")
    return values


def override(name, value):
    """As SAM reads it: `\\"` within quotes, and a backslash by itself for what it is."""
    text = ",".join(value) if isinstance(value, list) else value
    return name + '="' + text.replace('"', '\\"') + '"'


if __name__ == "__main__":
    supervise()
    sys.exit(main())
