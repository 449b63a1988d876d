#!/usr/bin/env python3
"""Sends a deployed API the requests that its users will send, and says what went wrong.

    scripts/smoke.py URL

Without a token it tests what needs none: /health, and that the other routes refuse such requests. None of that uses the
database. With a token it creates a task of the token's user, finds, changes, completes, deletes and restores it, and
removes it for good.
The token is the variable TOKEN. Without it, the variable JWT_SECRET signs one here (HS256) for the user `smoke-test`.
JWT_ISSUER, JWT_AUDIENCE, JWT_USER_CLAIM and JWT_AUDIENCE_CLAIM then say what else must be in it.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request

from console import fail
from tokens import claimed, signed

TIMEOUT = 30  # seconds: the gateway's own limit
ATTEMPTS = 3  # after a 429 or a 503, which have Retry-After


def main(url):
    token = os.environ.get("TOKEN")
    if not token and os.environ.get("JWT_SECRET"):
        token = signed(os.environ["JWT_SECRET"], claimed(os.environ, "smoke-test", 300))
    smoke = Smoke(url.rstrip("/"), token)
    smoke.without_a_token()
    if token:
        smoke.with_a_token()
    else:
        print("no token, so nothing that uses the database was tested (set TOKEN or JWT_SECRET)")
    for sentence in smoke.wrong:
        print(f"FAILED {sentence}", file=sys.stderr)
    print(f"smoke test of {smoke.url}{'' if token else ', without a token'}: {len(smoke.wrong) or 'nothing'} wrong")
    return 1 if smoke.wrong else 0


class Smoke:
    """The requests, and what is wrong with their answers."""

    def __init__(self, url, token):
        self.url, self.token, self.wrong = url, token, []

    def without_a_token(self):
        self.expect(200, "GET", "/health", token=None)
        self.expect(401, "GET", "/api/me/tasks", token=None)
        self.expect(401, "GET", "/api/me/tasks", token="not.a.token")

    def with_a_token(self):
        made = self.expect(201, "POST", "/api/me/tasks", {"title": f"smoke test {time.time():.0f}"})
        if not made:
            return
        path = f"/api/me/tasks/{made.get('id')}"
        try:
            listed = self.expect(200, "GET", "/api/me/tasks?limit=500") or []
            if made["id"] not in [task["id"] for task in listed]:
                self.wrong.append("the list does not have the task that was just created")
            self.expect(200, "GET", path, wanted=made)
            changed = {"title": "changed", "description": "by the smoke test"}
            self.expect(200, "PATCH", path, changed, wanted=changed)
            done = {"completed": True}
            self.expect(200, "PATCH", f"{path}/complete", done, wanted=done)
            self.expect(204, "DELETE", path)
            self.expect(404, "GET", path)
            self.expect(200, "POST", f"{path}/restore", wanted=done)
        finally:
            self.expect(204, "DELETE", f"{path}?permanent=true")
        self.expect(404, "GET", path)

    def expect(self, status, method, path, body=None, token=..., wanted=None):
        """The body of the answer, or None if it has another status or cannot be read."""
        got, text = self.request(method, path, body, self.token if token is ... else token)
        print(f"{got}  {method} {path}")
        if got != status:
            self.wrong.append(f"{method} {path} answered {got}, not {status}: {text[:300]}")
            return None
        try:
            answer = json.loads(text) if text else {}
        except ValueError:
            self.wrong.append(f"{method} {path} answered no JSON: {text[:300]}")
            return None
        for field, value in (wanted or {}).items():
            if answer.get(field) != value:
                self.wrong.append(f"{method} {path} answered {field} {answer.get(field)!r}, not {value!r}")
        return answer

    def request(self, method, path, body, token):
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = json.dumps(body).encode() if body is not None else None
        for attempt in range(1, ATTEMPTS + 1):
            request = urllib.request.Request(self.url + path, data, headers, method=method)
            try:
                with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                    return answer.status, answer.read().decode()
            except urllib.error.HTTPError as answer:
                if answer.code not in (429, 503) or attempt == ATTEMPTS:
                    return answer.code, answer.read().decode(errors="replace")
                time.sleep(min(int(answer.headers.get("Retry-After") or 1), 10))
            except (OSError, ValueError) as error:
                return "no answer", str(error)


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        fail(__doc__)
    sys.exit(main(sys.argv[1]))
