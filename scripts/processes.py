"""Child processes that are gone when we are: after Ctrl-C, SIGTERM, a closed terminal, and kill -9 too."""

import contextlib
import os
import shutil
import signal
import subprocess
import time

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_janitor = None
_deferring, _deferred = False, None


def supervise():
    """Turns the signals that end us into SystemExit, so that every `finally` runs, and starts the janitor.

    The janitor is a fork that waits for the other end of a pipe to close, which a kill -9 of this process does as
    well. It then ends what was registered and not taken back. Call this before any thread starts.
    """
    global _janitor
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.close(writing)
        _await_death(reading)
        os._exit(0)
    os.close(reading)
    _janitor = os.fdopen(writing, "w", buffering=1)
    for number in ENDINGS:
        signal.signal(number, _end)


def _end(number, _frame):
    global _deferred
    if _deferring:
        _deferred = number
        return
    for other in ENDINGS:  # the clean-up is not to be interrupted by a second Ctrl-C
        signal.signal(other, signal.SIG_IGN)
    raise SystemExit(128 + number)


@contextlib.contextmanager
def _uninterrupted():
    """Between a child's birth and its registration no signal may strike."""
    global _deferring, _deferred
    _deferring = True
    try:
        yield
    finally:
        _deferring = False
        if _deferred:
            number, _deferred = _deferred, None
            _end(number, None)


def _await_death(pipe):
    os.setsid()
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)
    left = []
    with os.fdopen(pipe) as lines:
        for line in lines:
            verb, entry = line.rstrip("\n").split(" ", 1)
            left.append(entry) if verb == "add" else left.remove(entry)
    for entry in reversed(left):
        kind, value = entry.split(" ", 1)
        if kind == "tree":
            shutil.rmtree(value, ignore_errors=True)
        else:
            stop(int(value), signal.Signals[kind])


def _tell(verb, entry):
    if _janitor:
        _janitor.write(f"{verb} {entry}\n")


@contextlib.contextmanager
def temporary_directory(make):
    """A directory (`make` creates it and returns its path) that goes away with us."""
    with _uninterrupted():
        path = str(make())
        _tell("add", f"tree {path}")
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        _tell("drop", f"tree {path}")


@contextlib.contextmanager
def running(command, ending=signal.SIGTERM, grace=10, **options):
    """A child for the length of a `with`; at its end the child and all its descendants are ended."""
    with _uninterrupted():
        child = subprocess.Popen([str(word) for word in command], **options)
        entry = f"{ending.name} {child.pid}"
        _tell("add", entry)
    try:
        yield child
    finally:
        if child.poll() is None:
            stop(child.pid, ending, grace, reap=child.poll)
        child.wait()
        _tell("drop", entry)


def run(command, **options):
    """The command's exit status, as a shell counts: 128 and the signal's number where one ended it."""
    with running(command, **options) as child:
        status = child.wait()
        return 128 - status if status < 0 else status


def output(command, input="", **options):
    """The command's exit status and what it printed."""
    with running(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                 errors="replace", **options) as child:
        printed = child.communicate(input)[0]
        return child.returncode, printed


def stop(pid, ending=signal.SIGTERM, grace=10, reap=lambda: None):
    """Asks a process to end, and kills what is left of it and its descendants after the grace (seconds).

    Descendants are found by their parents' ids, because cargo-lambda gives every function a session of its own, so
    that no signal to a process group reaches them.
    """
    family = with_descendants({pid})
    _signal(pid, ending)
    deadline = time.monotonic() + grace
    while time.monotonic() < deadline:
        reap()
        living = parents()
        family = with_descendants(family, living)
        if not family & living.keys():
            return
        time.sleep(0.05)
    for left in family & parents().keys():
        _signal(left, signal.SIGKILL)


def _signal(pid, number):
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def with_descendants(family, living=None):
    """These processes and all that come from them."""
    living = parents() if living is None else living
    family, before = set(family), 0
    while len(family) != before:
        before = len(family)
        family |= {pid for pid, parent in living.items() if parent in family}
    return family


def parents():
    """The parent of every living process; zombies do not count."""
    table = {}
    if os.path.exists("/proc/self/stat"):  # slim containers have no ps
        for pid in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                with open(f"/proc/{pid}/stat", errors="replace") as file:
                    state, parent = file.read().rpartition(")")[2].split()[:2]
                if state != "Z":
                    table[int(pid)] = int(parent)
        return table
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True)
    for line in listing.stdout.splitlines():
        pid, parent, state = line.split(None, 2)
        if not state.startswith("Z"):
            table[int(pid)] = int(parent)
    return table


def command_line(pid):
    """What a process was started as, or an empty text where there is no such process."""
    shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True) \
        if not os.path.exists("/proc/self/cmdline") else None
    if shown:
        return shown.stdout
    with contextlib.suppress(OSError):
        with open(f"/proc/{pid}/cmdline", errors="replace") as file:
            return file.read().replace("\0", " ")
    return ""
