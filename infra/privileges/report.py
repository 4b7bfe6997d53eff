"""What the roles of the template allow, beside what was used of it; in words, and as a page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from infra.desk.desk import Desk
from infra.desk.intrinsics import ACCOUNT, PARTITION, REGION
from infra.desk.stack import Template

_HEAD = """\
# What each function may do

Made by `make privileges`; do not edit. It does everything once on the desk, which refuses each call that the role of a
function does not allow, and notes which flow of `infra/privileges/flows.py` was the first to need a permission. It fails at
a permission that no flow needs, and at a call without one.

Names are those of the desk. A phone number is no resource: texting is the one thing allowed on `*` that reaches anybody, and
`template.yaml` denies it again for what has an ARN. What Lambda itself needs, to read a function's queues and to write its
log and traces, comes with the managed policies that SAM adds.

| function | may | on | needed first by |
| --- | --- | --- | --- |
"""
_PLACE = re.compile(rf"^arn:{PARTITION}:[a-z0-9]+:(?:{REGION})?:(?:{ACCOUNT})?:")


class Permission(NamedTuple):
    """One action on one resource (or pattern) that the role of a function allows."""

    function: str
    action: str
    resource: str


class Report(NamedTuple):
    """missing: in words, what was refused. needed_by: the flow that was the first to need a permission."""

    allowed: list[Permission]
    missing: list[str]
    needed_by: Mapping[Permission, str]

    @property
    def unused(self) -> list[Permission]:
        """What nothing needed."""
        return [each for each in self.allowed if each not in self.needed_by]


def allowed(template: Template) -> Iterator[Permission]:
    """What the roles of all functions allow; the resource without partition, region and account."""
    for function in template.functions.values():
        for grant in function.grants:
            if grant.effect == "Allow":
                yield from (
                    _permission(function.id, action, on) for action in grant.actions for on in grant.resources
                )


def found(desk: Desk) -> Iterator[Permission]:
    """What was used on the desk so far."""
    for function, _, action, resource in sorted(desk.permissions.used):
        yield _permission(function, action, resource)


def lines(report: Report) -> Iterator[str]:
    """For people."""
    functions = sorted({each.function for each in report.allowed})
    yield f"{len(report.allowed)} permissions of {len(functions)} functions, each an action on a resource."
    for function in functions:
        own = [each for each in report.allowed if each.function == function]
        idle = [each for each in report.unused if each.function == function]
        yield f"  {function}: {len(own)} allowed, {len(own) - len(idle)} used"
    yield f"{len(report.missing)} missing" + (":" if report.missing else ".")
    yield from (f"  {words}" for words in report.missing)
    yield f"{len(report.unused)} unused" + (":" if report.unused else ".")
    yield from (
        f"  {each.function} may {each.action} on {each.resource}, and nothing needs it"
        for each in report.unused
    )


def page(report: Report) -> str:
    """For the documentation."""
    used = [each for each in report.allowed if each in report.needed_by]
    rows = (
        f"| `{each.function}` | `{each.action}` | `{each.resource}` | {report.needed_by[each]} |\n"
        for each in used
    )
    return _HEAD + "".join(rows)


def _permission(function: str, action: str, resource: str) -> Permission:
    return Permission(function, action, _PLACE.sub("", resource))
