"""CloudFormation's functions, as far as template.yaml uses them; what is unknown is an error, never a guess."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import yaml

REGION = "eu-west-1"
ACCOUNT = "123456789012"  # moto's own
PARTITION = "aws"
_PLACEHOLDER = re.compile(r"\$\{([^!}][^}]*)\}")
_DYNAMIC = re.compile(r"\{\{resolve:secretsmanager:(.+?)\}\}")


class TemplateError(Exception):
    """template.yaml says something the desk does not understand; the text names it."""


class _Loader(yaml.SafeLoader):
    """Plain YAML with CloudFormation's short forms: `!Ref X` is read as `{"Ref": "X"}`."""


def _short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    else:
        value = node.value
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_form)


def read(text: str) -> dict[str, Any]:
    """The template as plain data, intrinsic functions in their long form."""
    document: dict[str, Any] = yaml.load(text, _Loader)  # noqa: S506 - derived from SafeLoader
    return document


class Resolver:
    """Answers intrinsic functions for one set of parameter values.

    Physical names are the logical ids, so they are known before anything is made.
    secrets: logical id (of a secret of the template), or last part of a given ARN, to its text.
    """

    def __init__(
        self, document: Mapping[str, Any], parameters: Mapping[str, str], secrets: Mapping[str, str]
    ) -> None:
        self._resources: Mapping[str, Any] = document["Resources"]
        self._conditions: Mapping[str, Any] = document.get("Conditions", {})
        self._secrets = secrets
        declared: Mapping[str, Any] = document.get("Parameters", {})
        unknown = set(parameters) - set(declared) - {"AWS::StackId"}
        if unknown:
            raise TemplateError(f"The template has no parameter {', '.join(sorted(unknown))}.")
        self._values = _pseudo_parameters() | {
            name: str(spec.get("Default", "")) for name, spec in declared.items()
        }
        self._values |= parameters
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Condition": self._condition,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::If": self._if,
            "Fn::Select": lambda value: self(value[1])[int(value[0])],
            "Fn::Split": lambda value: self(value[1]).split(value[0]),
            "Fn::Join": lambda value: value[0].join(self(value[1])),
            "Fn::Equals": lambda value: self(value[0]) == self(value[1]),
            "Fn::Not": lambda value: not self(value[0]),
            "Fn::And": lambda value: all(map(self, value)),
            "Fn::Or": lambda value: any(map(self, value)),
        }

    def __call__(self, value: Any) -> Any:
        """`value` with every function answered; TemplateError for one that is not known."""
        if isinstance(value, list):
            return [self(each) for each in value]
        if not isinstance(value, dict):
            return value
        name = next(iter(value), "")
        if len(value) == 1 and name in self._functions:
            return self._functions[name](value[name])
        if isinstance(name, str) and name.startswith("Fn::"):
            raise TemplateError(f"The desk does not know {name}.")
        return {key: self(each) for key, each in value.items()}

    def exists(self, resource: Mapping[str, Any]) -> bool:
        """Its Condition, if it has one, holds."""
        return "Condition" not in resource or self._condition(resource["Condition"])

    def _condition(self, name: str) -> bool:
        return bool(self(self._conditions[name]))

    def _ref(self, name: str) -> str:
        if name in self._values:
            return self._values[name]
        if name not in self._resources:
            raise TemplateError(f"!Ref {name}: there is no such parameter or resource.")
        kind = self._resources[name]["Type"]
        if kind == "AWS::SQS::Queue":
            return queue_url(name)
        if kind == "AWS::SNS::Topic":
            return arn("sns", physical(name))
        return (
            arn("secretsmanager", f"secret:{name}")
            if kind == "AWS::SecretsManager::Secret"
            else physical(name)
        )

    def _get_att(self, value: list[str]) -> str:
        name, attribute = value
        kind = self._resources.get(name, {}).get("Type")
        if (kind, attribute) == ("AWS::Serverless::HttpApi", "ApiEndpoint"):
            return f"https://{physical(name)}.execute-api.{REGION}.amazonaws.com"
        if attribute in ("QueueName", "Name"):
            return physical(name)
        if attribute == "Arn":
            return _arn_of(kind, name)
        raise TemplateError(f"!GetAtt {name}.{attribute}: the desk does not know it.")

    def _sub(self, value: Any) -> str:
        text, names = (value, {}) if isinstance(value, str) else value
        known = {name: self(each) for name, each in names.items()}

        def replaced(match: re.Match[str]) -> str:
            name = match[1]
            if name in known:
                return str(known[name])
            return self._get_att(name.split(".", 1)) if "." in name else self._ref(name)

        return _DYNAMIC.sub(self._secret, _PLACEHOLDER.sub(replaced, text).replace("${!", "${"))

    def _if(self, value: list[Any]) -> Any:
        return self(value[1] if self._condition(value[0]) else value[2])

    def _secret(self, match: re.Match[str]) -> str:
        name = match[1].rsplit(":", 1)[-1]
        return self._secrets.get(name, f"{name}-of-the-desk")


def physical(logical: str) -> str:
    """The name a resource has on the desk; lower case, as a bucket must be."""
    return f"perennial-{logical.lower()}"


def queue_url(logical: str) -> str:
    """Where moto puts a queue."""
    return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{physical(logical)}"


def arn(service: str, resource: str) -> str:
    """An ARN in the desk's account and region."""
    return f"arn:{PARTITION}:{service}:{REGION}:{ACCOUNT}:{resource}"


_ARNS: Mapping[str, Callable[[str], str]] = {
    "AWS::SQS::Queue": lambda name: arn("sqs", name),
    "AWS::DynamoDB::Table": lambda name: arn("dynamodb", f"table/{name}"),
    "AWS::S3::Bucket": lambda name: f"arn:{PARTITION}:s3:::{name}",
    "AWS::Events::Rule": lambda name: arn("events", f"rule/{name}"),
    "AWS::Logs::LogGroup": lambda name: arn("logs", f"log-group:{name}:*"),
    "AWS::Serverless::Function": lambda name: arn("lambda", f"function:{name}"),
}


def _arn_of(kind: str | None, name: str) -> str:
    if kind is None or kind not in _ARNS:
        raise TemplateError(f"!GetAtt {name}.Arn: the desk knows no ARN of {kind}.")
    return _ARNS[kind](physical(name))


def _pseudo_parameters() -> dict[str, str]:
    return {
        "AWS::Region": REGION,
        "AWS::AccountId": ACCOUNT,
        "AWS::Partition": PARTITION,
        "AWS::URLSuffix": "amazonaws.com",
        "AWS::StackName": "perennial",
        "AWS::StackId": arn("cloudformation", "stack/perennial/local"),
    }
