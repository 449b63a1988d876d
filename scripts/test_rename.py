"""The resource can be renamed, as docs/extending.md says: a copy of this project has no task left in it, and every file
can still be read."""

import ast
import contextlib
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import rename
from project import PROJECT

GIT = ("git", "-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")
# A hook that runs the tests would tell git of its own repository.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


def git(*arguments, cwd=PROJECT):
    return subprocess.run([*GIT, *arguments], cwd=cwd, env=ENVIRONMENT, check=True, stdout=subprocess.PIPE).stdout


def tracked(root):
    return [os.fsdecode(path) for path in git("ls-files", "-z", cwd=root).split(b"\0") if path]


@contextlib.contextmanager
def clone():
    """A repository with the tracked files as they are now."""
    with tempfile.TemporaryDirectory() as root:
        for path in tracked(PROJECT):
            Path(root, path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / path, Path(root, path))
        git("init", "--quiet", cwd=root)
        git("add", "--all", cwd=root)
        git("commit", "--quiet", "--message", "as it was", cwd=root)
        yield Path(root)


def command(root, *arguments):
    """Runs the script of that clone."""
    return subprocess.run([sys.executable, "scripts/rename.py", *arguments], cwd=root, env=ENVIRONMENT, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)


def refusal(*arguments):
    said = io.StringIO()
    with contextlib.redirect_stderr(said), unittest.TestCase().assertRaises(SystemExit) as stopped:
        rename.Names(*arguments)
    return f"{said.getvalue()}{stopped.exception}"


@unittest.skipUnless((PROJECT / ".git").exists(), "this is not a clone")
class Clone(unittest.TestCase):
    maxDiff = None

    def test_the_command_of_the_document_leaves_no_task_and_every_file_can_be_read(self):
        printed = re.search(r"^python3 (scripts/rename\.py .*)$", (PROJECT / rename.DOCUMENT).read_text(), re.M)
        with clone() as root:
            before, broken = tracked(root), self.broken_links(root)
            arguments = shlex.split(printed[1])[1:]
            done = command(root, *arguments)
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertNotIn("please look", done.stdout)
            # What the document says of the fields, in the clone as well.
            document = Path(root, rename.DOCUMENT).read_text()
            self.assertNotIn("Rename the resource", document)
            search = shlex.split(re.search(r"^`(git grep [^`]*)`", document, re.M)[1])
            found = subprocess.run(search, cwd=root, env=ENVIRONMENT, text=True, stdout=subprocess.PIPE, check=True).stdout
            self.assertIn(f"shared/src/{arguments[1]}/fields.rs", found.splitlines())
            after = tracked(root)
            self.assertEqual(len(after), len(before) - len(rename.OWN_FILES))
            self.assertEqual([path for path in after if "task" in path.lower()], [])
            self.assertEqual([where for path in after for where in self.left_in(root, path)], [])
            self.assertEqual([path for path in after if b"rename.py" in Path(root, path).read_bytes()], [])
            for path in after:
                with self.subTest(path):
                    self.can_be_read(Path(root, path))
            self.assertEqual(len(self.broken_links(root)), len(broken), self.broken_links(root))
            # Cargo reads all its files, and finds what they name.
            if shutil.which("cargo"):
                for manifest in ("Cargo.toml", "bench/Cargo.toml", "fuzz/Cargo.toml"):
                    subprocess.run(["cargo", "metadata", "--no-deps", "--format-version=1", "--offline", "--quiet",
                                    "--manifest-path", manifest], cwd=root, check=True, stdout=subprocess.PIPE)

    def test_every_exception_is_a_file_that_exists(self):
        missing = [name for name in rename.OTHER_FILES if not Path(rename.PROJECT, name).exists()]
        self.assertEqual(missing, [])

    def left_in(self, root, path):
        if any(path == name or name.endswith("/") and path.startswith(name) for name in rename.OTHER_FILES):
            return
        text = Path(root, path).read_bytes().decode(errors="replace")
        if rename.LOCK.search(path):
            text = re.sub(r"[\w-]+-task\b|\btask-(?!api)[\w-]+|-task-[\w-]+", "", text)  # packages of others
        for line in re.sub("|".join(rename.OTHER_WORDS), "", text).splitlines():
            if "task" in line.lower():
                yield f"{path}: {line}"

    def broken_links(self, root):
        return [f"{path}: {link}" for path in tracked(root) if path.endswith(".md")
                for link in re.findall(r"\]\(([^)\s#:]+)(?:#[^)]*)?\)", Path(root, path).read_text())
                if not Path(root, path).parent.joinpath(link).exists()]

    def can_be_read(self, path):
        if path.suffix == ".py":
            ast.parse(path.read_text())
        elif path.suffix == ".json":
            json.loads(path.read_text())
        elif path.suffix == ".toml":
            with contextlib.suppress(ImportError):  # from Python 3.11 on
                import tomllib
                tomllib.loads(path.read_text())
        elif path.suffix in (".yaml", ".yml"):
            with contextlib.suppress(ImportError):
                import yaml
                yaml.compose(path.read_text())  # with CloudFormation's own tags

    def test_names_that_are_taken_and_changes_that_are_not_committed_are_refused_and_nothing_is_changed(self):
        with clone() as root:
            for names, place in [(("list", "lists"), "uses list beside task"),
                                 (("change", "changes"), "list-changes.rs, which is another file")]:
                refused = command(root, *names)
                self.assertNotEqual(refused.returncode, 0)
                self.assertIn(place, refused.stdout)
            self.assertEqual(git("status", "--porcelain", cwd=root), b"")
            Path(root, "README.md").write_text("changed")
            refused = command(root, "note", "notes")
            self.assertNotEqual(refused.returncode, 0)
            self.assertIn("not committed", refused.stdout)
            self.assertEqual(git("status", "--porcelain", cwd=root), b" M README.md\n")


class Words(unittest.TestCase):
    def test_every_form_of_the_name_is_renamed_and_other_words_are_not(self):
        names = rename.Names("invoice", "invoices", "billing-api")
        for old, new in [
            ("tasks, Tasks, TASK, TASKS", "invoices, Invoices, INVOICE, INVOICES"),
            ("list_tasks(v_task, TaskPatch)", "list_invoices(v_invoice, InvoicePatch)"),
            ("/api/{user_id}/tasks/{task_id}", "/api/{user_id}/invoices/{invoice_id}"),
            ("%2Ftasks \"\\ntasks\" onTask taskId", "%2Finvoices \"\\ninvoices\" onInvoice invoiceId"),
            ("task-api task_api_purge TASK_API_DEV_DIR", "billing-api billing_api_purge BILLING_API_DEV_DIR"),
            ("TaskApiError like 'task\\\\_api\\\\_%'", "BillingApiError like 'billing\\\\_api\\\\_%'"),
            ("the task API", "the invoice API"),
            ("A task, a `task`, a\n/// task, another task", "An invoice, an `invoice`, an\n/// invoice, another invoice"),
            ("a_task_goes, data_task", "an_invoice_goes, data_invoice"),
            ("taskset multitask /proc/1/task /var/task", "taskset multitask /proc/1/task /var/task"),
            ("use tokio::{\n    task::JoinSet,\n};\nuse super::task::Task;",
             "use tokio::{\n    task::JoinSet,\n};\nuse super::invoice::Invoice;"),
            ("tokio::task::yield_now() LAMBDA_TASK_ROOT", "tokio::task::yield_now() LAMBDA_TASK_ROOT"),
        ]:
            self.assertEqual(names.applied("file", old), new)
        self.assertEqual(names.applied("Cargo.lock", "futures-task task-api-client"), "futures-task billing-api-client")
        self.assertEqual(names.applied("LICENSE", "The task-api authors"), "The task-api authors")
        self.assertEqual(rename.Names("note", "notes").applied("file", "a task"), "a note")
        self.assertEqual(rename.Names("unit", "units").applied("file", "a task"), "a unit")

    def test_names_that_cannot_be_names_are_refused(self):
        for arguments, reason in [
            (("Note", "Notes"), "one word"), (("to_do", "to_dos"), "one word"), (("", "s"), "one word"),
            (("order", "orders"), "use this word themselves"), (("class", "classes"), "use this word themselves"),
            (("news", "news"), "must differ"), (("subtask", "subtasks"), "the old name"),
            (("note", "notes", "Notes!"), "single hyphens"), (("note", "notes", "note"), "must not begin with it"),
            (("note", "notes", "task-server"), "contain the old name"),
        ]:
            with self.subTest(arguments):
                self.assertIn(reason, refusal(*arguments))


if __name__ == "__main__":
    unittest.main()
