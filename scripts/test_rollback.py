"""scripts/rollback.py, on AWS's Lambda and CloudFormation as moto plays them."""

import contextlib
import datetime
import io
import os
import re
import subprocess
import sys
import time
import unittest
from pathlib import Path
from unittest import mock

import rollback
from packages import package
from project import PROJECT

STACK = "task-api-test"
TEMPLATE = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]
  ListTasks: &function
    Type: AWS::Lambda::Function
    Properties: {Role: !GetAtt Role.Arn, Runtime: python3.12, Handler: index.main, Code: {ZipFile: "def main(): pass"}}
  CreateTask: *function
"""


def version(number, when):
    return {"Version": str(number), "LastModified": f"2026-11-25T{when}:00.123+0000"}


def at(when):
    return rollback.moment(f"2026-11-25T{when}")


class Choice(unittest.TestCase):
    """Which version is the one before."""

    VERSIONS = [version(9, "09:00"), version(10, "10:00"), version(11, "11:00")]

    def chosen(self, *given, **more):
        chosen = rollback.target(self.VERSIONS, *given, **more)
        return chosen and chosen["Version"]

    def test_the_version_before_is_the_next_lower_number(self):
        self.assertEqual(self.chosen("11", []), "10")
        self.assertEqual(self.chosen("10", []), "9")  # not by their first digits

    def test_the_first_version_has_none_before_it(self):
        self.assertIsNone(self.chosen("9", []))

    def test_a_version_whose_deployment_was_rolled_back_is_left_out(self):
        self.assertEqual(self.chosen("11", [(at("09:58"), at("10:07"))]), "9")

    def test_a_time_chooses_the_newest_version_before_it(self):
        self.assertEqual(self.chosen("11", [], before=at("10:30")), "10")
        self.assertEqual(self.chosen("11", [], before=at("10:00")), "9")

    def test_forward_chooses_the_newest_version(self):
        self.assertEqual(self.chosen("9", [], forward=True), "11")

    def test_only_updates_of_the_stack_that_were_rolled_back_count(self):
        statuses = [("10:00", "UPDATE_IN_PROGRESS"), ("10:05", "UPDATE_COMPLETE"), ("11:00", "UPDATE_IN_PROGRESS"),
                    ("11:05", "UPDATE_ROLLBACK_IN_PROGRESS"), ("11:06", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"),
                    ("11:07", "UPDATE_ROLLBACK_COMPLETE"), ("12:00", "UPDATE_IN_PROGRESS"), ("12:01", "UPDATE_COMPLETE")]
        events = [{"LogicalResourceId": STACK, "PhysicalResourceId": "arn", "StackId": "arn", "Timestamp": at(when),
                   "ResourceStatus": status} for when, status in statuses]
        alien = {**events[5], "LogicalResourceId": "ListTasks", "PhysicalResourceId": "list", "Timestamp": at("12:01")}
        self.assertEqual(rollback.rolled_back([alien, *reversed(events)], STACK), [(at("11:00"), at("11:07"))])

    def test_a_roll_back_that_failed_counts_too(self):
        statuses = [("11:00", "UPDATE_IN_PROGRESS"), ("11:05", "UPDATE_ROLLBACK_IN_PROGRESS"),
                    ("11:07", "UPDATE_ROLLBACK_FAILED")]
        events = [{"LogicalResourceId": STACK, "PhysicalResourceId": "arn", "StackId": "arn", "Timestamp": at(when),
                   "ResourceStatus": status} for when, status in statuses]
        self.assertEqual(rollback.rolled_back(events, STACK), [(at("11:00"), at("11:07"))])

    def test_the_alias_is_the_one_that_the_template_makes(self):
        alias = re.search(r"^ *AutoPublishAlias: (\w+)", (PROJECT / "template.yaml").read_text(), re.M)[1]
        self.assertEqual(alias, rollback.ALIAS)


if Path(sys.prefix) == PROJECT / ".dev/moto":
    import boto3
    import botocore.exceptions
    from moto import mock_aws

    @mock_aws
    class InMoto(unittest.TestCase):
        def setUp(self):
            keys = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "eu-west-1"}
            changed = mock.patch.dict(os.environ, keys)
            changed.start()
            self.addCleanup(changed.stop)
            self.cloudformation, self.functions = boto3.client("cloudformation"), boto3.client("lambda")
            self.cloudformation.create_stack(StackName=STACK, TemplateBody=TEMPLATE, Capabilities=["CAPABILITY_IAM"])
            resources = self.cloudformation.list_stack_resources(StackName=STACK)["StackResourceSummaries"]
            self.names = [resource["PhysicalResourceId"] for resource in resources
                          if resource["ResourceType"] == "AWS::Lambda::Function"]
            self.assertEqual(len(self.names), 2)

        def deploy(self, deployment, names=None):
            """What a deployment does: the description changes, a version is published, the alias moves."""
            for name in names or self.names:
                self.functions.update_function_configuration(FunctionName=name, Description=deployment)
                published = self.functions.publish_version(FunctionName=name)["Version"]
                with contextlib.suppress(botocore.exceptions.ClientError):
                    self.functions.create_alias(FunctionName=name, Name="live", FunctionVersion=published)
                self.functions.update_alias(FunctionName=name, Name="live", FunctionVersion=published)

        def live(self):
            """The deployment whose version is live, for each function."""
            return [self.functions.get_function_configuration(FunctionName=name, Qualifier="live")["Description"]
                    for name in self.names]

        def rollback(self, *words, answers=""):
            """The exit status, and what was printed."""
            printed = io.StringIO()
            with mock.patch("sys.argv", ["rollback.py", STACK, *words]), mock.patch("sys.stdin", io.StringIO(answers)), \
                    contextlib.redirect_stdout(printed):
                try:
                    status = rollback.main(rollback.arguments())
                except SystemExit as stopped:
                    status = str(stopped.code)
            return status, printed.getvalue()

        def test_all_functions_go_back_to_the_version_before_and_forward_again(self):
            for deployment in ("first", "second", "third"):
                self.deploy(deployment)
            status, printed = self.rollback("--yes")
            self.assertEqual((status, self.live()), (0, ["second", "second"]), printed)
            for name in self.names:
                self.assertRegex(printed, rf"{name} .*third\)  ->  .*second\)")
            self.rollback("--yes")
            self.assertEqual(self.live(), ["first", "first"])
            self.rollback("--forward", "--yes")
            self.assertEqual(self.live(), ["third", "third"])

        def test_nothing_changes_unless_somebody_agrees(self):
            self.deploy("first")
            self.deploy("second")
            for answers in ("", "\n", "n\n"):
                status, printed = self.rollback(answers=answers)
                self.assertEqual((status, self.live()), (1, ["second", "second"]))
                self.assertIn("Nothing was changed.", printed)
            self.assertEqual((self.rollback(answers="y\n")[0], self.live()), (0, ["first", "first"]))

        def test_a_function_that_is_new_stays_where_it_is(self):
            self.deploy("first", self.names[:1])
            self.deploy("second")
            status, printed = self.rollback("--yes")
            self.assertEqual((status, self.live()), (0, ["first", "second"]))
            self.assertIn("stays: there is no such version", printed)
            self.assertEqual(self.rollback("--yes")[0], 0)
            self.assertEqual(self.live(), ["first", "second"])

        def refused_in(self, status):
            describe = {"Stacks": [{"StackStatus": status}]}
            with mock.patch("botocore.client.BaseClient._make_api_call", return_value=describe):
                return self.rollback("--yes")[0]

        def test_while_a_deployment_goes_out_the_command_that_stops_it_is_named(self):
            self.deploy("first")
            self.deploy("second")
            self.assertIn(f"aws cloudformation cancel-update-stack --stack-name {STACK}",
                          self.refused_in("UPDATE_IN_PROGRESS"))
            self.assertEqual(self.live(), ["second", "second"])

        def test_an_update_that_cannot_be_stopped_is_waited_for(self):
            for status, wait in (("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "Wait a minute"),
                                 ("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "Wait a minute"),
                                 ("UPDATE_ROLLBACK_IN_PROGRESS", "Wait until"), ("CREATE_IN_PROGRESS", "Wait until")):
                said = self.refused_in(status)
                self.assertIn(wait, said)
                self.assertNotIn("cancel-update-stack", said)

        def test_an_alias_that_codedeploy_has_moved_back_stays_after_a_roll_back_that_failed(self):
            self.deploy("first")
            self.deploy("second")
            began = datetime.datetime.now(datetime.timezone.utc)
            time.sleep(1.1)  # a version's time has only seconds
            self.deploy("third")
            ended = began + datetime.timedelta(minutes=1)
            moved_back = self.functions.list_versions_by_function(FunctionName=self.names[0])["Versions"][-2]["Version"]
            self.functions.update_alias(FunctionName=self.names[0], Name="live", FunctionVersion=moved_back)
            self.assertEqual(self.live(), ["second", "third"])
            real = self.cloudformation.describe_stacks(StackName=STACK)
            real["Stacks"][0]["StackStatus"] = "UPDATE_ROLLBACK_FAILED"
            with mock.patch.object(rollback, "rolled_back", return_value=[(began, ended)]), \
                    mock.patch.object(rollback.Rollback, "describe", return_value=real["Stacks"][0]):
                status, printed = self.rollback("--yes")
            self.assertEqual((status, self.live()), (0, ["second", "second"]), printed)
            self.assertIn("stays: it is from before the failed deployment", printed)

        def test_the_region_may_have_either_of_the_aws_clis_names(self):
            self.deploy("first")
            self.deploy("second")
            self.deploy("third")
            with mock.patch.dict(os.environ, {"AWS_REGION": "eu-west-1"}):
                del os.environ["AWS_DEFAULT_REGION"]
                status, printed = self.rollback("--yes")
                self.assertEqual(status, 0, printed)
            with mock.patch.dict(os.environ, {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "us-east-1"}):
                status, printed = self.rollback("--yes")  # as in version 2 of the AWS CLI, AWS_REGION has precedence
                self.assertEqual(status, 0, printed)
            self.assertEqual(self.live(), ["first", "first"])

        def test_a_stack_that_does_not_exist_is_named(self):
            with mock.patch(f"{__name__}.STACK", "elsewhere"):
                self.assertIn("elsewhere does not exist", self.rollback("--yes")[0])

else:

    class OutsideMoto(unittest.TestCase):
        def test_the_tests_in_the_environment_of_moto(self):
            python = package("moto", "moto") / "bin/python"
            ran = subprocess.run([python, "-m", "unittest", "--quiet", "test_rollback"], cwd=PROJECT / "scripts",
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
            self.assertEqual(ran.returncode, 0, ran.stdout)


if __name__ == "__main__":
    unittest.main()
