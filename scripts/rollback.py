#!/usr/bin/env python3
"""Rolls all functions of a stack back to the versions before the last deployment.

    scripts/rollback.py STACK [--before 2026-11-25T18:00 | --forward] [--yes]

Requests meet a function by its alias `live`. This points the alias of each function to the version before the one that
is live now. It shows what it will do, and asks before it does it. The migrations stay as they are: they leave what the
version before needs.

--before TIME   to the newest version that was published before TIME (UTC)
--forward       to the newest version: undoes a roll-back
--yes           does not ask

A version is left out if CloudFormation rolled back the update that published it. If that roll-back failed
(UPDATE_ROLLBACK_FAILED), an alias stays if it points to a version from before that update. While an update runs,
nothing is changed, because CodeDeploy moves the aliases then.

Credentials and region are those of the AWS CLI (AWS_PROFILE, AWS_REGION). On a new clone, this first installs the SAM
CLI from PyPI, because boto3 comes with it.
"""

import argparse
import datetime
import sys
from concurrent.futures import ThreadPoolExecutor

from console import fail, say
from stack import region, run_in_sam

ALIAS = "live"  # AutoPublishAlias in template.yaml
AT_ONCE = 5  # calls
FAILED = "UPDATE_ROLLBACK_FAILED"  # an update failed, and not all of it is rolled back


def main(given):
    import boto3
    import botocore.exceptions

    try:
        session = boto3.session.Session(region_name=region())
        return Rollback(session.client("cloudformation"), session.client("lambda"), given.stack).run(given)
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
        fail(f"{error}\nNothing more was changed. The runbook's first step is `aws sts get-caller-identity`.")


class Rollback:
    """The functions of one stack, and where their aliases point."""

    def __init__(self, cloudformation, functions, stack):
        self.cloudformation, self.functions, self.stack = cloudformation, functions, stack
        self.failed = None  # when the update began that is not rolled back

    def run(self, given):
        status = self.describe()["StackStatus"]
        if status == "UPDATE_IN_PROGRESS":
            fail(f"{self.stack} is in {status}: a deployment is going out. This rolls it back:\n\n"
                 f"    aws cloudformation cancel-update-stack --stack-name {self.stack}")
        if status.endswith("_IN_PROGRESS"):
            ends = "Wait a minute" if status.endswith("_CLEANUP_IN_PROGRESS") else "Wait until that has ended"
            fail(f"{self.stack} is in {status}. {ends}, then run this again.")
        undone = rolled_back(self.pages(self.cloudformation, "describe_stack_events", "StackEvents"), self.stack)
        self.failed = undone[-1][0] if undone and status == FAILED else None
        names = [resource["PhysicalResourceId"] for resource
                 in self.pages(self.cloudformation, "list_stack_resources", "StackResourceSummaries")
                 if resource["ResourceType"] == "AWS::Lambda::Function"]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            moves = list(pool.map(lambda name: self.move(name, undone, given), sorted(names)))
            width = max(map(len, names), default=0)
            for name, now, to in moves:
                say(f"{name:{width}}  {described(now)}  ->  {self.outcome(now, to)}")
            changed = [(name, to) for name, now, to in moves if to and to["Version"] != now["Version"]]
            if not changed:
                say("There is nothing to change.")
                return 0
            if not given.yes and not agreed(f"Point {len(changed)} aliases to these versions? [y/N] "):
                say("Nothing was changed.")
                return 1
            list(pool.map(lambda move: self.point(*move), changed))
        say(f"{len(changed)} aliases point to these versions now. The next deployment moves all of them again.")
        return 0

    def describe(self):
        return self.cloudformation.describe_stacks(StackName=self.stack)["Stacks"][0]

    def pages(self, client, call, field):
        return [item for page in client.get_paginator(call).paginate(StackName=self.stack) for item in page[field]]

    def move(self, name, undone, given):
        """A function, the version that is live, and the one that shall be, or None."""
        pages = self.functions.get_paginator("list_versions_by_function").paginate(FunctionName=name)
        versions = {version["Version"]: version for page in pages for version in page["Versions"]
                    if version["Version"] != "$LATEST"}
        now = self.functions.get_alias(FunctionName=name, Name=ALIAS)["FunctionVersion"]
        if self.failed and published(versions[now]) < self.failed and not (given.before or given.forward):
            return name, versions[now], versions[now]  # that deployment is not live here
        return name, versions[now], target(versions.values(), now, undone, given.before, given.forward)

    def outcome(self, now, to):
        if to is None:
            return "stays: there is no such version"
        if to == now:
            return "stays: it is from before the failed deployment" if self.failed else "stays: it is that version"
        return described(to)

    def point(self, name, version):
        self.functions.update_alias(FunctionName=name, Name=ALIAS, FunctionVersion=version["Version"],
                                    RoutingConfig={"AdditionalVersionWeights": {}})


def target(versions, now, undone, before=None, forward=False):
    """The version that the alias shall point to, or None."""
    eligible = [version for version in versions
                if not any(began <= published(version) <= ended for began, ended in undone)
                and (forward or (published(version) < before if before else int(version["Version"]) < int(now)))]
    return max(eligible, key=lambda version: int(version["Version"]), default=None)


def rolled_back(events, stack):
    """When the stack's updates ran that CloudFormation rolled back, or failed to: pairs of times."""
    spans, began = [], None
    for event in sorted(events, key=lambda event: event["Timestamp"]):
        if event["LogicalResourceId"] != stack or event["PhysicalResourceId"] != event["StackId"]:
            continue  # it is about one of the stack's resources
        if event["ResourceStatus"] == "UPDATE_IN_PROGRESS":
            began = event["Timestamp"]
        elif event["ResourceStatus"] in ("UPDATE_ROLLBACK_COMPLETE", FAILED) and began:
            spans.append((began, event["Timestamp"]))
    return spans


def agreed(question):
    try:
        return input(question).strip().lower() in ("y", "yes")
    except EOFError:
        return False


def published(version):
    return datetime.datetime.strptime(version["LastModified"][:19] + "+0000", "%Y-%m-%dT%H:%M:%S%z")


def described(version):
    return f"{version['Version']:>4} ({published(version):%Y-%m-%d %H:%M} UTC, {version.get('Description') or 'no id'})"


def moment(text):
    """A time in UTC, as in 2026-11-25T18:00."""
    return datetime.datetime.fromisoformat(text.rstrip("Z")).replace(tzinfo=datetime.timezone.utc)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stack")
    parser.add_argument("--yes", action="store_true")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--before", type=moment)
    which.add_argument("--forward", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    arguments_given = arguments()  # before anything is installed
    run_in_sam()
    sys.exit(main(arguments_given))
