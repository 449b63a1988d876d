#!/usr/bin/env python3
"""Does what a newcomer does: `make dev`, then the README's walk-through as it is printed, then what a page
of another origin does and what one does with /docs, then Ctrl-C.

Between <!-- walk-through --> and <!-- /walk-through --> every ```sh block is run, all of them in one shell. A ```json
or ```text block behind it is what it is to print. What differs from run to run counts as equal: UUIDs, times, and the
revisions and positions that come of them. At the end nothing that was started may be left.
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
        # None of the reader's own settings: a newcomer has none, and no .env either.
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
    """The export lines that `make dev` prints when it is up; the rest of what it says is passed on."""
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
        fail("`make dev` did not come up.")
    return lines


def differences(steps, exports, place):
    """Runs the blocks and tells what differs from what is shown."""
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
            wrong.append(f"This block:\n{text}\nis to print:\n{shown}\nbut prints, with status "
                         f"{status.read_text()}\n{got}")
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
