#!/usr/bin/env python3
"""Deploys what `sam build` has built, with the settings of samconfig.toml and a new DeploymentId.

    scripts/deploy.py ENVIRONMENT [options of `sam deploy`]

It runs `sam deploy --config-env ENVIRONMENT` in the region of the AWS CLI (AWS_REGION), and passes every stack
parameter. CloudFormation keeps the last value of a parameter that is not passed, even after its line is gone from
samconfig.toml or .env. Some values are not in that file:

DeploymentId    is new each time, so that new settings and secrets reach the functions (template.yaml says why).
Variables       An environment without SecretsPath takes them from the shell or from .env beside the README. GIVEN lists
                them. A variable that no stack parameter takes is named, because the functions do not get it.

sam gets all of it in a file that only this user can read. The file is removed afterwards.
"""

import os
import subprocess
import sys
import tempfile
import time

from console import fail, say
from processes import supervise
from project import PROJECT, read_env_file
from stack import Stack, region, run_in_sam, settings_of

# Each stack parameter that a variable of the functions can give, and the variable. Of several the first that is set.
GIVEN = {
    "DatabaseUrl": ["DATABASE_URL"],
    "JwtSecret": ["JWT_SECRET", "BETTER_AUTH_SECRET"],
    "JwtSecretPrevious": ["JWT_SECRET_PREVIOUS"],
    "JwksUrl": ["JWKS_URL"],
    "Jwks": ["JWKS"],
    "JwksMaxAge": ["JWKS_MAX_AGE"],
    "JwtIssuer": ["JWT_ISSUER"],
    "JwtAudience": ["JWT_AUDIENCE"],
    "JwtAudienceClaim": ["JWT_AUDIENCE_CLAIM"],
    "JwtUserClaim": ["JWT_USER_CLAIM"],
    "JwtLeeway": ["JWT_LEEWAY"],
    "LogLevel": ["LOG_LEVEL"],
    "MetricsNamespace": ["METRICS_NAMESPACE"],
    "UnknownInput": ["UNKNOWN_INPUT"],
}
# A deployed function reads these only from Parameter Store, so only with SecretsPath.
PARAMETER_STORE_ONLY = ["LOG_OWNER_PEPPER", "REQUEST_BUDGET_MS", "REQUEST_MARGIN_MS", "DB_CONNECT_MS", "DB_TRY_MS",
                        "DB_PROBE_AFTER_MS", "DB_PROBE_MS", "DB_MAX_AGE_MS", "DB_POOL_SIZE"]


def main(environment, *more):
    if not (PROJECT / ".aws-sam/build/template.yaml").exists():  # without it, SAM would upload the source
        fail("There is no build. Run `make build` on the commit that you want to deploy, then run this again.")
    import tomlkit

    settings = settings_of(environment)
    by_path = any(override.startswith("SecretsPath=") for override in settings.get("parameter_overrides", []))
    stack = Stack.of(environment, {**({} if by_path else given()), "DeploymentId": str(int(time.time()))})
    for sentence in missing(environment, stack.parameters):
        say(sentence)
    settings = {**settings, "parameter_overrides": [override(*pair) for pair in stack.parameters.items()]}
    with tempfile.NamedTemporaryFile("w", suffix=".toml", dir=PROJECT / ".dev") as file:  # mode 600
        tomlkit.dump({"version": 0.1, environment: {"global": {"parameters": settings}}}, file)
        file.flush()
        return subprocess.run([PROJECT / ".dev/sam/bin/sam", "deploy", "--config-file", file.name, "--config-env",
                               environment, *more], cwd=PROJECT, env=variables(), check=False).returncode


def variables():
    """SAM's variables: those of the shell, with the region that the AWS CLI has."""
    where = {"AWS_DEFAULT_REGION": region()} if region() else {}
    return {"SAM_CLI_TELEMETRY": "0", **os.environ, **where}


def missing(environment, parameters):
    """What an environment can be deployed without, but should not."""
    if parameters["SecretsPath"] and not (parameters["JwksUrl"] or parameters["Jwks"]):
        yield (f"{environment} has no JwksUrl in samconfig.toml, so the functions start only if JWT_SECRET, "
               f"BETTER_AUTH_SECRET or JWKS is in Parameter Store below {parameters['SecretsPath']}.")
    if parameters["Alarms"] != "none" and not parameters["AlarmTopicArn"]:
        yield f"{environment} has no AlarmTopicArn in samconfig.toml, so its alarms notify nobody."


def given():
    """The stack parameters that the shell and .env give."""
    read_env_file()
    values = {parameter: value for parameter, names in GIVEN.items()
              for value in [next(filter(None, map(os.environ.get, names)), None)] if value}
    if "DatabaseUrl" not in values:
        fail("This environment has no SecretsPath: set DATABASE_URL, and JWT_SECRET or JWKS_URL, in .env or the shell.")
    ignored = [name for name in PARAMETER_STORE_ONLY if os.environ.get(name)]
    if ignored:
        say(f"The functions do not get {', '.join(ignored)}: that needs an environment with SecretsPath.")
    return values


def override(name, value):
    """As SAM reads it: a quote inside quotes is `\\"`, and any other backslash is itself."""
    return name + '="' + value.replace('"', '\\"') + '"'


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        fail(__doc__)
    run_in_sam()
    supervise()
    sys.exit(main(*sys.argv[1:]))
