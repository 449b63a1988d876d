"""scripts/owner.py computes what the functions log."""

import contextlib
import io
import os
import unittest
from unittest import mock

import owner

PEPPER = "a pepper of 32 bytes or even more"


class Owner(unittest.TestCase):
    def run_with(self, words, pepper=PEPPER, users=""):
        """The exit status, and what was printed."""
        printed, said = io.StringIO(), io.StringIO()
        with mock.patch.dict(os.environ, {"LOG_OWNER_PEPPER": pepper}), mock.patch("sys.stdin", io.StringIO(users)), \
                contextlib.redirect_stdout(printed), contextlib.redirect_stderr(said):
            try:
                status = owner.main(words)
            except SystemExit as stopped:
                status = str(stopped.code)
        return status, printed.getvalue(), said.getvalue()

    def test_an_owner_is_half_of_what_openssl_computes(self):
        # printf %s alice | openssl dgst -sha256 -hmac 'a pepper of 32 bytes or even more'
        self.assertEqual(self.run_with(["alice", "bob"]), (0, "d8aba90e63b39116 alice\n7eb69962bbf4e3e8 bob\n", ""))

    def test_the_secret_is_read_as_the_functions_read_it(self):
        for pepper in (f" {PEPPER}\n", f'"{PEPPER}"', f"'{PEPPER}'\n"):
            self.assertEqual(self.run_with(["alice"], pepper)[1], "d8aba90e63b39116 alice\n")

    def test_an_owner_is_found_among_the_users(self):
        status, printed, said = self.run_with(["--find", "7eb69962bbf4e3e8"], users="alice\nbob\r\ncarol\n")
        self.assertEqual((status, printed, said), (0, "7eb69962bbf4e3e8 bob\n", ""))

    def test_an_owner_that_is_nobodys_is_named(self):
        status, printed, said = self.run_with(["--find", "7eb69962bbf4e3e8", "0123456789abcdef"], users="alice\nbob\n")
        self.assertEqual((status, printed), (1, "7eb69962bbf4e3e8 bob\n"))
        self.assertIn("0123456789abcdef is none of these 2 users", said)

    def test_a_short_secret_is_refused(self):
        self.assertIn("has 5 bytes", self.run_with(["alice"], "short")[0])


if __name__ == "__main__":
    unittest.main()
