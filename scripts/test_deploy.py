"""What `make deploy` takes from .env for a first stack, and what it refuses or names."""

import contextlib
import io
import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import deploy
import project


class FirstStack(unittest.TestCase):
    def given(self, content):
        """The stack parameters that a file .env gives, and what is printed."""
        said = io.StringIO()
        with tempfile.TemporaryDirectory() as directory:
            Path(directory, ".env").write_text(content)
            with mock.patch.object(project, "PROJECT", Path(directory)), mock.patch.dict(os.environ, clear=True), \
                    contextlib.redirect_stdout(said):
                return deploy.given(), said.getvalue()

    def test_the_claims_of_cognito_reach_it(self):
        values, said = self.given("DATABASE_URL=postgresql://x\nJWKS_URL=https://issuer.example/jwks\n"
                                  "JWT_AUDIENCE=app\nJWT_AUDIENCE_CLAIM=client_id\nJWT_USER_CLAIM=username\n")
        self.assertEqual(values, {"DatabaseUrl": "postgresql://x", "JwksUrl": "https://issuer.example/jwks",
                                  "JwtAudience": "app", "JwtAudienceClaim": "client_id", "JwtUserClaim": "username"})
        self.assertEqual(said, "")

    def test_the_secret_may_have_better_auths_name_and_jwt_secret_goes_first(self):
        self.assertEqual(self.given("DATABASE_URL=x\nBETTER_AUTH_SECRET=b\n")[0]["JwtSecret"], "b")
        self.assertEqual(self.given("DATABASE_URL=x\nBETTER_AUTH_SECRET=b\nJWT_SECRET=j\n")[0]["JwtSecret"], "j")

    def test_what_it_cannot_have_is_named(self):
        values, said = self.given("DATABASE_URL=x\nDB_POOL_SIZE=2\nLOG_OWNER_PEPPER=p\n")
        self.assertEqual(values, {"DatabaseUrl": "x"})
        self.assertIn("LOG_OWNER_PEPPER, DB_POOL_SIZE", said)

    def test_without_a_database_it_is_refused(self):
        with self.assertRaises(SystemExit) as stopped:
            self.given("JWT_SECRET=x\n")
        self.assertIn("DATABASE_URL", str(stopped.exception))


class Deploy(unittest.TestCase):
    def test_without_a_build_it_is_refused(self):
        with tempfile.TemporaryDirectory() as directory, mock.patch.object(deploy, "PROJECT", Path(directory)), \
                self.assertRaises(SystemExit) as stopped:
            deploy.main("prod")
        self.assertIn("There is no build. Run `make build`", str(stopped.exception))

    def test_sam_gets_the_region_of_the_aws_cli(self):
        for given, region in (({"AWS_REGION": "eu-central-1"}, "eu-central-1"),
                              ({"AWS_DEFAULT_REGION": "us-east-1"}, "us-east-1"),
                              ({"AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "us-east-1"}, "eu-central-1"),
                              ({"AWS_PROFILE": "prod"}, None)):  # the profile's own
            with mock.patch.dict(os.environ, given, clear=True):
                self.assertEqual(deploy.variables().get("AWS_DEFAULT_REGION"), region)

    def test_alarms_that_notify_nobody_are_named(self):
        parameters = {"SecretsPath": "/task-api/prod", "JwksUrl": "https://x", "Jwks": "", "Alarms": "rollback",
                      "AlarmTopicArn": ""}
        self.assertEqual(list(deploy.missing("prod", parameters)),
                         ["prod has no AlarmTopicArn in samconfig.toml, so its alarms notify nobody."])
        self.assertEqual(list(deploy.missing("prod", {**parameters, "AlarmTopicArn": "arn:aws:sns:x"})), [])
        self.assertEqual(list(deploy.missing("dev", {**parameters, "Alarms": "none"})), [])


if __name__ == "__main__":
    unittest.main()
