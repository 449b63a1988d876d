#!/usr/bin/env python3
"""What the template has to keep that no linter knows, checked on what each environment would deploy.

    scripts/policy.py

Every rule is a function whose first line is the rule; it yields what breaks it. What is excepted stands in the rule,
with its reason. The stacks are those of samconfig.toml, and one with every option on.

These are our own because they are about a stack as it would be: transformed, its conditions and parameters resolved.
checkov and cfn-guard judge the template as it is written, where most of what matters here stands behind an !If.
"""

import json
import re
import sys

from console import say
from packages import PROJECT
from processes import supervise
from stack import ACCOUNT, REGION, Stack, run_in_sam

SECRETS = {"DatabaseUrl": "postgresql://user:password@host/database?sslmode=require", "JwtSecret": "0" * 32}
EVERYTHING = {
    "VpcSubnetIds": "subnet-0a,subnet-0b", "VpcSecurityGroupIds": "sg-0a", "ReservedConcurrency": "20",
    "DomainName": "api.example.com", "HostedZoneId": "Z0", "AllowCredentials": "true", "Architecture": "x86_64",
    "CertificateArn": f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/0", "SecretsKeyArn":
    f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0", "AlarmTopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:alarms",
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
              "prod with everything": Stack("prod", EVERYTHING)}
    broken = [f"{name}: {rule.__doc__.splitlines()[0]} Not so: {what}"
              for name, stack in stacks.items() for rule in RULES for what in rule(stack)]
    for sentence in broken:
        say(sentence)
    say(f"policy: {len(RULES)} rules, {len(stacks)} stacks, {len(broken) or 'nothing'} wrong")
    return 1 if broken else 0


def rule(function):
    RULES.append(function)
    return function


@rule
def functions(stack):
    """Every function traces, logs JSON to the one group, ends before the gateway gives up, and is met by its alias."""
    for name, function in stack.of_type("AWS::Lambda::Function").items():
        has = function["Properties"]
        wanted = "provided.al2023", {"Mode": "Active"}, "JSON", "${FunctionLogs}"
        logs = has["LoggingConfig"]
        if (has["Runtime"], has["TracingConfig"], logs["LogFormat"], logs["LogGroup"]) != wanted:
            yield name
        if not 8 < has["Timeout"] < 30:  # the gateway's own limit
            yield f"{name} has {has['Timeout']} s"
        if f"{name}Aliaslive" not in stack.resources:
            yield f"{name} has no alias"


@rule
def architecture(stack):
    """All functions have the architecture that is asked for; arm64 where nothing is."""
    for name, function in stack.of_type("AWS::Lambda::Function").items():
        if function["Properties"]["Architectures"] != [stack.parameters["Architecture"]]:
            yield name
    if stack.template["Parameters"]["Architecture"]["Default"] != "arm64":
        yield "the default"


@rule
def environments(stack):
    """All functions but health have the same variables, and health has none that name a secret."""
    variables = stack.environments()
    health = variables.pop("health")
    if len({frozenset(each.items()) for each in variables.values()}) != 1:
        yield "they differ"
    if health.keys() & {"SECRETS_PATH", "DATABASE_URL", "JWT_SECRET", "JWT_SECRET_PREVIOUS"}:
        yield "health"


@rule
def secrets(stack):
    """With SecretsPath no secret is in the stack; without, each is a NoEcho parameter without a default."""
    if stack.parameters["SecretsPath"]:
        for binary, variables in stack.environments().items():
            if any(variables.get(name) for name in ("DATABASE_URL", "JWT_SECRET", "JWT_SECRET_PREVIOUS")):
                yield binary
    for name in ("DatabaseUrl", "JwtSecret", "JwtSecretPrevious"):
        parameter = stack.template["Parameters"][name]
        if parameter.get("NoEcho") is not True or parameter["Default"]:
            yield name


@rule
def roles(stack):
    """Every function has a role of its own, that Lambda alone takes on, with the template's policies alone."""
    used = [function["Properties"]["Role"] for function in stack.of_type("AWS::Lambda::Function").values()]
    if len(set(used)) != len(used):
        yield "two share one"
    for name in used:
        role = stack.resources[name[2:-len(".Arn}")]]["Properties"]
        policies = {"${TelemetryPolicy}", "${SecretsPolicy}", "${VpcPolicy}"}
        if role["AssumeRolePolicyDocument"]["Statement"] != [
                {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]:
            yield f"{name}: who takes it on"
        if not set(role["ManagedPolicyArns"]) <= policies or "Policies" in role:
            yield f"{name}: {role['ManagedPolicyArns']}"
    if "${SecretsPolicy}" in stack.resources["HealthRole"]["Properties"]["ManagedPolicyArns"]:
        yield "health may read secrets"


@rule
def policies(stack):
    """A policy names whole actions and one resource, the secrets' path exactly; `*` where there is no other way."""
    for name, policy in stack.of_type("AWS::IAM::ManagedPolicy").items():
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            if any("*" in action for action in actions):
                yield f"{name}: {actions}"
            if statement["Effect"] == "Allow" and "*" in statement["Resource"] and not set(actions) <= ANY_RESOURCE:
                yield f"{name}: {actions} on {statement['Resource']}"
            path = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter{stack.parameters['SecretsPath']}"
            if "ssm:GetParametersByPath" in actions and statement["Resource"] != path:
                yield f"{name}: {statement['Resource']}"


@rule
def logs(stack):
    """Every log group forgets, and the gateway writes its lines as JSON to one."""
    for name, group in stack.of_type("AWS::Logs::LogGroup").items():
        if not group["Properties"].get("RetentionInDays"):
            yield name
    settings = stack.resources["ApiApiGatewayDefaultStage"]["Properties"]["AccessLogSettings"]
    if not {"requestId", "route", "status"} <= json.loads(settings["Format"]).keys():
        yield settings["Format"]


@rule
def throttling(stack):
    """All routes have a limit, those that write one of their own, and every limit belongs to a route."""
    stage = stack.resources["ApiApiGatewayDefaultStage"]["Properties"]
    functions = [stack.template["Resources"][name]["Properties"] for name in stack.binaries()]
    routes = {f"{event['Properties']['Method']} {event['Properties']['Path']}"
              for function in functions for event in function["Events"].values()}
    if stage["RouteSettings"].keys() != {route for route in routes if not route.startswith("GET ")}:
        yield "RouteSettings"
    for settings in (stage["DefaultRouteSettings"], *stage["RouteSettings"].values()):
        if not {"ThrottlingRateLimit", "ThrottlingBurstLimit"} <= settings.keys():
            yield settings


@rule
def origins(stack):
    """Other origins may send and read the headers of the API; whether with cookies, is a boolean."""
    cors = stack.resources["Api"]["Properties"]["Body"].get("x-amazon-apigateway-cors", {})
    if not isinstance(cors["allowMethods"], list):
        yield f"allowMethods: {cors['allowMethods']!r}"
    if not isinstance(cors.get("allowCredentials"), bool):
        yield f"allowCredentials: {cors.get('allowCredentials')!r}"
    sent = {"Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key"}
    if not sent <= set(cors["allowHeaders"]):
        yield f"allowHeaders: {cors['allowHeaders']}"
    read = {"ETag", "Link", "Location", "Retry-After", "Idempotency-Replayed", "X-Request-Id"}
    if not read <= set(cors["exposeHeaders"]):
        yield f"exposeHeaders: {cors['exposeHeaders']}"


@rule
def alarms(stack):
    """At most ten alarms, each with its section in the runbook; no alarm or dashboard where idling is to be free."""
    alarms = stack.of_type("AWS::CloudWatch::Alarm")
    idle = stack.parameters["Alarms"] == "none"
    if len(alarms) > 10 or idle and (alarms or stack.of_type("AWS::CloudWatch::Dashboard")):
        yield f"{len(alarms)} alarms"
    sections = {"#" + re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in
                re.findall(r"^#+ (.*)$", (PROJECT / "docs/runbook.md").read_text(), re.M)}
    for name, alarm in alarms.items():
        link = re.search(r"docs/runbook\.md(#\S+)$", alarm["Properties"]["AlarmDescription"])
        if not link or link[1] not in sections:
            yield f"{name}: {alarm['Properties']['AlarmDescription']}"
        if alarm["Properties"]["TreatMissingData"] != "notBreaching":
            yield f"{name}: no requests are no alarm"


@rule
def releases(stack):
    """Where alarms take a release back, they are the same two for every function."""
    for name, group in stack.of_type("AWS::CodeDeploy::DeploymentGroup").items():
        watched = [alarm["Name"] for alarm in group["Properties"].get("AlarmConfiguration", {}).get("Alarms", [])]
        expected = ["${ServerErrorsAlarm}", "${CrashesAlarm}"] if stack.parameters["Alarms"] == "rollback" else []
        if watched != expected:
            yield f"{name}: {watched}"


@rule
def order(stack):
    """No resource waits for itself, also not by an update policy: API → alias → deployment group → alarm."""
    waits = {name: set(re.findall(r"\$\{(\w+)", json.dumps(resource))) & stack.resources.keys()
             for name, resource in stack.resources.items()}
    while free := [name for name, others in waits.items() if not others]:
        waits = {name: others - set(free) for name, others in waits.items() if name not in free}
    if waits:
        yield ", ".join(waits)


if __name__ == "__main__":
    supervise()
    sys.exit(main())
