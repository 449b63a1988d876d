#!/usr/bin/env python3
"""Builds the TypeScript client, type-checks it with its tests, and runs these against the API: real functions, behind
`cargo lambda watch`, with a real Postgres, all of it for the occasion.

    scripts/client.py [PATTERN]    only the tests whose names match
"""

import os
import secrets
import sys
from pathlib import Path

import node
from console import fail, step
from dev import SETTINGS, build, migrate_with
from postgres import ROOT_HOME, Cluster, account, free_port
from processes import run, supervise, temporary_directory
from project import PROJECT
from watch import warm_up, watch

CLIENT = "clients/typescript"


def main(*pattern):
    for name in SETTINGS:
        if name != "TASK_API_POSTGRES":
            os.environ.pop(name, None)  # nothing of the developer's own
    node.main(CLIENT)
    os.chdir(PROJECT / CLIENT)
    for project in ("tsconfig.json", "test"):
        if run([node.LINK, "node_modules/typescript/bin/tsc", "--project", project]) != 0:
            fail("The TypeScript client has errors in its types; they are above.")
    os.chdir(PROJECT)
    build("--workspace", "--bins")
    root = ROOT_HOME if account() else None
    if root:
        root.mkdir(parents=True, exist_ok=True)
    with temporary_directory(prefix="task-api-client-") as data, \
            temporary_directory(prefix="task-api-client-", dir=root) as place:
        cluster = Cluster(place, temporary=True)
        cluster.create()
        with cluster.running():
            url, secret, port = cluster.url("postgres"), secrets.token_urlsafe(48), free_port()
            if migrate_with(url) != 0:
                return 1  # it has said why
            with watch(Path(data), port, {"DATABASE_URL": url, "JWT_SECRET": secret}) as (child, lines):
                api = f"http://127.0.0.1:{port}"
                with step("Starting the functions"):
                    warm_up(api, child, lines)
                return run([node.LINK, "--test", *(f"--test-name-pattern={name}" for name in pattern), "test/*.test.ts"],
                           cwd=PROJECT / CLIENT, env={**os.environ, "API": api, "JWT_SECRET": secret})


if __name__ == "__main__":
    supervise()
    sys.exit(main(*sys.argv[1:]))
