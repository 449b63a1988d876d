#!/usr/bin/env python3
"""The environment variables of every function exactly as a deployment sets them, as JSON.

    scripts/environment.py --config-env prod --parameter SecretsPath=/task-api/prod --parameter LogLevel=debug

The parameters come from samconfig.toml's environment, from template.yaml's defaults, and before both from --parameter.
What it prints is keyed by the binary: {"list-tasks": {"SECRETS_PATH": "/task-api/prod", …}, …}. It needs no account;
a value that only AWS knows stays as `${Name.Attribute}`.
"""

import argparse
import json

from console import fail
from processes import supervise
from stack import Stack, run_in_sam


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config-env", default="default", help="an environment of samconfig.toml")
    parser.add_argument("--parameter", action="append", default=[], metavar="NAME=VALUE", help="a template parameter")
    arguments = parser.parse_args()
    run_in_sam()
    print(json.dumps(Stack(arguments.config_env, dict(map(pair, arguments.parameter))).environments(), indent=2))


def pair(text):
    name, equals, value = text.partition("=")
    if not equals:
        fail(f"{text} is not NAME=VALUE.")
    return name, value


if __name__ == "__main__":
    supervise()
    main()
