"""Child processes that end with this one: after Ctrl-C, SIGTERM and a closed terminal. (After a kill -9, the next
`make dev` ends what is left: see dev.py and postgres.py.)"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_deferring, _deferred = False, None


def supervise():
    """Turns the signals that end us into SystemExit, so that every `finally` runs."""
    for number in ENDINGS:
        signal.signal(number, _end)


def _end(number, _frame):
    global _deferred
    if _deferring:
        _deferred = number
        return
    for other in ENDINGS:  # a second Ctrl-C must not interrupt the clean-up
        signal.signal(other, signal.SIG_IGN)
    raise SystemExit(128 + number)


@contextlib.contextmanager
def _uninterrupted():
    """Delays signals until a new resource has a name, so that it can be cleaned up."""
    global _deferring
    _deferring = True
    try:
        yield
    finally:
        _deferring = False
    if _deferred:
        _end(_deferred, None)


@contextlib.contextmanager
def temporary_directory(**options):
    """A directory that is removed at the end."""
    path = None
    try:
        with _uninterrupted():
            path = tempfile.mkdtemp(**options)
        yield path
    finally:
        shutil.rmtree(path or "", ignore_errors=True)


@contextlib.contextmanager
def running(command, ending=signal.SIGTERM, grace=10, **options):
    """Runs a child for the length of a `with`, and then ends it and all its descendants."""
    child = None
    try:
        with _uninterrupted():
            child = subprocess.Popen([str(word) for word in command], **options)
        yield child
    finally:
        if child and child.poll() is None:
            stop(child.pid, ending, grace, reap=child.poll)
            child.wait()


def run(command, **options):
    """The command's exit status as in a shell: 128 plus the signal's number if a signal ended it."""
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
    """Asks a process to end. After `grace` seconds, kills it and its descendants if they still run.

    Descendants are found by their parents' ids, because cargo-lambda starts every function in its own session, which
    a signal to a process group does not reach.
    """
    family = with_descendants({pid})
    _signal(pid, ending)
    deadline = time.monotonic() + grace
    while time.monotonic() < deadline:
        reap()
        family = with_descendants(family)
        if not family & parents().keys():
            return
        time.sleep(0.05)
    for left in family & parents().keys():
        _signal(left, signal.SIGKILL)


def _signal(pid, number):
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def with_descendants(family):
    """These processes and all their descendants."""
    living, family, before = parents(), set(family), 0
    while len(family) != before:
        before = len(family)
        family |= {pid for pid, parent in living.items() if parent in family}
    return family


def parents():
    """The parent of every living process; zombies do not count."""
    if os.path.exists("/proc/self/stat"):  # slim containers have no ps
        rows = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", errors="replace") as file:
                state, parent = file.read().rpartition(")")[2].split()[:2]
                rows.append((pid, parent, state))
    else:
        listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True)
        rows = map(str.split, listing.stdout.splitlines())
    return {int(pid): int(parent) for pid, parent, state in rows if not state.startswith("Z")}


def command_line(pid):
    """The command line of a process, or an empty text if it does not exist."""
    if not os.path.exists("/proc/self/cmdline"):
        return subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True).stdout
    with contextlib.suppress(OSError), open(f"/proc/{pid}/cmdline", errors="replace") as file:
        return file.read().replace("\0", " ")
    return ""
