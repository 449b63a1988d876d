#!/usr/bin/env python3
"""template.yaml and pipeline.yaml as CloudFormation sees them: with stack parameters filled in, SAM's transform applied
and conditions decided. It needs no account. A value that only AWS knows stays a Ref, GetAtt or Sub.

    scripts/stack.py ENVIRONMENT [NAME=VALUE...]

prints the variables of every function exactly as a deployment of this environment of samconfig.toml would set them. The
given parameters replace those of the file: {"list-tasks": {"SECRETS_PATH": "/task-api/prod", …}, …}.
"""

import contextlib
import copy
import functools
import json
import logging
import os
import re
import sys
from pathlib import Path
from unittest import mock

from console import fail
from packages import package
from project import PROJECT

REGION, ACCOUNT = "us-east-1", "111122223333"
ABSENT = object()  # what AWS::NoValue stands for


def run_in_sam():
    """Continues in .dev/sam, which has SAM and its parsers. It is made if it does not exist."""
    environment = PROJECT / ".dev/sam"
    if Path(sys.prefix) != environment:
        with contextlib.redirect_stdout(sys.stderr):  # standard output is for the script's own result
            package("aws-sam-cli", environment.name)
        os.execv(environment / "bin/python", [environment / "bin/python", *sys.argv])


def region():
    """The region as version 2 of the AWS CLI has it. boto3 and SAM do not read AWS_REGION."""
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")


class Stack:
    """A template with stack parameters, as CloudFormation makes a stack of that name from it."""

    def __init__(self, path, name, given):
        from samcli.yamlhelper import yaml_parse

        self.template = yaml_parse((PROJECT / path).read_text())
        self.parameters = _parameters(self.template["Parameters"], given)
        lists = {name for name, declared in self.template["Parameters"].items()
                 if declared["Type"] == "CommaDelimitedList"}
        self._known = {"AWS::StackName": name, "AWS::Region": REGION, "AWS::AccountId": ACCOUNT,
                       "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com", "AWS::NoValue": ABSENT,
                       **{name: [item.strip() for item in value.split(",")] if name in lists else value
                          for name, value in self.parameters.items()}}
        for rule in self.template.get("Rules", {}).values():
            for assertion in rule["Assertions"] if self.resolve(rule.get("RuleCondition", True)) else ():
                if not self.resolve(assertion["Assert"]):
                    fail(f"{path} refuses these parameters: {assertion['AssertDescription']}")

    @classmethod
    def of(cls, environment, more=None):
        """The stack that `sam deploy --config-env` would make. `more` overrides the file's parameters."""
        from samcli.cli.types import CfnParameterOverridesType

        settings = settings_of(environment)
        overrides = settings.get("parameter_overrides") or []
        given = CfnParameterOverridesType().convert(overrides, None, None) if overrides else {}
        return cls("template.yaml", settings["stack_name"], {**given, **(more or {})})

    @functools.cached_property
    def resources(self):
        """The resources that the stack would have, by their logical names."""
        transformed = _transform(self.template, self.parameters) if "Transform" in self.template else self.template
        return {name: self.resolve({key: value for key, value in resource.items() if key != "Condition"})
                for name, resource in transformed["Resources"].items()
                if "Condition" not in resource or self._holds(resource["Condition"])}

    def of_type(self, kind):
        """The properties of the resources of a type, by their logical names."""
        return {name: resource["Properties"] for name, resource in self.resources.items() if resource["Type"] == kind}

    def environments(self):
        """The variables of each function, by the name of its binary."""
        binaries = {name: resource["Metadata"]["BuildProperties"]["Binary"]
                    for name, resource in self.template["Resources"].items()
                    if resource["Type"] == "AWS::Serverless::Function"}
        return {binaries[name]: {key: json.dumps(value) if isinstance(value, dict) else str(value)
                                 for key, value in function["Environment"]["Variables"].items()}
                for name, function in self.of_type("AWS::Lambda::Function").items()}

    def resolve(self, value):
        """The value, with everything filled in that the parameters decide."""
        if isinstance(value, list):
            return [item for item in map(self.resolve, value) if item is not ABSENT]
        if not isinstance(value, dict):
            return value
        if "Fn::If" in value:
            condition, then, otherwise = value["Fn::If"]
            return self.resolve(then if self._holds(condition) else otherwise)
        if isinstance(value.get("Condition"), str):
            return self._holds(value["Condition"])
        resolved = {key: self.resolve(item) for key, item in value.items()}
        if len(resolved) == 1:
            (name, argument), = resolved.items()
            if name == "Ref":
                return self._known.get(argument, resolved)
            if name in _FUNCTIONS:
                return _FUNCTIONS[name](argument)
            if name == "Fn::Sub":
                return self._substituted(argument)
            if name.startswith("Fn::") and name != "Fn::GetAtt":
                fail(f"scripts/stack.py does not know {name}.")
        return {key: item for key, item in resolved.items() if item is not ABSENT}

    def _holds(self, condition):
        return self.resolve(self.template["Conditions"][condition])

    def _substituted(self, argument):
        text, names = (argument, {}) if isinstance(argument, str) else argument
        known = {name: value for name, value in {**self._known, **names}.items() if isinstance(value, str)}
        text = re.sub(r"\$\{([\w:]+)}", lambda match: known.get(match[1], match[0]), text)
        left = {name: value for name, value in names.items() if name not in known}
        return {"Fn::Sub": [text, left] if left else text} if re.search(r"\$\{\w", text) else text


_FUNCTIONS = {
    "Fn::Equals": lambda argument: str(argument[0]) == str(argument[1]),
    "Fn::Not": lambda argument: not argument[0],
    "Fn::And": all,
    "Fn::Or": any,
    "Fn::Join": lambda argument: argument[0].join(argument[1]),
    "Fn::Split": lambda argument: argument[1].split(argument[0]),
}


def settings_of(environment):
    """The settings of an environment in samconfig.toml."""
    import tomlkit  # SAM reads the file with it, too

    file = tomlkit.parse((PROJECT / "samconfig.toml").read_text()).unwrap()
    if environment not in file:
        known = ", ".join(name for name, value in file.items() if isinstance(value, dict))
        fail(f"samconfig.toml has no environment {environment}; it has {known}.")
    return file[environment]["global"]["parameters"]


def _parameters(declared, given):
    """Every parameter's value. It refuses those that CloudFormation would refuse."""
    unknown = given.keys() - declared.keys()
    if unknown:
        fail(f"The template has no parameter {', '.join(sorted(unknown))}.")
    values = {name: str(given.get(name, parameter.get("Default"))) for name, parameter in declared.items()}
    for name, parameter in declared.items():
        low, high = (float(parameter.get(limit, other)) for limit, other in (("MinValue", "-inf"), ("MaxValue", "inf")))
        if name not in given and "Default" not in parameter:
            fail(f"The parameter {name} has no default: it must be given.")
        if (not re.fullmatch(parameter.get("AllowedPattern", "(?s).*"), values[name])
                or values[name] not in map(str, parameter.get("AllowedValues", [values[name]]))
                or parameter["Type"] == "Number" and not low <= float(values[name]) <= high):
            fail(f"The parameter {name} {parameter.get('ConstraintDescription', 'does not have an allowed value.')}")
    return values


def _transform(template, parameters):
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    template = copy.deepcopy(template)
    template["Globals"]["Function"]["CodeUri"] = "s3://bucket/key"  # as `sam package` leaves it
    logging.getLogger("samtranslator").setLevel(logging.ERROR)  # it warns of options that only AWS has
    # It asks boto for a region, but does not use it here.
    with mock.patch.dict(os.environ, {"AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION") or REGION}):
        return Translator({}, Parser()).translate(template, parameters)


def main(environment, *parameters):
    for text in parameters:
        if "=" not in text:
            fail(f"{text} is not NAME=VALUE.")
    given = dict(text.split("=", 1) for text in parameters)
    print(json.dumps(Stack.of(environment, given).environments(), indent=2))


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        fail(__doc__)
    run_in_sam()
    main(*sys.argv[1:])
