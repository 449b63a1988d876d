"""Files .env as people write them: read as they are meant, or refused with the reason."""

import contextlib
import io
import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import project


class EnvFile(unittest.TestCase):
    def read(self, content):
        """The variables that a file of these bytes sets."""
        with tempfile.TemporaryDirectory() as directory:
            Path(directory, ".env").write_bytes(content)
            with mock.patch.object(project, "PROJECT", Path(directory)), mock.patch.dict(os.environ, clear=True):
                project.read_env_file()
                return dict(os.environ)

    def refusal(self, content):
        said = io.StringIO()
        with contextlib.redirect_stderr(said), self.assertRaises(SystemExit) as stopped:
            self.read(content)
        return f"{said.getvalue()}{stopped.exception}"

    def test_values_are_read_with_or_without_quotes_export_and_comments(self):
        content = b"A=1\n# a comment\n\nexport B = 'two words'\r\nC=\"x#y\" # after it\nD=\n"
        self.assertEqual(self.read(content), {"A": "1", "B": "two words", "C": "x#y", "D": ""})

    def test_a_byte_order_mark_is_not_part_of_the_first_name(self):
        self.assertEqual(self.read(b"\xef\xbb\xbfJWT_SECRET=x\n"), {"JWT_SECRET": "x"})

    def test_utf_16_is_refused_with_the_reason(self):
        self.assertIn("save it as UTF-8", self.refusal("JWT_SECRET=x\n".encode("utf-16")))

    def test_a_variable_that_is_set_twice_is_named_with_both_lines(self):
        said = self.refusal(b"A=1\nB=2\nA=3\n")
        self.assertIn("line 3: A is set a second time", said)
        self.assertIn("line 1", said)

    def test_a_line_that_sets_nothing_is_named(self):
        self.assertIn("line 2: this is not KEY=VALUE", self.refusal(b"A=1\nJWT_SECRET: x\n"))

    def test_variables_that_are_already_set_stay(self):
        with tempfile.TemporaryDirectory() as directory:
            Path(directory, ".env").write_bytes(b"A=theirs\n")
            with mock.patch.object(project, "PROJECT", Path(directory)), mock.patch.dict(os.environ, {"A": "ours"}):
                project.read_env_file()
                self.assertEqual(os.environ["A"], "ours")


if __name__ == "__main__":
    unittest.main()
