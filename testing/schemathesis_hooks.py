"""What schemathesis.toml cannot say."""

import uuid

import schemathesis
from schemathesis.openapi.checks import UseAfterFree

RESTORED = set()  # the ids of tasks that were brought back from the trash


@schemathesis.hook
def before_call(_context, case, _kwargs):
    """A valid request has an `Idempotency-Key` of its own, if any: under one key for all of them, the first create would
    be done, and every other one would be a 422. What a key does is tested in functions/tests/api/keys.rs."""
    if "Idempotency-Key" in case.headers and case.meta.generation.mode is schemathesis.GenerationMode.POSITIVE:
        case.headers["Idempotency-Key"] = str(uuid.uuid4())


@schemathesis.hook
def after_call(_context, case, response):
    """A task that is deleted comes back by this route. (Of itself, schemathesis knows of POST to the list alone.)"""
    if case.path.endswith("/restore") and response.status_code == 200:
        RESTORED.add(case.path_parameters["task_id"])


@schemathesis.hook
def filter_failure(_context, failure, case, _response):
    """It is no mistake, then, that the task is there after it was deleted."""
    return not (isinstance(failure, UseAfterFree) and case.path_parameters.get("task_id") in RESTORED)
