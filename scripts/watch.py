"""`cargo lambda watch`, which serves the API's paths on this machine and starts the functions behind them."""

import contextlib
import os
import re
import subprocess
import threading
import time
import urllib.error
import urllib.request

from console import COLOUR, fail, say
from packages import package
from processes import running
from project import cargo_metadata

# Two processes of each function, so that two requests at once behave as on Lambda. Not more, because each is a separate
# `cargo run` at each start.
CONCURRENCY = 2


@contextlib.contextmanager
def watch(port, settings):
    """Runs `cargo lambda watch`. Yields the process and its output."""
    # Without --ignore-changes it watches every directory below this one for each function, even `target`. That is more
    # than Linux lets one user watch.
    command = [package("cargo-lambda") / "bin/cargo-lambda", "lambda", "watch", "--quiet", "--ignore-changes",
               "--invoke-address", "127.0.0.1", "--invoke-port", port, "--concurrency", CONCURRENCY,
               "--color", "always" if COLOUR else "never"]
    with running(command, env={**os.environ, **settings}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                 text=True, errors="replace", start_new_session=True) as child:
        lines = Lines(child.stdout)
        try:
            yield child, lines
        finally:
            lines.shown.clear()  # at the end, their complaints about a missing server are normal


class Lines(threading.Thread):
    """The output of the functions and the compiler, without cargo-lambda's own lines. Shown once `shown` is set."""

    def __init__(self, stream):
        super().__init__(daemon=True)
        self.stream, self.kept, self.shown = stream, [], threading.Event()
        self.ended = threading.Event()  # set when a function has ended by itself
        self.start()

    def run(self):
        for line in self.stream:
            said = plain(line)
            if said.startswith("ERROR command exited"):
                self.ended.set()
            if said.startswith("INFO ") or "AWS_LAMBDA_MAX_CONCURRENCY is set to '1'" in said:
                continue
            elif self.shown.is_set():
                say(line, end="")
            else:
                self.kept.append(line)


def plain(line):
    """A line without colours."""
    return re.sub(r"\033\[[0-9;]*m", "", line).strip()


def warm_up(api, child, lines):
    """Sends a request to every function, so that no later request waits for its start."""
    router = cargo_metadata()["metadata"]["lambda"]["watch"]["router"]
    routes = {route["function"]: (route["method"], re.sub(r"\{\w+\}", "me", path))
              for path, methods in router.items() for route in methods}
    answers = {}

    def ask(function, method, path):
        deadline = time.monotonic() + 120
        while function not in answers and time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(urllib.request.Request(api + path, method=method), timeout=120) as answer:
                    answers[function] = answer.status, ""
            except urllib.error.HTTPError as refused:
                answers[function] = refused.code, refused.read().decode(errors="replace")  # 401: there is no token
            except OSError:
                time.sleep(0.1)  # it does not listen yet

    askers = [threading.Thread(target=ask, args=(function, *route), daemon=True) for function, route in routes.items()]
    for asker in askers:
        asker.start()
    # If a function has ended, its requests wait for ever.
    while any(asker.is_alive() for asker in askers) and child.poll() is None and not lines.ended.is_set():
        time.sleep(0.05)
    refusals = [line for line in map(plain, lines.kept) if line.startswith("Error: ")]
    if lines.ended.is_set() and refusals:
        fail(f"The functions do not start: {refusals[0].removeprefix('Error: ')}.")
    for function in routes:
        status, body = answers.get(function, (None, ""))
        if status is None or status >= 500:
            say("".join(lines.kept), end="")
            said = f"answers {status}: {body}" if status else "does not answer"
            fail(f"The function {function} {said} (its log is above).")
