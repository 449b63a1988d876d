#!/usr/bin/env python3
"""What the templates have to keep that no linter knows, checked on every stack as it would be deployed.

    scripts/policy.py

Writes the stacks, transformed and resolved, to .dev/stacks: those of samconfig.toml, one with every option on, and the
pipeline's two. checkov judges them by its own rules and by those in policies/ (.checkov.yaml says what is excepted, and
why); `make check` has cfn-lint look at them, too. The template as it is written would not do: there, most of what
matters stands behind an !If.

A rule about a single resource belongs in policies/. Those here no such tool can know: they hold a resource against
others, against a parameter or the runbook, pair an action with its resource, or read JSON that is a text in the
template. Each is a function whose first line is the rule; it yields what breaks it. What is excepted stands in the
rule, with its reason.
"""

import json
import re
import shutil
import subprocess
import sys

from console import fail, say
from packages import PROJECT, package
from processes import supervise
from stack import ACCOUNT, PIPELINE, REGION, Resolved, Stack, run_in_sam

STACKS = PROJECT / ".dev/stacks"
SECRETS = {"DatabaseUrl": "postgresql://user:password@host/database?sslmode=require", "JwtSecret": "0" * 32}
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0"
EVERYTHING = {
    "VpcSubnetIds": "subnet-0123456789abcdef0,subnet-0123456789abcdef1", "VpcSecurityGroupIds": "sg-0123456789abcdef0",
    "ReservedConcurrency": "20", "DomainName": "api.example.com", "HostedZoneId": "Z0", "AllowCredentials": "true",
    "Architecture": "x86_64", "CertificateArn": f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/0", "SecretsKeyArn": KEY,
    "AlarmTopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:alarms",
}
# Actions that know no resources or whose resource has no name yet; template.yaml gives the source beside each.
ANY_RESOURCE = {
    "xray:PutTraceSegments", "xray:PutTelemetryRecords",
    "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
}
RULES = []


def main():
    run_in_sam()
    stacks = {"default": Stack("default", SECRETS), **{name: Stack(name) for name in ("dev", "staging", "prod")},
              "prod-with-everything": Stack("prod", EVERYTHING)}
    every = {**stacks, **pipelines()}
    judged, broken = judge(every)
    broken += [(rule.__doc__.splitlines()[0], what, name)
               for name, stack in stacks.items() for rule in RULES for what in rule(stack)]
    sentences = told(broken)
    for sentence in sentences:
        say(sentence)
    say(f"policy: checkov's {judged} rules and {len(RULES)} of our own, {len(every)} stacks, "
        f"{len(sentences) or 'nothing'} wrong")
    if broken:
        say(f"What would be deployed is in {STACKS.relative_to(PROJECT)}; an exception from checkov's rules, with its "
            "reason, belongs in .checkov.yaml or with the resource.")
    return 1 if broken else 0


def told(broken):
    """One sentence for what breaks a rule in the same stacks."""
    stacks, whats = {}, {}
    for sentence, what, name in broken:
        stacks.setdefault((sentence, what), []).append(name)
    for (sentence, what), names in stacks.items():
        whats.setdefault((sentence, ", ".join(sorted(names))), []).append(what)
    return [f"{names}: {sentence} Not so: {'; '.join(sorted(what))}" for (sentence, names), what in whats.items()]


def pipelines():
    of = {name: {"Repository": "OWNER@1/REPOSITORY@2", "Environment": name, "StackName": f"task-api-{name}"}
          for name in ("staging", "prod")}
    of["prod"].update(ProviderExists="true", SecretsKeyArn=KEY, HostedZoneId="Z0")
    return {f"pipeline-{name}": Resolved(PIPELINE, f"task-api-pipeline-{name}", given) for name, given in of.items()}


def judge(stacks):
    """Writes the stacks, and has checkov judge them: how many rules did, and what breaks which in which stack."""
    shutil.rmtree(STACKS, ignore_errors=True)
    STACKS.mkdir(parents=True)
    files = {f"{STACKS.relative_to(PROJECT)}/{name}.json": name for name in stacks}
    for file, name in files.items():
        (PROJECT / file).write_text(json.dumps(stacks[name].document(), indent=2))
    checkov = package("checkov", "checkov") / "bin/checkov"
    printed = subprocess.run([checkov, "--output", "json", "--file", *files], cwd=PROJECT, stdout=subprocess.PIPE,
                             text=True, check=False).stdout
    try:
        results = json.loads(printed)["results"]
    except (ValueError, KeyError):
        fail(f"checkov did not judge the stacks{': ' + printed if printed else '; what it said is above'}.")
    judgements = results["passed_checks"] + results["failed_checks"]
    # It passes over a file or a rule that it cannot read.
    rules = {check["check_id"] for check in judgements}
    overlooked = {f"TASK_{path.stem.upper()}" for path in (PROJECT / "policies").glob("*.yaml")} - rules
    overlooked |= files.keys() - {check["file_path"].lstrip("/") for check in judgements}
    if overlooked:
        fail(f"checkov has not judged {', '.join(sorted(overlooked))}: it cannot read it, or has nothing to judge.")
    return len(rules), [(f"{check['check_name'].rstrip('.')} ({check['check_id']}).", check["resource"].split(".")[-1],
                         files[check["file_path"].lstrip("/")]) for check in results["failed_checks"]]


def rule(function):
    RULES.append(function)
    return function


@rule
def architecture(stack):
    """All functions have the architecture that the parameter asks for, and that is arm64 by default."""
    asked = [stack.parameters["Architecture"]]
    for name, function in stack.of_type("AWS::Lambda::Function").items():
        if function["Properties"]["Architectures"] != asked:
            yield f"{name} has {function['Properties']['Architectures']}"
    default = stack.template["Parameters"]["Architecture"]["Default"]
    if default != "arm64":
        yield f"the default is {default}"


@rule
def environments(stack):
    """All functions but health have the same variables, and health has none that name a secret."""
    variables = stack.environments()
    health = variables.pop("health").keys() & {"SECRETS_PATH", "DATABASE_URL", "JWT_SECRET", "JWT_SECRET_PREVIOUS"}
    if health:
        yield f"health has {', '.join(sorted(health))}"
    one, *others = variables
    for other in others:
        differing = {name for name, _ in variables[one].items() ^ variables[other].items()}
        if differing:
            yield f"{one} and {other} differ in {', '.join(sorted(differing))}"


@rule
def parameters(stack):
    """A secret that is a parameter is NoEcho, and has no default."""
    for name in ("DatabaseUrl", "JwtSecret", "JwtSecretPrevious"):
        parameter = stack.template["Parameters"][name]
        if parameter.get("NoEcho") is not True or parameter["Default"]:
            yield name


@rule
def roles(stack):
    """Every function has a role of its own, that Lambda alone takes on, with the template's policies alone."""
    of = {}
    for name, function in stack.of_type("AWS::Lambda::Function").items():
        of.setdefault(function["Properties"]["Role"][2:-len(".Arn}")], []).append(name)
    for name, functions in of.items():
        role = stack.resources[name]["Properties"]
        if len(functions) > 1:
            yield f"{' and '.join(functions)} share {name}"
        if role["AssumeRolePolicyDocument"]["Statement"] != [
                {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]:
            yield f"{name} is for others: {json.dumps(role['AssumeRolePolicyDocument']['Statement'])}"
        others = set(role["ManagedPolicyArns"]) - {"${TelemetryPolicy}", "${SecretsPolicy}", "${VpcPolicy}"}
        if others or "Policies" in role:
            yield f"{name} has {', '.join(sorted(others)) or 'policies within it'}"
    if "${SecretsPolicy}" in stack.resources["HealthRole"]["Properties"]["ManagedPolicyArns"]:
        yield "health may read secrets"


@rule
def resources(stack):
    """What the functions may do is on one resource, the secrets' path exactly; on `*` where there is no other way."""
    path = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter{stack.parameters['SecretsPath']}"
    for name, policy in stack.of_type("AWS::IAM::ManagedPolicy").items():
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            if statement["Effect"] == "Allow" and "*" in statement["Resource"] and not set(actions) <= ANY_RESOURCE:
                yield f"{name} allows {', '.join(actions)} on {statement['Resource']}"
            if "ssm:GetParametersByPath" in actions and statement["Resource"] != path:
                yield f"{name} reads {statement['Resource']}"


@rule
def access_log(stack):
    """The gateway's lines are JSON, with the request's id, its route and its status."""
    form = stack.resources["ApiApiGatewayDefaultStage"]["Properties"].get("AccessLogSettings", {}).get("Format", "{}")
    try:
        missing = {"requestId", "route", "status"} - json.loads(form).keys()
    except ValueError as error:
        yield f"AccessLogSettings' Format: {error}"
    else:
        if missing:
            yield f"AccessLogSettings' Format has no {', '.join(sorted(missing))}"


@rule
def throttling(stack):
    """All routes have a limit, those that write one of their own, and every limit belongs to a route."""
    stage = stack.resources["ApiApiGatewayDefaultStage"]["Properties"]
    functions = [stack.template["Resources"][name]["Properties"] for name in stack.binaries()]
    routes = {f"{event['Properties']['Method']} {event['Properties']['Path']}"
              for function in functions for event in function["Events"].values()}
    writing = {route for route in routes if not route.startswith("GET ")}
    for route in writing - stage["RouteSettings"].keys():
        yield f"RouteSettings has nothing for {route}"
    for route in stage["RouteSettings"].keys() - writing:
        yield f"RouteSettings has {route}, which no function's event is"
    for name, settings in {"DefaultRouteSettings": stage["DefaultRouteSettings"], **stage["RouteSettings"]}.items():
        for limit in {"ThrottlingRateLimit", "ThrottlingBurstLimit"} - settings.keys():
            yield f"{name} has no {limit}"


@rule
def alarms(stack):
    """At most ten alarms, each with its section in the runbook; no alarm or dashboard where idling is to be free."""
    alarms, dashboards = stack.of_type("AWS::CloudWatch::Alarm"), stack.of_type("AWS::CloudWatch::Dashboard")
    if len(alarms) > 10:
        yield f"there are {len(alarms)}"
    if stack.parameters["Alarms"] == "none" and (alarms or dashboards):
        yield f"there is {', '.join([*alarms, *dashboards])}, with Alarms=none"
    sections = {"#" + re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in
                re.findall(r"^#+ (.*)$", (PROJECT / "docs/runbook.md").read_text(), re.M)}
    for name, alarm in alarms.items():
        link = re.search(r"docs/runbook\.md(#\S+)$", alarm["Properties"]["AlarmDescription"])
        if not link or link[1] not in sections:
            yield f"{name} says {alarm['Properties']['AlarmDescription']}"


@rule
def releases(stack):
    """Where alarms take a release back, they are the same two for every function."""
    expected = ["${ServerErrorsAlarm}", "${CrashesAlarm}"] if stack.parameters["Alarms"] == "rollback" else []
    for name, group in stack.of_type("AWS::CodeDeploy::DeploymentGroup").items():
        watched = [alarm["Name"] for alarm in group["Properties"].get("AlarmConfiguration", {}).get("Alarms", [])]
        if watched != expected:
            yield f"{name} watches {', '.join(watched) or 'none'}"


if __name__ == "__main__":
    supervise()
    sys.exit(main())
