"""Drives headless Chromium over a pipe with the Chrome DevTools Protocol
(https://chromedevtools.github.io/devtools-protocol/), without a library."""

import contextlib
import json
import os
import queue
import shutil
import subprocess
import threading
import time

from processes import running, temporary_directory

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def installed():
    """The path of Chromium or Chrome, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextlib.contextmanager
def chromium(program, *arguments, **options):
    """Runs the browser with its own profile for the length of a `with`."""
    with temporary_directory(prefix="task-api-chromium-") as profile:
        # The sandbox does not work as root, and we trust our own pages. In containers /dev/shm is too small for
        # Chromium.
        command = [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                   "--disable-background-networking", "--disable-component-update", f"--user-data-dir={profile}"]
        pipes = options.pop("pipes", None)
        if pipes:  # Chromium reads from file descriptor 3 and writes to 4
            command = ["sh", "-c", 'exec "$@" 3<&%d 4>&%d' % pipes, "sh", *command, "--remote-debugging-pipe"]
            options["pass_fds"] = pipes
        with running([*command, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                     stderr=subprocess.DEVNULL, env={**os.environ, "HOME": profile}, **options) as child:
            yield child


class Page:
    """A page under control. `call` runs a command of the protocol, `events` collects what the browser reports."""

    def __init__(self, write, read):
        self._write, self._read, self._answers = write, read, queue.Queue()
        self._number, self._session, self.events = 0, None, []
        threading.Thread(target=self._listen, daemon=True).start()
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def _listen(self):
        left = b""
        while chunk := os.read(self._read, 1 << 16):
            *messages, left = (left + chunk).split(b"\0")
            for message in map(json.loads, messages):
                if "id" in message:
                    self._answers.put(message)
                else:
                    self.events.append(message)

    def call(self, method, **parameters):
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        answer = self._answers.get(timeout=60)  # the browser's start on a busy machine takes most of it
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def value(self, script):
        """The value of a script in the page."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"]["description"])
        return answer["result"].get("value")

    def wait(self, selector, script="found", limit=30):
        """Waits until an element exists and a script about it (as `found`) is true."""
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            value = self.value(f"(found => found && ({script}) && true)(document.querySelector({json.dumps(selector)}))")
            if value:
                return value
            time.sleep(0.05)
        raise RuntimeError(f"no element {selector} with {script} appeared within {limit} s")

    def click(self, selector):
        self.wait(selector)
        self.value(f"document.querySelector({json.dumps(selector)}).click()")

    def type(self, selector, text):
        """Replaces a field's content with the text, as typing would."""
        self.wait(selector, "found.focus() || (found.select && found.select()) || true")
        self.call("Input.insertText", text=text)


@contextlib.contextmanager
def page(program):
    """A page in its own browser, which resolves no host name, so that only this machine can be reached."""
    (theirs_in, ours_out), (ours_in, theirs_out) = os.pipe(), os.pipe()
    try:
        hosts = "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost"
        with chromium(program, f"--host-resolver-rules={hosts}", pipes=(theirs_in, theirs_out)):
            yield Page(ours_out, ours_in)
    finally:
        for end in (theirs_in, theirs_out, ours_out):
            os.close(end)
