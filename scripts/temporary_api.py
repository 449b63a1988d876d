"""The parts of an API that runs for the length of one command: a migrated database, and the functions that use it."""

import contextlib
import os

from console import fail, step
from dev import SETTINGS, migrate_with
from postgres import ROOT_HOME, Cluster, account
from processes import temporary_directory
from watch import warm_up, watch


def forget_settings():
    """Removes the developer's own variables, so that the command runs alike on every machine."""
    for name in SETTINGS:
        if name != "TASK_API_POSTGRES":
            os.environ.pop(name, None)


@contextlib.contextmanager
def migrated_database(purpose):
    """A temporary Postgres with the schema. Yields its connection string and its server process."""
    root = ROOT_HOME if account() else None
    if root:
        root.mkdir(parents=True, exist_ok=True)
    with temporary_directory(prefix=f"task-api-{purpose}-", dir=root) as place:
        cluster = Cluster(place, temporary=True)
        cluster.create()
        with cluster.running() as server:
            url = cluster.url("postgres")
            if migrate_with(url) != 0:
                fail("The database could not be migrated; the reason is above.")
            yield url, server


@contextlib.contextmanager
def functions(port, settings):
    """The functions on this port, once each of them answers. Yields the process that runs them and its output."""
    with watch(port, settings) as (child, lines):
        with step("Starting the functions"):
            warm_up(f"http://127.0.0.1:{port}", child, lines)
        yield child, lines
