"""Reads the Policies of a function: IAM statements, and the policy templates of SAM that are used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from infra.desk.intrinsics import TemplateError, arn
from infra.desk.stack import Grant

Resolve = Callable[[Any], Any]
_CRUD = tuple(
    f"dynamodb:{action}"
    for action in (
        *("GetItem", "DeleteItem", "PutItem", "Scan", "Query", "UpdateItem"),
        *("BatchWriteItem", "BatchGetItem", "DescribeTable", "ConditionCheckItem"),
    )
)


def grants(policies: Sequence[Mapping[str, Any]], resolve: Resolve) -> Iterator[Grant]:
    """One for each statement; TemplateError for a policy that the desk does not understand."""
    for policy in policies:
        if "Statement" in policy:
            yield from (_grant(resolve(each)) for each in _listed(policy["Statement"]))
        elif "SQSSendMessagePolicy" in policy:
            queue = arn("sqs", resolve(policy["SQSSendMessagePolicy"]["QueueName"]))
            yield Grant("Allow", ("sqs:SendMessage",), (queue,))
        elif "DynamoDBCrudPolicy" in policy:
            table = arn("dynamodb", "table/" + resolve(policy["DynamoDBCrudPolicy"]["TableName"]))
            yield Grant("Allow", _CRUD, (table, f"{table}/index/*"))
        else:
            raise TemplateError(f"The desk does not know the policy {next(iter(policy))}. Write a Statement.")


def _grant(statement: Mapping[str, Any]) -> Grant:
    condition = statement.get("Condition", {})
    keys = condition.get("ForAllValues:StringEquals", {}).get("dynamodb:LeadingKeys", [])
    return Grant(
        effect=statement["Effect"],
        actions=tuple(_listed(statement["Action"])),
        resources=tuple(_listed(statement["Resource"])),
        keys=tuple(keys),
    )


def _listed(value: Any) -> list[Any]:
    """IAM allows one or several."""
    return value if isinstance(value, list) else [value]
