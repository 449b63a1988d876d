#!/usr/bin/env python3
"""Builds the TypeScript client, checks its types and those of its tests, and runs the tests with real functions and a
temporary Postgres.

    scripts/client.py [PATTERN]    only the tests whose names match
"""

import os
import secrets
import sys

import node
from console import fail
from dev import build
from postgres import free_port
from processes import run, supervise
from project import PROJECT
from temporary_api import forget_settings, functions, migrated_database

CLIENT = "clients/typescript"


def main(*pattern):
    forget_settings()
    node.main(CLIENT)
    os.chdir(PROJECT / CLIENT)
    for project in ("tsconfig.json", "test"):
        if run([node.LINK, "node_modules/typescript/bin/tsc", "--project", project]) != 0:
            fail("The TypeScript client has type errors, which are shown above.")
    os.chdir(PROJECT)
    build("--workspace", "--bins")
    secret, port = secrets.token_urlsafe(48), free_port()
    with migrated_database("client") as (url, _), functions(port, {"DATABASE_URL": url, "JWT_SECRET": secret}):
        return run([node.LINK, "--test", *(f"--test-name-pattern={name}" for name in pattern), "test/*.test.ts"],
                   cwd=PROJECT / CLIENT,
                   env={**os.environ, "API": f"http://127.0.0.1:{port}", "JWT_SECRET": secret})


if __name__ == "__main__":
    supervise()
    sys.exit(main(*sys.argv[1:]))
