"""The checkout: its path, cargo's metadata, and its file .env."""

import json
import os
import re
from pathlib import Path

from console import fail
from processes import output

PROJECT = Path(__file__).resolve().parent.parent
LINE = re.compile(r"""(?:export\s+)?(\w+)\s*=\s*(?:"(.*)"|'(.*)'|([^"'\s].*?|))(?:\s+#.*)?""")


def cargo_metadata():
    """What cargo knows about the workspace, such as its target directory, which may be anywhere."""
    status, printed = output(["cargo", "metadata", "--no-deps", "--format-version=1", "--quiet"], cwd=PROJECT)
    if status != 0:
        fail(f"cargo cannot read this workspace: {printed.strip()}")
    return json.loads(printed[printed.index("{"):])


def debug_binary(name):
    """The path of a program's development build."""
    return Path(cargo_metadata()["target_directory"], "debug", name)


def read_env_file():
    """Sets the variables of .env: KEY=VALUE lines, with or without `export` and quotes. Variables that are set stay."""
    path, first = PROJECT / ".env", {}
    if not path.exists():
        return
    try:
        text = path.read_bytes().decode("utf-8-sig")  # Windows' editors add a byte-order mark
    except UnicodeDecodeError as error:
        fail(f".env is not UTF-8 (byte {error.start + 1}; UTF-16, perhaps): save it as UTF-8.")
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = LINE.fullmatch(line.strip())
        if not match:
            fail(f".env, line {number}: this is not KEY=VALUE.")
        name, *values = match.groups()
        if name in first:
            fail(f".env, line {number}: {name} is set a second time (first in line {first[name]}). Remove one of both.")
        first[name] = number
        os.environ.setdefault(name, next(value for value in values if value is not None))
