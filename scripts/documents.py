#!/usr/bin/env python3
"""Holds the documents to their word: what `make documents` runs, on every file that is not ignored by Git.

testing/prose reads words, sentences, links and anchors. This file reads the commands. Each shell block says behind
```sh how it is tried:

    run      scripts/walkthrough.py runs it as it is printed. A ```json or ```text block right behind it is its output
    ci       each line calls a make target that CI calls, too, directly or through another target or a script
    account  it needs an account at AWS, Neon, GitHub or an issuer, so nothing runs it
    front-end, for example: scripts/front_end.py, which CI calls, reads this document and runs the block
"""

import contextlib
import re
import subprocess
import sys
import textwrap
from collections import namedtuple
from pathlib import Path

import node
from console import say
from processes import run, supervise
from project import PROJECT

Block = namedtuple("Block", "line language mark text shown")

PROSE = "testing/prose"
# What is not written by hand, or says what it says on purpose.
SKIPPED = re.compile(r"(^|/)package-lock\.json$|\.(lock|png|jpg|ico|woff2?)$"
                     r"|^clients/typescript/src/api\.ts$|^testing/prose/|^scripts/test_documents\.py$")
COMMAND = re.compile(r"^(\$ |(make|cargo|curl|aws|sam|gh|git|npm|npx|psql) )", re.M)
OPENING = re.compile(r"([ >]*)(`{3,}|~{3,})[ \t]*([^`\s]*)[ \t]*([^`]*)")
SHELLS = {"bash", "shell", "zsh", "console", "shell-session", "terminal"}
LINES = {"README.md": 150}  # at most: what is reference has a page of its own
MARKS = {"run", "ci", "account"}  # all others name a script
CALL = re.compile(r"(?:\w+=\S+ +)*make +([a-z][\w-]*)(?: +\w+=\S+)*(?: +#.*)?")
RULE = re.compile(r"^([a-z][\w-]*):(?!=)([^\n#]*)[^\n]*\n((?:\t[^\n]*\n?|\n(?=\t))*)", re.M)
INLINE = re.compile(r"(?<!`)`make ([a-z][\w-]*)")
HOW = "write ```sh run, ```sh ci or ```sh account (scripts/documents.py says what they mean)"


def main():
    files = written()
    wrong = faults({name: Path(PROJECT, name).read_text() for name in files if name.endswith(".md")},
                   Path(PROJECT, "Makefile").read_text(), called_by_ci())
    for sentence in wrong:
        say(sentence)
    prose = run(linter(files), cwd=PROJECT)
    if not wrong and prose == 0:
        say(f"documents: {sum(name.endswith('.md') for name in files)} of them, nothing wrong")
    return 1 if wrong or prose else 0


def linter(files, *options):
    """The command that reads words, sentences, links and anchors."""
    node.main(PROSE)
    program, rules = (Path(PROJECT, PROSE, name) for name in ("node_modules/remark-cli/cli.js", "remark.mjs"))
    return [node.LINK, program, "--frail", "--quiet", "--no-stdout", "--no-config", "--no-ignore", "--rc-path", rules,
            *options, *files]


def written():
    """The paths of all text files of the repository, also of those that are not committed yet."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=PROJECT,
                            capture_output=True, text=True, check=True).stdout.split("\0")
    return sorted({name for name in listed if name and not SKIPPED.search(name) and Path(PROJECT, name).is_file()})


def blocks(text):
    """The fenced blocks of a document; a ValueError says which one does not end."""
    found, lines, number, behind = [], text.splitlines(), 0, None
    while number < len(lines):
        opening = OPENING.fullmatch(lines[number])
        if not opening:
            if lines[number].strip():
                behind = None  # a block that comes now is not what the last one prints
            number += 1
            continue
        _, fence, language, mark = opening.groups()
        start = number = number + 1
        while number < len(lines) and not closes(lines[number], fence):
            number += 1
        content = textwrap.dedent("".join(f"{line}\n" for line in lines[start:number]))
        if number == len(lines):
            raise ValueError(f"{start}: this block does not end: write {fence} in a line of its own")
        if behind is not None and language in ("json", "text"):
            found[behind] = found[behind]._replace(shown=content)
        behind = len(found)
        found.append(Block(start, language, mark.strip(), content, ""))
        number += 1
    return found


def closes(line, fence):
    line = line.strip(" >")
    return len(line) >= len(fence) and set(line) == {fence[0]}


def source(path):
    """What a file of the repository says; nothing, if there is no such file."""
    with contextlib.suppress(FileNotFoundError):
        return Path(PROJECT, path).read_text()
    return ""


def faults(documents, makefile, ci, read=source):
    """What is wrong with the documents' commands, and with their lengths. `ci` is what calls make in CI."""
    targets = {name for name, _, _ in RULE.findall(makefile)}
    called, scripts = reached(makefile, ci, read)
    wrong = []
    for name, text in documents.items():
        length = text.count("\n")
        if length > LINES.get(name, length):
            wrong.append(f"{name}:{length}: more than {LINES[name]} lines: move what is reference to a page in docs/")
        try:
            fenced = blocks(text)
        except ValueError as error:
            wrong.append(f"{name}:{error}")
            continue
        for block in fenced:
            where = f"{name}:{block.line}"
            if not block.language:
                wrong.append(f"{where}: a block without a language: for commands {HOW}; for anything else ```text")
            elif block.language in SHELLS:
                wrong.append(f"{where}: ```{block.language}: {HOW}; for what is printed ```text")
            elif block.language == "text" and COMMAND.search(block.text):
                wrong.append(f"{where}: there is a command among ```text: {HOW}")
            elif block.language == "sh" and not block.mark:
                wrong.append(f"{where}: this block does not say how it is tried: {HOW}")
            elif block.language == "sh" and block.mark not in MARKS:
                script = f"scripts/{block.mark.replace('-', '_')}.py"
                if Path(name).name not in read(script):
                    wrong.append(f"{where}: there is no {script} that reads {Path(name).name}: {HOW}")
                elif script not in scripts:
                    wrong.append(f"{where}: CI does not run {script}: let a make target that .ci/run calls run it")
            elif block.language == "sh" and block.mark == "ci":
                wrong += [f"{name}:{block.line + 1 + number}: {fault}" for number, line in
                          enumerate(block.text.splitlines()) for fault in ci_faults(line.strip(), called)]
        wrong += [f"{name}:{text.count(chr(10), 0, match.start()) + 1}: the Makefile has no target {match[1]}"
                  for match in INLINE.finditer(text) if match[1] not in targets]
    return wrong


def ci_faults(line, called):
    if not line or line.startswith("#"):
        return
    call = CALL.fullmatch(line)
    if not call:
        yield f"{line!r} is no call of a make target alone: mark the block run or account"
    elif call[1] not in called:
        yield f"CI does not call make {call[1]}: let .ci/run call it, or mark the block run or account"


def called_by_ci():
    """What calls make in CI."""
    texts = [Path(PROJECT, ".ci/run"), *sorted(Path(PROJECT, ".github/workflows").glob("*.yml"))]
    return "\n".join(path.read_text() for path in texts)


def reached(makefile, ci, read=source):
    """The make targets and the scripts that CI calls, directly or through other targets and scripts."""
    rules = {name: f"{needed}\n{recipe}" for name, needed, recipe in RULE.findall(makefile)}
    waiting = calls(ci, "make")
    called, scripts = set(), set(re.findall(r"scripts/\w+\.py", uncommented(ci)))
    while waiting:
        name = waiting.pop()
        if name in called or name not in rules:
            continue
        called.add(name)
        needed, _, recipe = rules[name].partition("\n")
        waiting |= set(needed.split()) | calls(recipe, "$(MAKE)")
        for script in re.findall(r"scripts/\w+\.py", recipe):
            scripts.add(script)
            waiting |= set(re.findall(r'\["make", "([a-z][\w-]*)"', read(script)))
        if "unittest discover" in recipe:
            scripts |= {f"scripts/{path.name}" for path in Path(PROJECT, "scripts").glob("test_*.py")}
    return called, scripts


def uncommented(text):
    return re.sub(r"^\s*#.*", "", text, flags=re.M)


def calls(text, make):
    """The targets that lines of shell call by this name of make."""
    words = re.findall(rf"(?<![\w/-]){re.escape(make)}((?: +(?:-[\w-]+|\w+=(?:\"[^\"]*\"|\S+)|[a-z][\w-]*))+)",
                       uncommented(text))
    return {word for line in words for word in re.sub(r'"[^"]*"', "", line).split()
            if "=" not in word and not word.startswith("-")}


if __name__ == "__main__":
    supervise()
    sys.exit(main())
