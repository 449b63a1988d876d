#!/usr/bin/env python3
"""Rules for the templates that no linter knows, checked on every stack as it would be deployed.

    scripts/policy.py

Writes the stacks, transformed and resolved, to .dev/stacks: those of samconfig.toml, one with every option on, one
without the API's document, and the two of the pipeline. checkov checks them against its own rules and those in
policies/ (.checkov.yaml lists the exceptions and their reasons). `make check` runs cfn-lint on them, too. The template
as it is written is not enough, because most of what matters is behind an !If there.

A rule about a single resource belongs in policies/. The rules here compare a resource with others, with a stack
parameter or with the runbook, check an action together with its resource, or read JSON that is a text in the template.
Each is a function. Its first line is the rule, and it yields what breaks the rule.
"""

import json
import re
import shutil
import subprocess
import sys

from console import fail, say
from packages import package
from project import PROJECT
from stack import ACCOUNT, REGION, Stack, run_in_sam

STACKS = PROJECT / ".dev/stacks"
GIVEN = {"DatabaseUrl": "postgresql://user:password@host/database?sslmode=require", "JwtSecret": "0" * 32}
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0"
EVERYTHING = {
    "VpcSubnetIds": "subnet-0123456789abcdef0,subnet-0123456789abcdef1", "VpcSecurityGroupIds": "sg-0123456789abcdef0",
    "ReservedConcurrency": "20", "DomainName": "api.example.com", "HostedZoneId": "Z0", "AllowCredentials": "true",
    "Architecture": "x86_64", "CertificateArn": f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/0", "SecretsKeyArn": KEY,
    "AlarmTopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:alarms", "RunbookUrl": "https://example.com/runbook.md",
    "MemorySize": "512", "DeploymentId": "1767225600",
}
PIPELINES = {"staging": {}, "prod": {"ProviderExists": "true", "SecretsKeyArn": KEY, "HostedZoneId": "Z0"}}
# For each of the template's Rules, parameters that it must refuse: a stack of them would deploy and not work.
REFUSED = {
    "SomeDatabase": {"JwtSecret": GIVEN["JwtSecret"]},
    "SomeKey": {"DatabaseUrl": GIVEN["DatabaseUrl"], "JwtIssuer": "https://app.example.com", "JwtAudience": "task-api"},
    "CredentialsByName": {**GIVEN, "AllowCredentials": "true"},
    "MetricsToWatch": {**GIVEN, "Dashboard": "true", "MetricsNamespace": ""},
    "NameAndCertificate": {**GIVEN, "DomainName": "api.example.com"},
}
TAKE_NO_TOKENS = {"health", "docs", "purge-trash"}
SECRETS = {"DatabaseUrl": "DATABASE_URL", "JwtSecret": "JWT_SECRET", "JwtSecretPrevious": "JWT_SECRET_PREVIOUS"}
# Actions that cannot be limited to a resource, or whose resource has no name yet. template.yaml has the source of each.
ANY_RESOURCE = {
    "xray:PutTraceSegments", "xray:PutTelemetryRecords",
    "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
}


def main():
    run_in_sam()
    stacks = {"default": Stack.of("default", GIVEN), **{name: Stack.of(name) for name in ("dev", "staging", "prod")},
              "prod-with-everything": Stack.of("prod", EVERYTHING),
              "prod-without-docs": Stack.of("prod", {"ApiDocs": "off"})}
    broken = [(f"{rule.__doc__} Not so: {what}.", name)
              for rule in RULES for name, stack in stacks.items() for what in rule(stack)]
    broken += refusals(stacks["default"].template["Rules"])
    for name, more in PIPELINES.items():
        given = {"Repository": "OWNER@1/REPOSITORY@2", "Environment": name, "StackName": f"task-api-{name}", **more}
        stacks[f"pipeline-{name}"] = Stack("pipeline.yaml", f"task-api-pipeline-{name}", given)
    judged, failed = checkov(stacks)
    wrong = {}  # each sentence once, with all its stacks
    for sentence, name in broken + failed:
        wrong.setdefault(sentence, []).append(name)
    for sentence, names in wrong.items():
        say(f"{', '.join(names)}: {sentence}")
    say(f"policy: checkov's {judged} rules and {len(RULES)} of our own, {len(stacks)} stacks, "
        f"{len(wrong) or 'nothing'} wrong")
    if wrong:
        say(f"What would be deployed is in {STACKS.relative_to(PROJECT)}. An exception from checkov's rules belongs in "
            ".checkov.yaml or with the resource, together with its reason.")
    return 1 if wrong else 0


def checkov(stacks):
    """Writes the stacks and runs checkov on them. Returns how many rules it has, and what breaks them in each stack."""
    shutil.rmtree(STACKS, ignore_errors=True)
    STACKS.mkdir(parents=True)
    files = {f"{STACKS.relative_to(PROJECT)}/{name}.json": name for name in stacks}
    for file, name in files.items():
        document = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": stacks[name].resources}
        (PROJECT / file).write_text(json.dumps(document, indent=2))
    printed = subprocess.run([package("checkov", "checkov") / "bin/checkov", "--output", "json", "--file", *files],
                             cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=False).stdout
    try:
        results = json.loads(printed)["results"]
    except (ValueError, KeyError):
        fail(f"checkov did not check the stacks{': ' + printed if printed else '; its messages are above'}.")
    judged = results["passed_checks"] + results["failed_checks"]
    rules = {check["check_id"] for check in judged}
    # It skips a file or a rule that it cannot read.
    overlooked = {f"TASK_{path.stem.upper()}" for path in (PROJECT / "policies").glob("*.yaml")} - rules
    overlooked |= files.keys() - {check["file_path"].lstrip("/") for check in judged}
    if overlooked:
        fail(f"checkov has skipped {', '.join(sorted(overlooked))}: it cannot read it, or no resource is of that type.")
    return len(rules), [(f"{check['check_name'].rstrip('.')} ({check['check_id']}). Not so: {check['resource']}.",
                         files[check["file_path"].lstrip("/")]) for check in results["failed_checks"]]


def refusals(rules):
    """Whether each rule of the template refuses what it must."""
    for name in rules.keys() | REFUSED.keys():
        said = ""
        try:
            Stack.of("default", REFUSED.get(name, GIVEN))
        except SystemExit as refusal:
            said = str(refusal)
        if name not in rules or rules[name]["Assertions"][0]["AssertDescription"] not in said:
            yield f"The rule {name} must refuse {json.dumps(REFUSED.get(name))}.", "default"


def architecture(stack):
    """All functions have the stack parameter's architecture: a binary for another one does not start."""
    for name, function in stack.of_type("AWS::Lambda::Function").items():
        if function["Architectures"] != [stack.parameters["Architecture"]]:
            yield f"{name} has {', '.join(function['Architectures'])}"


def deployments(stack):
    """A new DeploymentId changes every function: Lambda publishes no version of one that has not changed."""
    for name, function in stack.of_type("AWS::Lambda::Function").items():
        if function.get("Description", "") != stack.parameters["DeploymentId"]:
            yield f"{name} has the description {function.get('Description')!r}"


def memory(stack):
    """All functions have the stack parameter's memory, which the runbook says can be raised."""
    for name, function in stack.of_type("AWS::Lambda::Function").items():
        if str(function["MemorySize"]) != stack.parameters["MemorySize"]:
            yield f"{name} has {function['MemorySize']} MB"


def environments(stack):
    """All functions that take tokens have the same variables: one without JWT_AUDIENCE would take other tokens."""
    variables = {binary: set(given.items()) for binary, given in stack.environments().items()
                 if binary not in TAKE_NO_TOKENS}
    shared = set.intersection(*variables.values())
    for binary, given in variables.items():
        if given != shared:
            yield f"{binary} has {', '.join(sorted(name for name, _ in given - shared))}, which others do not have"
    for name, value in shared - set(stack.environments()["purge-trash"].items()):
        if name not in ("JWT_SECRET", "JWT_SECRET_PREVIOUS"):
            yield f"purge-trash lacks {name}, or has another value than {value!r}"


def secrets(stack):
    """A secret stack parameter is NoEcho without default. health and docs have none, purge-trash has none of tokens."""
    for name in SECRETS:
        parameter = stack.template["Parameters"][name]
        if parameter.get("NoEcho") is not True or parameter["Default"]:
            yield name
    for binary in {"health", "docs"} & stack.environments().keys():
        if stack.environments()[binary].keys() & {"SECRETS_PATH", *SECRETS.values()}:
            yield f"{binary} has a secret"
        if {"Ref": "SecretsPolicy"} in stack.resources[f"{binary.capitalize()}Role"]["Properties"]["ManagedPolicyArns"]:
            yield f"{binary} may read secrets"
    if stack.environments()["purge-trash"].keys() & {"JWT_SECRET", "JWT_SECRET_PREVIOUS"}:
        yield "purge-trash has a secret of tokens"


def roles(stack):
    """Every function has a role of its own. Only Lambda may assume it, and it has only the template's policies."""
    taken = []
    for function, properties in stack.of_type("AWS::Lambda::Function").items():
        name, _ = properties["Role"]["Fn::GetAtt"]
        role = stack.resources[name]["Properties"]
        if name in taken:
            yield f"{function} shares {name}"
        taken.append(name)
        if role["AssumeRolePolicyDocument"]["Statement"] != [
                {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]:
            yield f"others may assume {name}: {json.dumps(role['AssumeRolePolicyDocument']['Statement'])}"
        known = [{"Ref": policy} for policy in ("TelemetryPolicy", "SecretsPolicy", "VpcPolicy")]
        if "Policies" in role or any(policy not in known for policy in role["ManagedPolicyArns"]):
            yield f"{name} has other policies"


def resources(stack):
    """A function's permission names one resource, for secrets exactly their path. `*` if AWS allows nothing else."""
    path = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter{stack.parameters['SecretsPath']}"
    for name, policy in stack.of_type("AWS::IAM::ManagedPolicy").items():
        for statement in policy["PolicyDocument"]["Statement"]:
            action, resource = statement["Action"], statement["Resource"]
            actions = {action} if isinstance(action, str) else set(action)
            if statement["Effect"] == "Allow" and "*" in json.dumps(resource) and not actions <= ANY_RESOURCE:
                yield f"{name} allows {', '.join(sorted(actions))} on {json.dumps(resource)}"
            if "ssm:GetParametersByPath" in actions and resource != path:
                yield f"{name} reads {json.dumps(resource)}"


def access_log(stack):
    """The gateway's lines are JSON with the fields of testing/logs/access.jsonl, on which the runbook is tested."""
    stage = stack.resources["ApiApiGatewayDefaultStage"]["Properties"]
    sample = (PROJECT / "testing/logs/access.jsonl").read_text().splitlines()[0]
    try:
        for name in json.loads(sample).keys() ^ json.loads(stage["AccessLogSettings"]["Format"]).keys():
            yield f"only one of the two has {name}"
    except (KeyError, ValueError) as error:
        yield f"AccessLogSettings: {error}"


def throttling(stack):
    """All routes have a limit, each route that writes has one of its own, and every limit belongs to a route."""
    stage = stack.resources["ApiApiGatewayDefaultStage"]["Properties"]
    writing = {f"{event['Properties']['Method']} {event['Properties']['Path']}"
               for _, event in _events(stack, "HttpApi") if event["Properties"]["Method"] != "GET"}
    for route in writing ^ stage["RouteSettings"].keys():
        yield f"{route} is no route that writes, or has no RouteSettings"
    for name, settings in {"DefaultRouteSettings": stage["DefaultRouteSettings"], **stage["RouteSettings"]}.items():
        if not {"ThrottlingRateLimit", "ThrottlingBurstLimit"} <= settings.keys():
            yield f"{name} lacks a limit"


def docs(stack):
    """The document and its page exist, or nothing of them does: no function, no role, no route, no metric."""
    paths = stack.resources["Api"]["Properties"]["Body"]["paths"].keys() & {"/openapi.json", "/docs", "/docs/{file}"}
    there = {*paths, *(name for name in stack.resources if name.startswith("Docs"))}
    if stack.parameters["ApiDocs"] == "on" and len(paths) != 3:
        yield f"of the routes there is only {', '.join(sorted(paths)) or 'none'}"
    if stack.parameters["ApiDocs"] == "off" and (there or '"Docs' in json.dumps(stack.resources)):
        yield f"there is {', '.join(sorted(there)) or 'a reference to them'}, with ApiDocs=off"


def alarms(stack):
    """There are at most ten alarms, each of at most ten metrics (CloudWatch's limit), and none with Alarms=none."""
    alarms, dashboards = stack.of_type("AWS::CloudWatch::Alarm"), stack.of_type("AWS::CloudWatch::Dashboard")
    if len(alarms) > 10:
        yield f"there are {len(alarms)}"
    if stack.parameters["Alarms"] == "none" and (alarms or dashboards):
        yield f"there is {', '.join([*alarms, *dashboards])}, with Alarms=none"
    for name, alarm in alarms.items():
        if len(_metrics(alarm)) > 10:
            yield f"{name} has {len(_metrics(alarm))} metrics"


def runbook(stack):
    """Every alarm's text ends with the address of its section in the runbook, and the runbook's table has the alarm."""
    # A section's anchor on GitHub, and the text up to the next heading.
    parts = re.split(r"^#+ (.*)$", (PROJECT / "docs/runbook.md").read_text(), flags=re.M)[1:]
    sections = {re.sub(r"[^a-z0-9 _-]", "", title.lower()).replace(" ", "-"): text
                for title, text in zip(parts[::2], parts[1::2])}
    for name, alarm in stack.of_type("AWS::CloudWatch::Alarm").items():
        address, _, anchor = alarm["AlarmDescription"].rpartition("#")
        called = name[:-len("Alarm")]
        if address.split(" ")[-1] != stack.parameters["RunbookUrl"]:
            yield f"{name} has the text {alarm['AlarmDescription']!r}"
        if called not in sections.get(anchor, ""):
            yield f"{name} names the section #{anchor}, which does not name the alarm"
        if f"| [{called}](#{anchor}) |" not in sections["which-alarm-rings"]:
            yield f"{name} is not in the table of the section #which-alarm-rings"


def watched(stack):
    """Every function's errors ring an alarm, and the dashboard shows every function."""
    functions = stack.of_type("AWS::Lambda::Function").keys()
    if stack.parameters["Alarms"] != "none":
        counted = [metric for alarm in stack.of_type("AWS::CloudWatch::Alarm").values() for metric in _metrics(alarm)]
        for name in functions - {metric["Dimensions"][0]["Value"].get("Ref") for metric in counted
                                 if metric["Namespace"] == "AWS/Lambda" and metric["MetricName"] == "Errors"}:
            yield f"no alarm counts the errors of {name}"
    for dashboard in stack.of_type("AWS::CloudWatch::Dashboard").values():
        for name in functions:
            # Concurrent executions, crashes, throttled requests.
            if json.dumps(dashboard).count(f"${{{name}}}") != 3:
                yield f"the dashboard does not show {name} three times"


def timeouts(stack):
    """A function has more than a request's 8 s and less than the gateway's 30 s. One without a route has 900 s."""
    routed = {name for name, _ in _events(stack, "HttpApi")}
    for name, function in stack.of_type("AWS::Lambda::Function").items():
        if not (8 < function["Timeout"] < 30 if name in routed else function["Timeout"] == 900):
            yield f"{name} has {function['Timeout']} s"


def schedules(stack):
    """A schedule starts an alias, with a role that may do nothing else, and the attempts are limited."""
    for name, schedule in stack.of_type("AWS::Scheduler::Schedule").items():
        target = schedule["Target"]
        alias = target["Arn"].get("Ref")
        if stack.resources.get(alias, {}).get("Type") != "AWS::Lambda::Alias":
            yield f"{name} starts {json.dumps(target['Arn'])}"
            continue
        role = stack.resources[target["RoleArn"]["Fn::GetAtt"][0]]["Properties"]
        for statement in role["AssumeRolePolicyDocument"]["Statement"]:
            if (statement["Principal"] != {"Service": "scheduler.amazonaws.com"}
                    or statement.get("Condition", {}).get("StringEquals", {}).get("aws:SourceAccount") != ACCOUNT):
                yield f"others may assume {name}'s role: {json.dumps(statement)}"
        allowed = [statement for policy in role["ManagedPolicyArns"]
                   for statement in stack.resources[policy["Ref"]]["Properties"]["PolicyDocument"]["Statement"]]
        if "Policies" in role or allowed != [
                {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": {"Ref": alias}}]:
            yield f"{name}'s role may do more, or less"
        function = stack.resources[alias]["Properties"]["FunctionName"]
        tries = [config for config in stack.of_type("AWS::Lambda::EventInvokeConfig").values()
                 if config["FunctionName"] == function and config["Qualifier"] == "live"]
        if "RetryPolicy" not in target or not tries:
            yield f"{name} has no limit for its attempts"


def rollbacks(stack):
    """If alarms roll a deployment back, they are the same for every function."""
    rollback = stack.parameters["Alarms"] == "rollback"
    names = ("ServerErrorsAlarm", "ReadCrashesAlarm", "WriteCrashesAlarm") if rollback else ()
    expected = [{"Name": {"Ref": name}} for name in names]
    for name, group in stack.of_type("AWS::CodeDeploy::DeploymentGroup").items():
        if group.get("AlarmConfiguration", {}).get("Alarms", []) != expected:
            yield f"{name} watches {json.dumps(group.get('AlarmConfiguration'))}"


def _events(stack, kind):
    """The events of one kind, each with the function that it starts."""
    return [(name, event) for name, resource in stack.template["Resources"].items()
            if resource["Type"] == "AWS::Serverless::Function"
            for event in resource["Properties"]["Events"].values() if event["Type"] == kind]


def _metrics(alarm):
    """The metrics of an alarm, each with its name and dimensions."""
    if "Metrics" not in alarm:
        return [alarm]
    return [query["MetricStat"]["Metric"] for query in alarm["Metrics"] if "MetricStat" in query]


RULES = [architecture, deployments, memory, environments, secrets, roles, resources, access_log, throttling, docs,
         alarms, runbook, watched, timeouts, schedules, rollbacks]

if __name__ == "__main__":
    sys.exit(main())
