"""What schemathesis.toml cannot say."""

import uuid

import schemathesis


@schemathesis.hook
def before_call(_context, case, _kwargs):
    """A valid request has an `Idempotency-Key` of its own, if any: under one key for all of them, the first create would
    be done, and every other one would be a 422. What a key does is tested in functions/tests/api/keys.rs."""
    if "Idempotency-Key" in case.headers and case.meta.generation.mode is schemathesis.GenerationMode.POSITIVE:
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
