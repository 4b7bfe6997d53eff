"""Reads the Policies of a function: IAM statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from infra.desk.intrinsics import TemplateError
from infra.desk.stack import Grant

Resolve = Callable[[Any], Any]


def grants(policies: Sequence[Mapping[str, Any]], resolve: Resolve) -> Iterator[Grant]:
    """One for each statement; TemplateError for a policy that the desk does not understand."""
    for policy in policies:
        if "Statement" in policy:
            yield from (_grant(resolve(each)) for each in _listed(policy["Statement"]))
        else:
            raise TemplateError(
                f"The desk takes IAM statements alone, no {next(iter(policy))}: write a Statement."
            )


def _grant(statement: Mapping[str, Any]) -> Grant:
    condition = statement.get("Condition", {})
    keys = condition.get("ForAllValues:StringEquals", {}).get("dynamodb:LeadingKeys", [])
    return Grant(
        effect=statement["Effect"],
        actions=tuple(_listed(statement["Action"])),
        resources=tuple(_listed(statement["Resource"])),
        keys=tuple(keys),
        prefixes=tuple(condition.get("StringLike", {}).get("s3:prefix", [])),
    )


def _listed(value: Any) -> list[Any]:
    """IAM allows one or several."""
    return value if isinstance(value, list) else [value]
