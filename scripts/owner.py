#!/usr/bin/env python3
"""The `owner` that the log has for a user, and the user that an `owner` belongs to.

    scripts/owner.py USER...
    scripts/owner.py --find OWNER...       reads the ids of users from standard input, one a line

The variable LOG_OWNER_PEPPER is the secret of the environment whose log it is. An `owner` is the first 8 bytes of the
HMAC-SHA-256 of the user's id with that secret, in hexadecimal digits (shared/src/telemetry/record.rs). It cannot be
computed backwards, so the second form tries all ids.
"""

import hashlib
import hmac
import os
import sys

from console import fail

BYTES = 32  # the functions refuse a shorter secret


def owner(pepper, user):
    return hmac.new(pepper.encode(), user.encode(), hashlib.sha256).hexdigest()[:16]


def secret(value):
    """As the functions read it: without white space around it, and without one pair of quotes."""
    value = value.strip()
    for quote in "\"'":
        if len(value) > 1 and value[0] == value[-1] == quote:
            return value[1:-1].strip()
    return value


def main(words):
    if not words or words[0].startswith("-") and (words[0] != "--find" or not words[1:]):
        fail(__doc__)
    pepper = secret(os.environ.get("LOG_OWNER_PEPPER", ""))
    if len(pepper.encode()) < BYTES:
        fail(f"LOG_OWNER_PEPPER has {len(pepper.encode())} bytes, and the functions accept {BYTES} or more: set the "
             "secret of the environment whose log it is.")
    if words[0] != "--find":
        for user in words:
            print(owner(pepper, user), user)
        return 0
    left, read = set(words[1:]), 0
    for line in sys.stdin:
        user, read = line.rstrip("\r\n"), read + 1
        if owner(pepper, user) in left:
            print(owner(pepper, user), user)
            left.discard(owner(pepper, user))
    for missing in sorted(left):
        print(f"{missing} is none of these {read} users, or the secret was another one then.", file=sys.stderr)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
