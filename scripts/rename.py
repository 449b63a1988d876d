#!/usr/bin/env python3
"""Renames the resource of this project, the task, everywhere in a clone: routes, types, tables, files, stacks, documents.

    scripts/rename.py note notes                      the service is then called note-api
    scripts/rename.py entry entries --service=diary   its database roles are diary, diary_caller and diary_purge

Run it once, in a fresh clone, before anything is deployed: it also renames the tables in migrations that a database may
have applied. It changes files only, and leaves the commit to you. It works by the rules below, not by a list of places.
At the end it removes itself, its test and its part of docs/extending.md, because all three know only the task.

Why a script: most of the files name the task. A template (cargo-generate) would put placeholders into all of them, so
that the project itself could no longer be compiled and tested.
"""

import argparse
import keyword
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

from console import fail, say
from processes import output, supervise
from project import PROJECT

# What says `task` and means something else, with the reason.
OTHER_WORDS = {
    r"use tokio::[^;]*;|\btokio::task\b|\b[Tt]okio(?:'s)? tasks?\b|\b[Bb]ackground tasks?\b|\bon_tasks_of_their_own\b":
        "Tokio's tasks",
    r"/proc/[^\s/]+/task\b|\btaskset\b": "Linux's tasks",
    r"\bLAMBDA_TASK_ROOT\b|/var/task\b|\bTask timed out\b|\b(?:ECS|Fargate) tasks?\b": "AWS's own words",
}
# Files that stay as they are; a name that ends with a slash is a folder.
OTHER_FILES = {
    "LICENSE": "the copyright notice has to be kept",
    "clients/typescript/LICENSE": "the copyright notice has to be kept",
    "bench/src/process.rs": "Linux's tasks",
    "fuzz/seeds/": "signed tokens",
    "fuzz/src/lib.rs": "the audience of these signed tokens",
    "shared/src/auth/jwks.rs": "Tokio's tasks",
    "shared/src/db/open.rs": "Tokio's tasks",
    "shared/src/db/pool.rs": "Tokio's tasks",
    "testing/src/jwks.rs": "Tokio's tasks",
    "testing/src/proxy.rs": "Tokio's tasks",
    "testing/src/proxy/new_connections.rs": "Tokio's tasks",
    "testing/src/request.rs": "Tokio's tasks",
    "testing/src/tls_front.rs": "Tokio's tasks",
}
OWN_FILES = ("scripts/rename.py", "scripts/test_rename.py")
DOCUMENT = "docs/extending.md"
OWN_PART = re.compile(r"<!-- scripts/rename\.py.*?-->.*?<!-- end of it -->\n*", re.S)

# Lock files name other people's packages: only ours, which begin with the service's name, are renamed there.
LOCK = re.compile(r"(^|/)(Cargo\.lock|package-lock\.json|go\.sum)$")
SERVICE = r"(?<![A-Za-z])task(?P<between>-|\\*_)api(?![a-z])|(?<![A-Z])TASK(?P<BETWEEN>\\*_)API(?![A-Z])|TaskApi(?![a-z])"
# `taskset` and `multitask` are other words. What stands before may be an escape: "\ntask".
WORD = r"(?:(?<![a-z])|(?<=\\[nrt]))task(?:s)?(?![a-z])|Tasks?(?![a-z])|(?<![A-Z])TASKS?(?![A-Z])"
# `a task`, also in a_task_is_deleted and where the line, of a comment or not, ends between the two.
ARTICLE = r"(?<![A-Za-z0-9'])[Aa](?=(?:_|[ \t]+|[ \t]*\n[ \t]*(?://[/!]?|#|--|\*|>)?[ \t]*)[`*\[(]{0,2}[Tt]ask)"
SOUNDS_LIKE_A_VOWEL = re.compile(r"(?!uni|us[aeu]|eu|on[ce])[aeiou]|hour|hono|heir", re.I)

# Words of Rust, SQL, TypeScript and Go; Python knows its own.
KEYWORDS = frozenset("""
    abstract all analyse analyze any arguments array as asc asymmetric async await become both box break case cast catch
    chan check class collate column concurrently const constraint continue crate create cross debugger default defer
    deferrable delete desc distinct do dyn else end enum eval except export extends extern fallthrough false fetch final
    finally fn for foreign freeze from full func function gen grant group having if ilike impl import in initially inner
    instanceof interface intersect into is isnull join lateral leading left let like limit loop macro map match mod move
    mut natural new not notnull null number object offset on only or order outer overlaps override package placing
    primary priv private protected pub public range ref references return returning right select self similar some
    static string struct super switch symbol symmetric table tablesample then this throw to trailing trait true try type
    typeof union unique unsafe unsized use user using var variadic verbose virtual void when where while window with
    yield""".split()) | {word.lower() for word in keyword.kwlist}


class Names:
    """The new names, and how a text changes by them."""

    def __init__(self, singular, plural, service=None):
        self.singular, self.plural, self.service = singular, plural, service or f"{singular}-api"
        for name in (singular, plural):
            if not re.fullmatch(r"[a-z]{2,20}", name):
                fail(f"{name!r} cannot be the name: it must be one word of 2 to 20 letters, a to z.")
            if name in KEYWORDS:
                fail(f"{name!r} cannot be the name: Rust, SQL, TypeScript, Python or Go use this word themselves.")
            if "task" in name:
                fail(f"{name!r} cannot be the name: what is left of the old name could not be told from it.")
        if singular == plural:
            fail("The singular and the plural must differ: both become names in the same places.")
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", self.service) or len(self.service) > 30:
            fail(f"{self.service!r} cannot be the service's name: it must be of a-z, 0-9 and single hyphens, begin with "
                 "a letter, and have at most 30 characters.")
        # The roles begin with it, and a role for the functions (`make migrate ROLE=notes`) must not.
        if any(name.startswith(self.service.replace("-", "_")) for name in (singular, plural)) or "task" in self.service:
            fail(f"{self.service!r} cannot be the service's name: {plural!r} must not begin with it, and it must not "
                 "contain the old name.")
        others = "|".join(f"(?P<other{at}>{words})" for at, words in enumerate(OTHER_WORDS))
        article = f"|(?P<article>{ARTICLE})" if SOUNDS_LIKE_A_VOWEL.match(singular) else ""
        self.pattern = re.compile(f"{others}|(?P<service>{SERVICE})|(?P<word>{WORD}){article}")
        self.in_lock_files = re.compile(f"(?P<service>{SERVICE})")

    def applied(self, path, text, counts=None):
        """The text of a file as it is with the new names."""
        if why_untouched(path):
            return text
        counts = Counter() if counts is None else counts

        def replacement(match):
            kind = next(name for name in ("word", "service", "article", None) if name is None or match.groupdict().get(name))
            if kind == "article":
                return match[0] + "n"
            counts["names"] += kind is not None
            if kind == "service":
                return self.service_as(match[0], match["between"] or match["BETWEEN"] or "")
            return self.word(match[0]) if kind else match[0]

        return (self.in_lock_files if LOCK.search(path) else self.pattern).sub(replacement, text)

    def word(self, old):
        new = self.plural if old[-1] in "sS" else self.singular
        return new.upper() if old.isupper() else new.capitalize() if old[0] == "T" else new

    def service_as(self, old, between):
        parts = self.service.split("-")
        if old == "TaskApi":
            return "".join(part.capitalize() for part in parts)
        return between.join(parts).upper() if old.isupper() else between.join(parts)

    def path(self, old):
        return old if why_untouched(old) else self.applied(old, old)


def why_untouched(path):
    for name, reason in OTHER_FILES.items():
        if path == name or (name.endswith("/") and path.startswith(name)):
            return reason
    return None


# --- Names that are taken ---------------------------------------------------------------------------------------------

QUOTED = r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'"
# Comments and texts, by the ending of the file; what is left are names and signs.
PROSE = {
    "rs": r"//[^\n]*|r(?P<hashes>#*)\".*?\"(?P=hashes)|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])'",
    "py": rf"\"\"\".*?\"\"\"|#[^\n]*|{QUOTED}",
    "sql": r"--[^\n]*|'[^']*'",
    **dict.fromkeys(("ts", "tsx", "js", "mjs", "go"), rf"//[^\n]*|/\*.*?\*/|{QUOTED}|`[^`]*`"),
}
KEY = re.compile(r"^[ \t]*(?:- )?[\"']?([\w./{}-]+)[\"']?[ \t]*[:=]", re.M)


def names_in(path, text):
    """The names that a file of code or of settings uses."""
    ending = path.rpartition(".")[2]
    if ending in PROSE:
        code = re.sub(PROSE[ending], " ", re.sub("|".join(OTHER_WORDS), " ", text), flags=re.S)
        return set(re.findall(r"[A-Za-z_]\w*", code))
    return set(KEY.findall(text)) if ending in ("yaml", "yml", "toml", "json") and not LOCK.search(path) else set()


def taken(names, texts):
    """The new names that a file uses already, for something else; and the new paths that are another file's."""
    for path in texts:
        if names.path(path) != path and names.path(path) in texts:
            yield f"{path} would become {names.path(path)}, which is another file"
    for path, text in texts.items():
        if why_untouched(path) or path in OWN_FILES:
            continue
        used = names_in(path, text)
        for old in sorted(used):
            new = names.applied(path, old)
            if new != old and new in used:
                yield f"{path} uses {new} beside {old}"


# --- The work ---------------------------------------------------------------------------------------------------------


def read(root):
    """The tracked files that are text, by their paths."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, stdout=subprocess.PIPE, check=True).stdout
    texts = {}
    for path in filter(None, os.fsdecode(listed).split("\0")):
        content = Path(root, path).read_bytes()
        if b"\0" not in content:
            texts[path] = content.decode()
    return texts


def rename(root, names):
    """Renames what is in the files, and the files. How many names and files were changed."""
    texts = read(root)
    found = list(taken(names, texts))
    if found:
        shown = "\n".join(f"  {line}" for line in found[:20])
        more = f"\n  and {len(found) - 20} more" if len(found) > 20 else ""
        fail(f"Nothing was changed, because these names are taken:\n{shown}{more}\nChoose others, or rename those first.")
    counts = Counter()
    for path, text in texts.items():
        source, target = Path(root, path), Path(root, names.path(path))
        if path in OWN_FILES:
            source.unlink()
            continue
        if path == DOCUMENT:
            text = OWN_PART.sub("", text)
        new = names.applied(path, text, counts)
        if new != text:
            counts["files"] += 1
        if target != source:
            counts["moved"] += 1
            target.parent.mkdir(parents=True, exist_ok=True)
            source.rename(target)
            if not os.listdir(source.parent):
                source.parent.rmdir()
        if new != texts[path]:
            target.write_bytes(new.encode())
    return counts


def left(root):
    """Where a tracked file still says `task`: the path, the line's number, the line, and the reason if it is known."""
    known = re.compile("|".join(f"(?P<other{at}>{words})" for at, words in enumerate(OTHER_WORDS)))
    reasons = list(OTHER_WORDS.values())
    for path, text in read(root).items():
        spans = [(match.span(), reasons[int(match.lastgroup[5:])]) for match in known.finditer(text)]
        for match in re.finditer("task", text, re.I):
            reason = why_untouched(path) or next(
                (why for (begin, end), why in spans if begin <= match.start() < end), None)
            if not reason and LOCK.search(path):
                reason = "other people's packages"
            number = text.count("\n", 0, match.start()) + 1
            yield path, number, text.splitlines()[number - 1].strip(), reason


def formatted(root):
    """Formats the Rust code, whose lines and imports are in another order now; what is left to do where it cannot."""
    if not shutil.which("cargo"):
        return ["`make fmt`: the Rust code is not formatted, because cargo is not installed."]
    for manifest in ("Cargo.toml", "bench/Cargo.toml"):
        status, printed = output(["cargo", "fmt", "--all", "--manifest-path", manifest], cwd=root)
        if status != 0:
            return [f"`make fmt`: the Rust code is not formatted ({printed.strip().splitlines()[-1]})."]
    return []


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("singular")
    parser.add_argument("plural")
    parser.add_argument("--service", help="the service's name; if it is not given, SINGULAR-api")
    given = parser.parse_args()
    names = Names(given.singular, given.plural, given.service)
    status, changes = output(["git", "status", "--porcelain"], cwd=PROJECT)
    if status != 0:
        fail("This is not a clone: git does not know this directory.")
    if changes.strip():
        fail("There are changes that are not committed: commit them first, so that `git diff` shows what this did.")
    counts = rename(PROJECT, names)
    to_do = formatted(PROJECT)
    subprocess.run(["git", "add", "--all"], cwd=PROJECT, check=True)
    say(f"Renamed: {counts['names']} names in {counts['files']} files, and {counts['moved']} files themselves. "
        "`git diff --cached` shows it.")
    remaining = list(left(PROJECT))
    for reason, count in Counter(reason for *_, reason in remaining if reason).most_common():
        say(f"  left {count} times, because it means something else: {reason}")
    for path, number, line, reason in remaining:
        if not reason:
            say(f"  please look: {path}:{number}: {line[:120]}")
    if (PROJECT / ".env").exists() and "TASK_API_" in (PROJECT / ".env").read_text(errors="replace"):
        to_do.append(".env names a variable TASK_API_…: rename it.")
    to_do += ["`make lint` and `make test`.", "`make demo-test SCREENSHOTS=1` renews the pictures of the example.",
              f"`git commit`, and then what {DOCUMENT} says about the fields."]
    say("\n".join(["Next:", *(f"  {number}. {what}" for number, what in enumerate(to_do, 1))]))


if __name__ == "__main__":
    supervise()
    sys.exit(main())
