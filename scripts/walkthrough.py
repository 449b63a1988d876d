#!/usr/bin/env python3
"""Does what a newcomer does: `make dev`, then the README's walk-through as it is printed, then Ctrl-C.

Between <!-- walk-through --> and <!-- /walk-through --> every ```sh block is run, all of them in one shell. A ```json,
```text or ```http block behind it is what it is to print. UUIDs, times and cursors differ from run to run and count
as equal; `…` stands for anything. Of an ```http block the headers shown must be there, others may. At the end nothing
that was started may be left.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from console import fail, say
from dev import SETTINGS, in_use
from packages import PROJECT
from processes import command_line, parents, running, supervise, with_descendants

SECTION = re.compile(r"<!-- walk-through -->(.*?)<!-- /walk-through -->", re.S)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.S | re.M)
VOLATILE = (
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "‹uuid›"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", "‹time›"),
    (r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", "‹date›"),
    (r"cursor=[\w%~.-]+", "cursor=‹cursor›"),
)
START_LIMIT, SCRIPT_LIMIT = 1500, 180  # seconds; the first covers a build from nothing


def main(readme):
    section = SECTION.search(Path(readme).read_text())
    if not section:
        fail(f"{readme} has no walk-through section.")
    steps = paired(BLOCK.findall(section[1]))
    if not steps:
        fail(f"The walk-through of {readme} has no sh block.")
    supervise()
    with tempfile.TemporaryDirectory(prefix="task-api-readme-") as data:
        port = free_port()
        # None of the reader's own settings: a newcomer has none, and no .env either.
        blank = {name: "" for name in SETTINGS if name != "TASK_API_POSTGRES"}
        environment = {**os.environ, **blank, "PORT": str(port), "TASK_API_DEV_DIR": data}
        try:
            with running(["make", "dev"], cwd=PROJECT, env=environment, text=True, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, start_new_session=True, grace=40) as dev:
                exports = exported(dev)
                wrong = differences(steps, exports, Path(data))
                wrong += left_by(dev, port)
        finally:
            subprocess.run(["make", "clean-dev"], cwd=PROJECT, env=environment, check=True)
    for sentence in wrong:
        say(f"\n{sentence}")
    say(f"\nwalk-through: {len(steps)} blocks, {len(wrong) or 'nothing'} wrong")
    return 1 if wrong else 0


def paired(blocks):
    """Each sh block with the kind and text of what it prints, if that is shown."""
    steps = []
    for kind, text in blocks:
        if kind == "sh":
            steps.append((text, None, ""))
        elif steps and steps[-1][1] is None:
            steps[-1] = (steps[-1][0], kind, text)
        else:
            fail(f"The walk-through shows this without a sh block before it:\n{text}")
    return steps


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
    marker = "=== end of block"
    script = list(exports)
    for number, (text, _, _) in enumerate(steps):
        block = place / f"block-{number}.sh"
        block.write_text(text)
        script.append(f". {block} </dev/null; printf '\\n{marker} %s\\n' $?")
    printed = place / "printed"
    with open(printed, "w") as file, running(["bash", "-c", "\n".join(script)], stdout=file, stderr=file,
                                             cwd=place) as shell:
        try:
            shell.wait(SCRIPT_LIMIT)
        except subprocess.TimeoutExpired:
            say(f"The blocks took longer than {SCRIPT_LIMIT} s.")
    results = re.findall(rf"(.*?)\n{marker} (\d+)\n", printed.read_text(), re.S)
    wrong = []
    for number, (text, kind, shown) in enumerate(steps):
        if number >= len(results):
            return [*wrong, f"This block did not end:\n{text}"]
        got, status = results[number]
        if status != "0":
            wrong.append(f"This block ends with status {status}:\n{text}\nand prints:\n{got}")
        elif kind and not same(kind, shown, got):
            wrong.append(f"This block:\n{text}\nis to print:\n{shown}\nbut prints:\n{got}")
    return wrong


def same(kind, shown, got):
    if kind == "http":
        return same_answer(shown, got)
    if kind == "json":
        return same_json(shown, got)
    return same_text(shown.strip(), got.strip())


def same_answer(shown, got):
    head, _, body = shown.strip().partition("\n\n")
    got_head, _, got_body = got.replace("\r\n", "\n").strip().partition("\n\n")
    status, *headers = head.splitlines()
    got_status, *got_headers = got_head.splitlines()
    return (same_text(status.strip(), got_status.strip())
            and all(any(same_text(header(line), header(other)) for other in got_headers) for line in headers)
            and (same_json(body, got_body) if body.strip()[:1] in ("{", "[") else same_text(body, got_body)))


def header(line):
    name, _, value = line.partition(":")
    return f"{name.strip().lower()}: {value.strip()}"


def same_json(shown, got):
    try:
        return equal(json.loads(shown), json.loads(got))
    except ValueError:
        return False


def equal(shown, got):
    if isinstance(shown, dict) and isinstance(got, dict):
        return shown.keys() == got.keys() and all(equal(value, got[key]) for key, value in shown.items())
    if isinstance(shown, list) and isinstance(got, list):
        return len(shown) == len(got) and all(map(equal, shown, got))
    if isinstance(shown, str) and isinstance(got, str):
        return same_text(shown, got)
    return type(shown) is type(got) and shown == got


def same_text(shown, got):
    parts = [re.escape(part) for part in settled(shown).split("…")]
    return re.fullmatch(".*".join(parts), settled(got), re.S) is not None


def settled(text):
    for pattern, name in VOLATILE:
        text = re.sub(pattern, name, text)
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


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
