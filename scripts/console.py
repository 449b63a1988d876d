"""Output of the project's commands: steps with their time, and one clear sentence when something is wrong."""

import contextlib
import os
import sys
import threading
import time

if sys.version_info < (3, 9):
    sys.exit("Python %d.%d is too old. Use 3.9 or newer, for example with `make PYTHON=/path/to/python3 …`."
             % sys.version_info[:2])

TERMINAL = sys.stdout.isatty()
COLOUR = TERMINAL and not os.environ.get("NO_COLOR")


def fail(sentence):
    """Ends the command with a sentence that says what is wrong and what to do about it."""
    raise SystemExit(bold(sentence, "31") if sys.stderr.isatty() else sentence)


def bold(text, colour="1"):
    return f"\033[{colour}m{text}\033[0m" if COLOUR else text


def say(text="", end="\n"):
    """Prints. Ignores a closed terminal, because it must not prevent the clean-up."""
    with contextlib.suppress(OSError, ValueError):
        print(text, end=end, flush=True)


@contextlib.contextmanager
def step(title):
    """Shows a step that may take a while, and in the end its seconds. A terminal shows them from the start."""
    started, done = time.monotonic(), threading.Event()

    def show(end):
        say(f"{chr(13) if TERMINAL else ''}· {title}: {time.monotonic() - started:.0f} s ", end=end)

    def tick():
        while not done.wait(1):
            show(end="")

    say(f"· {title} … ", end="" if TERMINAL else "\n")
    if TERMINAL:
        threading.Thread(target=tick, daemon=True).start()
    try:
        yield
    except BaseException:
        say(end="\n" if TERMINAL else "")
        raise
    else:
        show(end="\n")
    finally:
        done.set()
