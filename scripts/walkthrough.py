#!/usr/bin/env python3
"""Does what a newcomer does: runs `make dev`, then a document's walk-through as it is printed, then a page of another
origin, then /docs, and presses Ctrl-C.

Between <!-- walk-through --> and <!-- /walk-through --> every ```sh block is run, all in one shell. A ```json or
```text block after it is the expected output. Values that differ from run to run count as equal: UUIDs, times, and the
revisions and positions that are made from them. At the end, no started process may be left.
"""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from browser import wrong_across_origins
from console import fail, say
from dev import SETTINGS, in_use
from docs_page import wrong_on_the_page
from postgres import free_port
from processes import command_line, parents, running, supervise, temporary_directory, with_descendants
from project import PROJECT

SECTION = re.compile(r"<!-- walk-through -->(.*?)<!-- /walk-through -->", re.S)
STEP = re.compile(r"^```sh\n(.*?)^```$(?:\s*^```(?:json|text)\n(.*?)^```$)?", re.S | re.M)
VOLATILE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"
                      r'|(?<="revision":)\d{15}|(?<="position":")e[0-9a-f]{12}')
START_LIMIT, SCRIPT_LIMIT = 1500, 180  # seconds; the first covers a build from nothing


def main(readme):
    section = SECTION.search(Path(readme).read_text())
    steps = STEP.findall(section[1]) if section else []
    if not steps or len(steps) != section[1].count("```sh\n"):
        fail(f"{readme} has no walk-through, or one with a block that does not end.")
    with temporary_directory(prefix="task-api-readme-") as data:
        port = free_port()
        # A newcomer has no variables and no .env, so this machine's are not used.
        blank = {name: "" for name in SETTINGS if name != "TASK_API_POSTGRES"}
        environment = {**os.environ, **blank, "PORT": str(port), "TASK_API_DEV_DIR": data}
        try:
            with running(["make", "dev"], cwd=PROJECT, env=environment, text=True, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, start_new_session=True, grace=40) as dev:
                exports = exported(dev)
                wrong = differences(steps, exports, Path(data))
                api, token = (line.partition("=")[2] for line in exports)
                wrong += wrong_across_origins(api, token) + wrong_on_the_page(api, token) + left_by(dev, port)
        finally:
            subprocess.run(["make", "clean-dev"], cwd=PROJECT, env=environment, check=True)
    for sentence in wrong:
        say(f"\n{sentence}")
    say(f"\nwalk-through: {len(steps)} blocks, {len(wrong) or 'nothing'} wrong")
    return 1 if wrong else 0


def exported(dev):
    """Waits until `make dev` is up. Returns the export lines that it prints, and passes on its output."""
    lines, up = [], threading.Event()

    def read():
        for line in dev.stdout:
            say(f"  | {line}", end="")
            if line.strip().startswith("export "):
                lines.append(line.strip())
            if len(lines) == 2:
                up.set()
        up.set()

    threading.Thread(target=read, daemon=True).start()
    up.wait(START_LIMIT)
    if len(lines) != 2:
        fail("`make dev` did not start. Its output is above.")
    return lines


def differences(steps, exports, place):
    """Runs the blocks. Returns a sentence for each one whose output differs."""
    script = list(exports)
    for number, (text, _) in enumerate(steps):
        block = place / f"{number}"
        block.with_suffix(".sh").write_text(text)
        script.append(f". {block}.sh </dev/null >{block}.printed 2>&1; echo $? >{block}.status")
    with running(["bash", "-c", "\n".join(script)], cwd=PROJECT) as shell:
        try:
            shell.wait(SCRIPT_LIMIT)
        except subprocess.TimeoutExpired:
            say(f"The blocks took longer than {SCRIPT_LIMIT} s.")
    wrong = []
    for number, (text, shown) in enumerate(steps):
        status, printed = place / f"{number}.status", place / f"{number}.printed"
        if not status.exists():
            return [*wrong, f"This block did not end:\n{text}"]
        got = printed.read_text()
        if status.read_text() != "0\n" or shown and settled(shown) != settled(got):
            wrong.append(f"This block:\n{text}\nmust print:\n{shown}\nbut printed, with status "
                         f"{status.read_text()}\n{got}")
    return wrong


def settled(text):
    """A block's output without what differs from run to run. The order of JSON's fields does not matter."""
    text = VOLATILE.sub("‹›", text).strip()
    try:
        return json.loads(text)
    except ValueError:
        return text


def left_by(dev, port):
    """Sends Ctrl-C as a terminal does. Returns a sentence for each process that is left."""
    started = with_descendants({dev.pid})
    os.killpg(dev.pid, signal.SIGINT)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and (dev.poll() is None or started & parents().keys()):
        time.sleep(0.1)
    left = sorted(started & parents().keys())
    wrong = [f"After Ctrl-C a process still runs: {pid} {command_line(pid)}" for pid in left]
    if in_use(port):
        wrong.append(f"After Ctrl-C a process still listens on port {port}.")
    if not wrong:
        say(f"Ctrl-C ended all {len(started)} processes.")
    return wrong


if __name__ == "__main__":
    supervise()
    sys.exit(main(*sys.argv[1:]))
