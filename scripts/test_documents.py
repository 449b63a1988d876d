"""Which documents pass `make documents`, and what it says of the others."""

import re
import tempfile
import unittest
from pathlib import Path

import documents
from processes import output
from project import PROJECT

MAKEFILE = """\
test: client ## the tests
\t@FAULTS=long $(MAKE) --no-print-directory inner DENY="bans inner-words"
\techo "make alone"

client:
\ttrue
inner:
\ttrue

walk:
\t$(PYTHON) scripts/walk.py
dev:
\ttrue
alone:
\ttrue
"""
SCRIPTS = {"scripts/walk.py": 'run(["make", "dev"], cwd=PROJECT)  # reads a.md',
           "scripts/other.py": "reads b.md"}
CI = "# make alone scripts/none.py\nstep 'make test' make test\n      - run: make walk WHAT=all\n"


def block(info, content="true\n"):
    return f"Text.\n\n```{info}\n{content}```\n"


LONG = "This sentence goes on and on" + " and on" * 12  # 30 words
PROSE = {
    "docs/good.md": """\
# What is `good`?

[here](#what-is-good) · [there](bad.md#two-words) · [code](../src/code.rs) · [up](../README.md) · [a](bad.md) ·
[folder](../src) · ![picture](picture.svg) · [elsewhere](https://example.com/none.md#none) · [a longer name](bad.md)

[one](#what-is-good) · """ + " · ".join(["[the next one of them](#what-is-good)"] * 8) + """

| a table | has cells |
|---|---|
""" + f"| {LONG[:80]} | {LONG[:80]} |" + """

An attempt is rolled back, and `login` is code. """ + LONG + """. (""" + LONG + """.) p50 is a number. """ + LONG + """.
""",
    "docs/bad.md": """\
# Two words

[a](none.md) [b](#none) [c](good.md#none) <img src="none.png">
![d](none.svg)

A release is taken
back likewise. Who waits for the the login is one for whom nobody waits. """ + LONG + """ `it`. The end.
""",
    "src/code.rs": """\
//! See docs/good.md#what-is-good, README.md and docs/good.md#none.
/// The next
/// try: `login` in the function in the database, see none.md.
const LOGIN: &str = "whom docs/none.md https://example.com/none.md";
""",
    "src/query.sql": "-- Whoever\nselect login;\n",
    "template.yaml": "# anew\nText: !Sub ${RunbookUrl}#a-section\nOther: !Sub ${RunbookUrl}#none\n",
    "openapi.yaml": "description: The login.\n",
    "docs/runbook.md": "# A section\n",
    "README.md": "# Read me\n",
    "docs/picture.svg": "<svg/>",
}
WRONG = {
    "docs/bad.md": ["3 missing-file", "3 missing-heading", "3 missing-heading-in-file", "3 missing-file", "4 missing-file",
                    "6 words", "6 words", "7 words", "7 words", "7 the", "7 words", "7 words", "7 length"],
    "src/code.rs": ["1 missing-heading-in-file", "2 words", "3 words", "3 documents", "4 documents"],
    "src/query.sql": ["1 words"],
    "openapi.yaml": ["1 words"],
    "template.yaml": ["1 words", "3 missing-heading-in-file"],
}


class Prose(unittest.TestCase):
    def test_the_linter_finds_each_fault_and_nothing_else(self):
        with tempfile.TemporaryDirectory() as directory:
            for name, text in PROSE.items():
                path = Path(directory, name)
                path.parent.mkdir(exist_ok=True)
                path.write_text(text)
            files = [name for name in PROSE if not name.endswith(".svg")]
            status, printed = output(documents.linter(files, "--no-color"), cwd=directory)
        found = {}
        for line in printed.splitlines():
            message = re.match(r"(\d+):\d+.* ([a-z-]+) +[a-z-]+(:[a-z-]+)?$", line)
            if message:
                faults.append(f"{message[1]} {message[2]}")
            elif line in PROSE:
                faults = found[line] = []
        self.assertEqual({name: sorted(faults) for name, faults in found.items()},
                         {name: sorted(faults) for name, faults in WRONG.items()}, printed)
        self.assertEqual(status, 1)


class Documents(unittest.TestCase):
    def wrong(self, text, makefile=MAKEFILE, ci=("test",)):
        return documents.faults({"docs/a.md": text}, makefile, "".join(f"make {name}\n" for name in ci), self.read)

    def read(self, path):
        return SCRIPTS.get(path, "")

    def assert_refused(self, text, line, *words):
        wrong = self.wrong(text)
        self.assertEqual(len(wrong), 1, wrong)
        self.assertTrue(wrong[0].startswith(f"docs/a.md:{line}: "), wrong)
        for word in words:
            self.assertIn(word, wrong[0])

    def test_marked_blocks_and_other_languages_pass(self):
        for text in (block("sh run"), block("sh account"), block("json"), block("text"),
                     block("sh ci", "make test\n\n# why\nmake client X=1 # why\n"),
                     block("js"), "`make test` and `make alone`\n"):
            self.assertEqual(self.wrong(text), [], text)

    def test_a_shell_block_without_a_mark_is_refused(self):
        self.assert_refused(block("sh"), 3, "```sh run, ```sh ci or ```sh account")

    def test_a_block_of_a_script_passes_if_ci_runs_the_script(self):
        self.assertEqual(self.wrong(block("sh walk"), ci=["walk"]), [])
        self.assert_refused(block("sh walk"), 3, "CI does not run scripts/walk.py")
        self.assert_refused(block("sh later"), 3, "no scripts/later.py", "```sh run")
        self.assert_refused(block("sh other"), 3, "no scripts/other.py that reads a.md")

    def test_a_block_without_a_language_is_refused(self):
        self.assert_refused(block(""), 3, "without a language", "```text")

    def test_another_name_for_a_shell_is_refused(self):
        self.assert_refused(block("bash"), 3, "```bash", "```sh run")

    def test_a_command_that_passes_for_a_text_is_refused(self):
        self.assert_refused(block("text", "make test\n"), 3, "a command")

    def test_a_block_in_a_list_or_a_quotation_is_seen(self):
        self.assert_refused("1. First:\n\n   ```sh\n   true\n   ```\n", 3, "```sh run")
        self.assert_refused("> ```sh\n> true\n> ```\n", 1, "```sh run")

    def test_a_target_that_ci_does_not_call_is_refused(self):
        self.assert_refused(block("sh ci", "make test\nmake alone\n"), 5, "CI does not call make alone")

    def test_a_ci_block_with_another_command_is_refused(self):
        self.assert_refused(block("sh ci", "cargo test\n"), 4, "no call of a make target alone")
        self.assert_refused(block("sh ci", "make test && rm -r /\n"), 4, "no call of a make target alone")

    def test_a_block_that_does_not_end_is_refused(self):
        self.assert_refused("```sh run\ntrue\n", 1, "does not end")

    def test_a_target_that_the_makefile_lacks_is_refused(self):
        self.assert_refused("First.\nThen `make tset`.\n", 2, "no target tset")

    def test_a_readme_that_is_too_long_is_refused(self):
        for length, wrong in ((150, 0), (151, 1)):
            self.assertEqual(len(documents.faults({"README.md": "a\n" * length}, MAKEFILE, "")), wrong)

    def test_ci_calls_targets_through_targets_and_scripts(self):
        called, scripts = documents.reached(MAKEFILE, CI, self.read)
        self.assertEqual(called, {"test", "client", "inner", "walk", "dev"})
        self.assertEqual(scripts, {"scripts/walk.py"})

    def test_what_a_block_prints_is_right_behind_it(self):
        printed = "```sh run\necho 1\n```\n\n```text\n1\n```\n"
        self.assertEqual([(it.text, it.shown) for it in documents.blocks(printed)][0], ("echo 1\n", "1\n"))
        for other in ("Elsewhere:\n```text\n1\n```\n", "```js\n1\n```\n"):
            self.assertEqual(documents.blocks(f"```sh run\necho 1\n```\n{other}")[0].shown, "")

    def test_this_repository_s_ci_calls_its_tests(self):
        called, scripts = documents.reached(Path(PROJECT, "Makefile").read_text(), documents.called_by_ci())
        self.assertLessEqual({"test", "check", "documents", "client", "walk-through", "dev", "demo"}, called)
        self.assertNotIn("deploy", called)
        self.assertIn("scripts/test_documents.py", scripts)


if __name__ == "__main__":
    unittest.main()
