"""template.yaml and pipeline.yaml as CloudFormation sees them: parameters filled in, SAM's transform applied,
conditions and references resolved. Without an account: what only AWS knows stays as `${Name.Attribute}`, like an ARN.

Whoever imports this runs in .dev/sam, where SAM and its parsers are: `run_in_sam()` sees to it.
"""

import contextlib
import copy
import logging
import os
import re
import sys
from pathlib import Path

from console import fail
from packages import PROJECT, package

TEMPLATE = PROJECT / "template.yaml"
PIPELINE = PROJECT / "pipeline.yaml"
REGION, ACCOUNT = "us-east-1", "111122223333"
NO_VALUE = object()
MADE_UP = "TASK_API_REGION_IS_MADE_UP"


def run_in_sam():
    """Goes on in SAM's environment, which is installed unless it is there."""
    if not os.environ.get("AWS_DEFAULT_REGION"):  # SAM's transform asks boto for one, and needs it for nothing here
        os.environ.update(AWS_DEFAULT_REGION=REGION, **{MADE_UP: "1"})
    os.environ["SAM_CLI_TELEMETRY"] = "0"
    logging.getLogger("samtranslator").setLevel(logging.ERROR)  # it warns of switches that only AWS has
    environment = PROJECT / ".dev/sam"
    if Path(sys.prefix) != environment:
        with contextlib.redirect_stdout(sys.stderr):  # standard output is for what the script has to say
            package("aws-sam-cli", environment.name)
        python = environment / "bin/python"
        os.execv(python, [python, *sys.argv])


def real_environment():
    """The environment without the region that was made up for the transform: who calls AWS goes by the profile's."""
    made_up = {"AWS_DEFAULT_REGION", MADE_UP} if os.environ.get(MADE_UP) else set()
    return {name: value for name, value in os.environ.items() if name not in made_up}


class Resolved:
    """A template with parameters, as CloudFormation makes a stack of that name from it."""

    def __init__(self, path, name, given):
        from samcli.yamlhelper import yaml_parse

        self.name, self.template = name, yaml_parse(path.read_text())
        self.parameters = _parameters(path.name, self.template["Parameters"], given)
        self._pseudo = {"AWS::StackName": self.name, "AWS::Region": REGION, "AWS::AccountId": ACCOUNT,
                        "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com", "AWS::NoValue": NO_VALUE}
        self._conditions = self.template["Conditions"]
        self._assert_rules()
        transformed = _transform(self.template, self.parameters) if "Transform" in self.template else self.template
        self.resources = {name: self.resolve(resource) for name, resource in transformed["Resources"].items()
                          if "Condition" not in resource or self.holds(resource["Condition"])}
        self.outputs = {name: self.resolve(output["Value"]) for name, output in transformed.get("Outputs", {}).items()
                        if "Condition" not in output or self.holds(output["Condition"])}

    def document(self):
        """The resources as a template again, which has no parameters, no conditions and no transform left in it."""
        return {"AWSTemplateFormatVersion": "2010-09-09",
                "Resources": {name: {key: _unresolved(value) for key, value in resource.items() if key != "Condition"}
                              for name, resource in self.resources.items()}}

    def of_type(self, kind):
        """The resources of a type, by their logical names."""
        return {name: resource for name, resource in self.resources.items() if resource["Type"] == kind}

    def holds(self, condition):
        """Whether a condition of the template holds."""
        return self.resolve(self._conditions[condition])

    def resolve(self, value):
        """A value without the functions that can be computed here."""
        if isinstance(value, list):
            return [item for item in map(self.resolve, value) if item is not NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (name, argument), = value.items()
            if name == "Condition" and isinstance(argument, str) and argument in self._conditions:
                return self.holds(argument)
            function = getattr(self, "_" + name.replace("::", "_").lower(), None) if _is_function(name) else None
            if function:
                return function(argument)
            if _is_function(name):
                fail(f"scripts/stack.py does not know {name}.")
        resolved = {key: self.resolve(item) for key, item in value.items()}
        return {key: item for key, item in resolved.items() if item is not NO_VALUE}

    def _ref(self, name):
        if name in self.parameters:
            return self.parameters[name]
        return self._pseudo[name] if name in self._pseudo else f"${{{name}}}"

    def _fn_if(self, argument):
        condition, then, otherwise = argument
        return self.resolve(then if self.holds(condition) else otherwise)

    def _fn_equals(self, argument):
        left, right = map(self.resolve, argument)
        return str(left) == str(right)

    def _fn_not(self, argument):
        return not self.resolve(argument[0])

    def _fn_and(self, argument):
        return all(map(self.resolve, argument))

    def _fn_or(self, argument):
        return any(map(self.resolve, argument))

    def _fn_join(self, argument):
        return argument[0].join(str(item) for item in self.resolve(argument[1]))

    def _fn_split(self, argument):
        return self.resolve(argument[1]).split(argument[0])

    def _fn_getatt(self, argument):
        return f"${{{argument if isinstance(argument, str) else '.'.join(argument)}}}"

    def _fn_sub(self, argument):
        text, names = (argument, {}) if isinstance(argument, str) else argument

        def replaced(match):
            name = match[1]
            return str(self.resolve(names[name] if name in names else {"Ref": name}))

        return re.sub(r"\$\{([^!}]+)}", replaced, text)

    def _assert_rules(self):
        for name, rule in self.template.get("Rules", {}).items():
            if "RuleCondition" in rule and not self.resolve(rule["RuleCondition"]):
                continue
            for assertion in rule["Assertions"]:
                if not self.resolve(assertion["Assert"]):
                    fail(f"The rule {name} does not hold: {assertion['AssertDescription']}")


class Stack(Resolved):
    """The stack that `sam deploy --config-env NAME` would make, with parameters that override the file's."""

    def __init__(self, config_env, overrides=None):
        settings = settings_of(config_env)
        given = {**_overrides(settings.get("parameter_overrides", [])), **(overrides or {})}
        super().__init__(TEMPLATE, settings["stack_name"], given)

    def environments(self):
        """The environment variables of each function, by the name of its binary."""
        return {binary: {key: str(value) for key, value in
                         self.resources[name]["Properties"]["Environment"]["Variables"].items()}
                for name, binary in self.binaries().items()}

    def binaries(self):
        """The functions' logical names, with their binaries."""
        return {name: resource["Metadata"]["BuildProperties"]["Binary"]
                for name, resource in self.template["Resources"].items()
                if resource["Type"] == "AWS::Serverless::Function"}


def _unresolved(value):
    """What stayed as `${Name.Attribute}`, as the function that CloudFormation would fill it in by."""
    if isinstance(value, dict):
        return {key: _unresolved(item) for key, item in value.items()}
    if isinstance(value, list):
        return list(map(_unresolved, value))
    if not isinstance(value, str) or not re.search(r"\$\{\w", value):
        return value
    reference = re.fullmatch(r"\$\{(\w+)(?:\.([\w.]+))?}", value)
    if not reference:
        return {"Fn::Sub": value}
    name, attribute = reference.groups()
    return {"Fn::GetAtt": [name, attribute]} if attribute else {"Ref": name}


def _is_function(name):
    return name == "Ref" or name.startswith("Fn::")


def settings_of(config_env):
    """What samconfig.toml says of an environment."""
    import tomlkit  # which SAM reads the file with

    file = tomlkit.parse((PROJECT / "samconfig.toml").read_text()).unwrap()
    if config_env not in file:
        known = ", ".join(name for name, value in file.items() if isinstance(value, dict))
        fail(f"samconfig.toml has no environment {config_env}; it has {known}.")
    return file[config_env]["global"]["parameters"]


def _overrides(given):
    from samcli.cli.types import CfnParameterOverridesType

    return CfnParameterOverridesType().convert(given, None, None) if given else {}


def _parameters(file, declared, given):
    """Every parameter's value, refused as CloudFormation would refuse it."""
    unknown = given.keys() - declared.keys()
    if unknown:
        fail(f"{file} has no parameter {', '.join(sorted(unknown))}.")
    values = {}
    for name, parameter in declared.items():
        if name not in given and "Default" not in parameter:
            fail(f"The parameter {name} has no default: it must be given.")
        value = str(given.get(name, parameter.get("Default")))
        pattern, allowed = parameter.get("AllowedPattern"), parameter.get("AllowedValues")
        if pattern and not re.fullmatch(pattern, value) or allowed and value not in map(str, allowed):
            fail(f"The parameter {name} {parameter.get('ConstraintDescription', 'does not have an allowed value.')}")
        if parameter["Type"] == "Number":
            low, high = parameter.get("MinValue", float("-inf")), parameter.get("MaxValue", float("inf"))
            if not low <= float(value) <= high:
                fail(f"The parameter {name} must be from {low} to {high}.")
        listed = parameter["Type"] == "CommaDelimitedList"
        values[name] = [item.strip() for item in value.split(",")] if listed else value
    return values


def _transform(template, parameters):
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    template = copy.deepcopy(template)
    for resource in template["Resources"].values():
        resource.get("Metadata", {}).pop("cfn-lint", None)
    template["Globals"]["Function"]["CodeUri"] = "s3://bucket/key"  # as `sam package` leaves it
    # The transform is given lists as CloudFormation gives them: joined.
    values = {name: ",".join(value) if isinstance(value, list) else value for name, value in parameters.items()}
    return Translator({}, Parser()).translate(template, values)
