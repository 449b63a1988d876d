#!/usr/bin/env python3
"""Runs a command on a branch of a Neon database. Deletes the branch afterwards, even if the command fails.

    scripts/neon_branch.py COMMAND...

A branch is a copy of the data. It costs nothing until something is written to it. The command gets the branch's direct
connection string in DATABASE_URL_UNPOOLED and DATABASE_URL. NEON_API_KEY and NEON_PROJECT_ID must be set. NEON_DATABASE
and NEON_ROLE name the database and its owner; the defaults are neondb and neondb_owner. Neon's API is described at
https://api-docs.neon.tech/reference.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

from console import fail
from processes import run, supervise

API = os.environ.get("NEON_API_HOST") or "https://console.neon.tech/api/v2"


def main(command):
    if not command or not os.environ.get("NEON_API_KEY") or not os.environ.get("NEON_PROJECT_ID"):
        fail("Usage: scripts/neon_branch.py COMMAND..., with NEON_API_KEY and NEON_PROJECT_ID set.")
    project = f"/projects/{os.environ['NEON_PROJECT_ID']}"
    made = ask("POST", f"{project}/branches", {"branch": {"name": f"migration-{int(time.time())}"},
                                               "endpoints": [{"type": "read_write"}]})["branch"]["id"]
    try:
        deadline = time.monotonic() + 120
        while ask("GET", f"{project}/branches/{made}")["branch"]["current_state"] != "ready":
            if time.monotonic() > deadline:
                fail("The branch of the database is not ready after two minutes.")
            time.sleep(1)
        query = urllib.parse.urlencode({"branch_id": made,
                                        "database_name": os.environ.get("NEON_DATABASE") or "neondb",
                                        "role_name": os.environ.get("NEON_ROLE") or "neondb_owner"})
        url = ask("GET", f"{project}/connection_uri?{query}")["uri"]
        print("::add-mask::" + url if os.environ.get("GITHUB_ACTIONS") else "On a branch of the database:", flush=True)
        return run(command, env={**os.environ, "DATABASE_URL": url, "DATABASE_URL_UNPOOLED": url})
    finally:
        ask("DELETE", f"{project}/branches/{made}")


def ask(method, path, body=None):
    request = urllib.request.Request(API + path, json.dumps(body).encode() if body else None, method=method, headers={
        "Authorization": f"Bearer {os.environ['NEON_API_KEY']}", "Accept": "application/json",
        "Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.loads(response.read() or b"{}")
    except urllib.error.HTTPError as error:
        fail(f"Neon's API answered {error.code} to {method} {path.split('?')[0]}: {error.read().decode()[:200]}")
    except OSError as error:
        fail(f"Neon's API cannot be reached: {error}.")


if __name__ == "__main__":
    supervise()
    sys.exit(main(sys.argv[1:]))
