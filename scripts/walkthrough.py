#!/usr/bin/env python3
"""Does what a newcomer does: `make dev`, then every ```sh run block of the documents as it is printed, then what a page
of another origin does and what one does with /docs, then Ctrl-C, then `make demo`.

    scripts/walkthrough.py [DOCUMENT …]    all documents with such blocks, if none is named

Each document has a shell of its own, in the root of the repository, with API and TOKEN as `make dev` prints them; its
blocks run in their order. Before it starts, the user's account is erased, so that no document sees another one's tasks.
A ```json or ```text block right behind a block is what it is to print. What differs from run to run counts as equal:
UUIDs, times, and the revisions and positions that come of them. At the end nothing that was started may be left.
"""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

from browser import wrong_across_origins
from console import fail, say
from dev import SETTINGS, in_use
from docs_page import wrong_on_the_page
from documents import blocks, written
from postgres import free_port
from processes import command_line, parents, running, supervise, temporary_directory, with_descendants
from project import PROJECT

VOLATILE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"
                      r'|(?<="revision":)\d{15}|(?<="position":")e[0-9a-f]{12}')
START_LIMIT, SCRIPT_LIMIT = 1500, 180  # seconds; the first covers a build from nothing


def main(*names):
    steps = {name: to_run(name) for name in names or written() if name.endswith(".md")}
    if not names:
        steps = {name: found for name, found in steps.items() if found}
    if not all(steps.values()) or not steps:
        fail(f"{', '.join(name for name in steps if not steps[name]) or 'No document'} has no block marked ```sh run.")
    with temporary_directory(prefix="task-api-walk-through-") as data:
        port = free_port()
        # None of the reader's own settings: a newcomer has none, and no .env either.
        blank = {name: "" for name in SETTINGS if name != "TASK_API_POSTGRES"}
        environment = {**os.environ, **blank, "PORT": str(port), "TASK_API_DEV_DIR": data}
        try:
            with started(["make", "dev"], environment) as dev:
                exports = said(dev, "`make dev`", "export ", 2)
                api, token = (line.partition("=")[2] for line in exports)
                wrong = []
                for number, name in enumerate(steps):
                    erase(api, token)
                    place = Path(data, f"document-{number}")
                    place.mkdir()
                    wrong += [f"{name}:{it}" for it in differences(steps[name], exports, place, environment)]
                wrong += wrong_across_origins(api, token) + wrong_on_the_page(api, token) + left_by(dev, port)
        finally:
            subprocess.run(["make", "clean-dev"], cwd=PROJECT, env=environment, check=True)
        wrong += wrong_with_the_demo({**environment, "PORT": str(free_port())})
    for sentence in wrong:
        say(f"\n{sentence}")
    blocks_run = sum(map(len, steps.values()))
    say(f"\nwalk-through: {blocks_run} blocks of {', '.join(steps)}, {len(wrong) or 'nothing'} wrong")
    return 1 if wrong else 0


def to_run(name):
    try:
        return [it for it in blocks(Path(PROJECT, name).read_text()) if (it.language, it.mark) == ("sh", "run")]
    except (OSError, ValueError) as error:
        fail(f"{name}: {error}")


def started(command, environment):
    return running(command, cwd=PROJECT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                   start_new_session=True, grace=40)


def said(process, name, wanted, count):
    """The lines that begin like this, of those that a process prints until it is up. All of them are passed on."""
    lines, up = [], threading.Event()

    def read():
        for line in process.stdout:
            say(f"  | {line}", end="")
            if line.strip().startswith(wanted):
                lines.append(line.strip())
            if len(lines) == count:
                up.set()
        up.set()

    threading.Thread(target=read, daemon=True).start()
    up.wait(START_LIMIT)
    if len(lines) != count:
        fail(f"{name} did not come up.")
    return lines


def erase(api, token):
    request = urllib.request.Request(f"{api}/api/me", method="DELETE", headers={"Authorization": f"Bearer {token}"})
    urllib.request.urlopen(request, timeout=60).close()


def wrong_with_the_demo(environment):
    """`make demo`: that it comes up, shows its page and ends. What the page does, `make demo-test` tries."""
    port = int(environment["PORT"])
    with started(["make", "demo"], environment) as demo:
        said(demo, "`make demo`", "The example is up", 1)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}", timeout=60) as page:
            shown = page.read().decode()
        return ([] if "<script" in shown else [f"`make demo` shows no page, but\n{shown}"]) + left_by(demo, port)


def differences(steps, exports, place, environment):
    """Runs the blocks and tells what differs from what is shown."""
    script = list(exports)
    for number, step in enumerate(steps):
        block = place / f"{number}"
        block.with_suffix(".sh").write_text(step.text)
        script.append(f". {block}.sh </dev/null >{block}.printed 2>&1; echo $? >{block}.status")
    with running(["bash", "-c", "\n".join(script)], cwd=PROJECT, env=environment) as shell:
        try:
            shell.wait(SCRIPT_LIMIT)
        except subprocess.TimeoutExpired:
            say(f"The blocks of a document took longer than {SCRIPT_LIMIT} s.")
    wrong = []
    for number, step in enumerate(steps):
        status, printed = place / f"{number}.status", place / f"{number}.printed"
        if not status.exists():
            return [*wrong, f"{step.line}: this block did not end:\n{step.text}"]
        got = printed.read_text()
        if status.read_text() != "0\n" or step.shown and settled(step.shown) != settled(got):
            wanted = f", instead of\n{step.shown}\nthis:" if step.shown else ":"
            wrong.append(f"{step.line}: this block:\n{step.text}\nends with status {status.read_text().strip()} and prints"
                         f"{wanted}\n{got}")
    return wrong


def settled(text):
    """What a block prints, without what differs from run to run; the order of JSON's fields says nothing."""
    text = VOLATILE.sub("‹›", text).strip()
    try:
        return json.loads(text)
    except ValueError:
        return text


def left_by(dev, port):
    """Ctrl-C, as a terminal sends it; then what is still there."""
    started = with_descendants({dev.pid})
    os.killpg(dev.pid, signal.SIGINT)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and (dev.poll() is None or started & parents().keys()):
        time.sleep(0.1)
    wrong = [f"Ctrl-C left a process: {pid} {command_line(pid)}" for pid in sorted(started & parents().keys())]
    if in_use(port):
        wrong.append(f"Ctrl-C left somebody who listens on port {port}.")
    if not wrong:
        say(f"Ctrl-C ended all {len(started)} processes.")
    return wrong


if __name__ == "__main__":
    supervise()
    sys.exit(main(*sys.argv[1:]))
