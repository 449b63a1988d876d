#!/usr/bin/env python3
"""Asks a deployed API what its users will ask, and says what went wrong.

    scripts/smoke.py URL [--token TOKEN]

Without a token it asks what needs none: health, and that everybody else is refused. With one it makes a task of its own
for the token's user, and finds, changes, completes and deletes it. The token is --token, or TOKEN in the environment,
or signed here (HS256) with JWT_SECRET from the environment, for the user `smoke-test`; JWT_ISSUER, JWT_AUDIENCE and
JWT_USER_CLAIM then say what else the API asks of a token.
"""

import argparse
import base64
import hashlib
import hmac
import json
import os
import sys
import time
import urllib.error
import urllib.request

TIMEOUT = 30  # seconds: what the gateway allows
ATTEMPTS = 3  # for a 429 or a 503, which say themselves when to come again


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", help="the API's address, as the stack's output ApiUrl has it")
    parser.add_argument("--token", default=os.environ.get("TOKEN"))
    arguments = parser.parse_args()
    token = arguments.token or signed(os.environ.get("JWT_SECRET"))
    smoke = Smoke(arguments.url.rstrip("/"), token)
    smoke.without_a_token()
    if token:
        smoke.with_a_token()
    else:
        print("no token: what needs one was not asked (set TOKEN or JWT_SECRET)")
    for sentence in smoke.wrong:
        print(f"FAILED {sentence}", file=sys.stderr)
    print(f"smoke test of {smoke.url}: {smoke.asked} requests, {len(smoke.wrong) or 'nothing'} wrong")
    return 1 if smoke.wrong else 0


class Smoke:
    """The requests that were made, and what was wrong with their answers."""

    def __init__(self, url, token):
        self.url, self.token, self.asked, self.wrong = url, token, 0, []

    def without_a_token(self):
        self.expect("health", 200, "GET", "/health", token=None)
        self.expect("a list without a token", 401, "GET", "/api/me/tasks", token=None)
        self.expect("a list with a token of nobody's", 401, "GET", "/api/me/tasks", token="not.a.token")

    def with_a_token(self):
        made = self.expect("create", 201, "POST", "/api/me/tasks", {"title": f"smoke test {time.time():.0f}"})
        if not made:
            return
        path = f"/api/me/tasks/{made.get('id')}"
        try:
            listed = self.expect("list", 200, "GET", "/api/me/tasks?limit=500") or []
            if made["id"] not in [task["id"] for task in listed]:
                self.wrong.append("list: the task that was just made is not in it")
            self.same("get", self.expect("get", 200, "GET", path), made, "title", "revision")
            changed = {"title": "changed", "description": "by the smoke test"}
            self.same("update", self.expect("update", 200, "PATCH", path, changed), changed, *changed)
            done = {"completed": True}
            self.same("complete", self.expect("complete", 200, "PATCH", f"{path}/complete", done), done, *done)
        finally:
            self.expect("delete", 204, "DELETE", path)
        self.expect("get, once deleted", 404, "GET", path)

    def expect(self, what, status, method, path, body=None, token=...):
        """The body of the answer, or None where it has another status or cannot be read."""
        got, text = self.request(method, path, body, self.token if token is ... else token)
        print(f"{got}  {method} {path}")
        if got != status:
            self.wrong.append(f"{what}: {method} {path} answered {got}, not {status}: {text[:300]}")
            return None
        try:
            return json.loads(text) if text else {}
        except ValueError:
            self.wrong.append(f"{what}: {method} {path} answered no JSON: {text[:300]}")
            return None

    def same(self, what, got, wanted, *fields):
        for field in fields if got is not None else ():
            if got.get(field) != wanted[field]:
                self.wrong.append(f"{what}: {field} is {got.get(field)!r}, not {wanted[field]!r}")

    def request(self, method, path, body, token):
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = json.dumps(body).encode() if body is not None else None
        for attempt in range(1, ATTEMPTS + 1):
            self.asked += 1
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


def signed(secret):
    if not secret:
        return None
    now = int(time.time())
    claims = {os.environ.get("JWT_USER_CLAIM") or "sub": "smoke-test", "iat": now, "exp": now + 300}
    for claim, name in (("iss", "JWT_ISSUER"), ("aud", "JWT_AUDIENCE")):
        if os.environ.get(name):
            claims[claim] = os.environ[name].split(",")[0]
    text = f"{encoded({'alg': 'HS256', 'typ': 'JWT'})}.{encoded(claims)}"
    return f"{text}.{base64url(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest())}"


def encoded(value):
    return base64url(json.dumps(value).encode())


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


if __name__ == "__main__":
    sys.exit(main())
