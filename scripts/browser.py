#!/usr/bin/env python3
"""Checks what a page of another origin can do with the API of `make dev`, and what headless Chromium lets it read.

    export API=… TOKEN=…      as `make dev` prints them
    scripts/browser.py

Without Chromium, only the headers are checked. With TEST_CHROMIUM=required, a missing Chromium is an error.
"""

import http.server
import json
import os
import queue
import sys
import threading
import urllib.error
import urllib.request

from chromium import chromium, installed
from console import say
from processes import supervise

ORIGIN = "https://tasks.example"
# What tracing in a browser adds to every request (W3C Trace Context and Baggage; Sentry).
TRACING = {
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "baggage": "sentry-environment=test",
    "sentry-trace": "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
}
LIMIT = 60  # seconds for the page; the browser's start on a busy machine takes most of them
# The page reports statements. A statement whose value is false is a fault.
PAGE = """<!doctype html><title>another origin</title><script type="module">
const {api, token, tracing} = SETTINGS
const found = {}
const call = (method, path, headers = {}, body) =>
  fetch(api + path, {method, body, headers: {...tracing, Authorization: `Bearer ${token}`, ...headers}})
const json = {"Content-Type": "application/json"}
try {
  const made = await call("POST", "/api/me/tasks", json, JSON.stringify({title: "from a browser"}))
  found["POST is answered with 201"] = made.status === 201
  found["Location is read"] = made.headers.get("Location") !== null
  found["X-Request-Id is read"] = made.headers.get("X-Request-Id") !== null
  const other = await call("POST", "/api/me/tasks", json, JSON.stringify({title: "also from a browser"}))
  const list = await call("GET", "/api/me/tasks?limit=1")
  found["ETag is read"] = /^"2\\./.test(list.headers.get("ETag"))
  found["Link is read"] = /rel="next"$/.test(list.headers.get("Link"))
  found["X-Total-Count is read"] = Number(list.headers.get("X-Total-Count")) >= 2
  const known = await call("GET", "/api/me/tasks?limit=1", {"If-None-Match": list.headers.get("ETag")})
  found["If-None-Match is answered with 304"] = known.status === 304
  const place = made.headers.get("Location")
  const changed = await call("PATCH", place, {...json, "If-Match": made.headers.get("ETag")}, '{"priority": "high"}')
  found["If-Match is answered with 200"] = changed.status === 200
  const nobody = await call("GET", "/api/me/tasks", {Authorization: "Bearer x"})
  found["WWW-Authenticate is read"] = /^Bearer /.test(nobody.headers.get("WWW-Authenticate"))
  for (const task of [place, other.headers.get("Location")]) {
    found["DELETE is answered with 204"] = (await call("DELETE", task)).status === 204
  }
} catch (error) {
  found[`no exception (${error})`] = false
}
await fetch("/found", {method: "POST", body: JSON.stringify(found)})
</script>
"""


def wrong_across_origins(api, token):
    """One sentence for each fault that a page of another origin would meet."""
    wrong = wrong_in_preflight(api) + wrong_in_answer(api, token)
    program = installed()
    if program:
        return wrong + wrong_in_browser(program, api, token)
    if os.environ.get("TEST_CHROMIUM") == "required":
        return [*wrong, "Chromium, which tests the API, is not installed (Debian: apt-get install chromium)."]
    say("skipped: the test of the API in a browser needs Chromium (Debian: apt-get install chromium)")
    return wrong


def wrong_in_preflight(api):
    wanted = ["authorization", "content-type", "if-match", "if-none-match", "idempotency-key", *TRACING]
    asked = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": ",".join(sorted(wanted))}
    status, headers = ask("OPTIONS", f"{api}/api/me/tasks/{'0' * 8}-0000-0000-0000-{'0' * 12}", asked)
    allowed = listed(headers["Access-Control-Allow-Headers"])
    wrong = [f"A preflight does not allow {name}, only {allowed}." for name in wanted if not allowed & {name, "*"}]
    if "*" in allowed and "authorization" not in allowed:
        wrong.append("A preflight allows the headers *, which do not include Authorization.")
    if not listed(headers["Access-Control-Allow-Methods"]) & {"patch", "*"}:
        wrong.append(f"A preflight does not allow PATCH, only {headers['Access-Control-Allow-Methods']}.")
    return wrong if status in (200, 204) else [*wrong, f"A preflight is answered with {status} instead of 200 or 204."]


def wrong_in_answer(api, token):
    status, headers = ask("GET", f"{api}/api/me/tasks", {"Authorization": f"Bearer {token}", **TRACING})
    wrong = [] if status == 200 else [f"A list for another origin is answered with {status} instead of 200."]
    if headers["Access-Control-Allow-Origin"] not in (ORIGIN, "*"):
        wrong.append(f"Access-Control-Allow-Origin does not allow {ORIGIN}: {headers['Access-Control-Allow-Origin']}.")
    exposed = listed(headers["Access-Control-Expose-Headers"])
    return wrong + [f"The header {name} is not exposed, only {exposed}." for name in ("etag", "link", "x-total-count")
                    if name not in exposed]


def ask(method, url, headers):
    request = urllib.request.Request(url, method=method, headers={"Origin": ORIGIN, **headers})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers


def listed(value):
    return {name.strip().lower() for name in (value or "").split(",")}


def wrong_in_browser(program, api, token):
    """Serves the page on another port, which makes it another origin, and returns the faults that it reports."""
    page = PAGE.replace("SETTINGS", json.dumps({"api": api, "token": token, "tracing": TRACING}))
    reports = queue.Queue()

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.answer(page.encode())

        def do_POST(self):
            reports.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.answer(b"")

        def answer(self, body):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            with chromium(program, f"http://127.0.0.1:{server.server_port}/"):
                found = reports.get(timeout=LIMIT)
        except queue.Empty:
            return [f"The page in {program} did not report its results within {LIMIT} s."]
        finally:
            server.shutdown()
    say(f"In {program}, a page of another origin found: {', '.join(name for name, holds in found.items() if holds)}.")
    return [f"In a browser this is not true: {name}." for name, holds in found.items() if not holds]


if __name__ == "__main__":
    supervise()
    sentences = wrong_across_origins(os.environ["API"], os.environ["TOKEN"])
    print(*sentences, sep="\n", end="\n" if sentences else "")
    sys.exit(1 if sentences else 0)
