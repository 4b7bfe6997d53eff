"""IAM's part: each call of a function is held against what its role in template.yaml allows, by action and resource.

A call that the template does not allow fails on the desk as it would in the cloud. What was used is remembered, so that a
test can find permissions that nothing needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from infra.desk.intrinsics import ACCOUNT, PARTITION, REGION, arn
from infra.desk.stack import Function, Grant
from perennial.errors import PerennialError

_BUS = f"arn:{PARTITION}:events:{REGION}:{ACCOUNT}:event-bus/"
_BUCKET = "desk_bucket"


class NotAllowed(PerennialError):
    """A function made a call that its role does not allow."""


class Need(NamedTuple):
    """One permission that a call needs.

    keys: partition keys of the items it touches, where the call names them. prefix: of what it lists.
    """

    action: str
    resource: str
    keys: tuple[str, ...] = ()
    prefix: str = ""


class Permissions:
    """Judges the calls of whichever function runs; those of the desk itself pass.

    used: (function, index of its grant, action, pattern of the resource). missing: what was refused, in words.
    """

    def __init__(self) -> None:
        self.used: set[tuple[str, int, str, str]] = set()
        self.missing: list[str] = []
        self._running: Function | None = None

    def watch(self, session: Any) -> None:
        """From now on, every call of every client of this session."""
        session.events.register("provide-client-params", self._judge)
        session.events.register("provide-client-params.s3.GetObject", _remember_bucket)
        session.events.register("after-call.s3.GetObject", self._judge_absence)

    @contextmanager
    def running(self, function: Function) -> Iterator[None]:
        """The calls in this block are the function's."""
        before, self._running = self._running, function
        try:
            yield
        finally:
            self._running = before

    def _judge(self, params: Mapping[str, Any], model: Any, **_: Any) -> None:
        if self._running is None:
            return
        for need in needs(model.service_model.service_name, model.name, params):
            self._check(self._running, need)

    def _judge_absence(self, parsed: Mapping[str, Any], context: Mapping[str, Any], **_: Any) -> None:
        """Whoever may not list a bucket is not told that an object is missing: the answer is then that it is forbidden."""
        if self._running is not None and parsed.get("Error", {}).get("Code") == "NoSuchKey":
            self._check(self._running, Need("s3:ListBucket", context[_BUCKET]))

    def _check(self, function: Function, need: Need) -> None:
        found = [
            (index, pattern)
            for index, grant in enumerate(function.grants)
            for pattern in covering(grant, need)
        ]
        denied = any(function.grants[index].effect == "Deny" for index, _ in found)
        if denied or not found:
            words = f"{function.id} may not {need.action} on {need.resource}"
            self.missing.append(words)
            raise NotAllowed(f"{words}: its Policies in template.yaml do not allow it.")
        self.used |= {(function.id, index, need.action, pattern) for index, pattern in found}


def _remember_bucket(params: Mapping[str, Any], context: dict[str, Any], **_: Any) -> None:
    context[_BUCKET] = f"arn:{PARTITION}:s3:::{params['Bucket']}"


def covering(grant: Grant, need: Need) -> Iterator[str]:
    """The patterns of a grant that cover what is needed."""
    if not any(fnmatchcase(need.action, action) for action in grant.actions):
        return
    if grant.keys and not set(need.keys) <= set(grant.keys):
        return
    if grant.prefixes and not any(fnmatchcase(need.prefix, prefix) for prefix in grant.prefixes):
        return
    yield from (pattern for pattern in grant.resources if fnmatchcase(need.resource, pattern))


def needs(service: str, operation: str, params: Mapping[str, Any]) -> list[Need]:
    """The permissions of one call; NotAllowed for a call of which this page knows nothing."""
    find = _NEEDS.get(service)
    if find is None:
        raise NotAllowed(
            f"Nobody has said which permission {service}:{operation} needs; see infra/desk/permissions.py."
        )
    return find(operation, params)


def _dynamodb(operation: str, params: Mapping[str, Any]) -> list[Need]:
    if operation in ("BatchGetItem", "BatchWriteItem"):
        return [Need(f"dynamodb:{operation}", _table(name)) for name in params["RequestItems"]]
    if operation in ("TransactWriteItems", "TransactGetItems"):
        return [_in_transaction(item) for item in params["TransactItems"]]
    index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
    return [Need(f"dynamodb:{operation}", _table(params["TableName"]) + index, _keys(params))]


_ALONE = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "Get": "GetItem"}


def _in_transaction(item: Mapping[str, Any]) -> Need:
    """A transaction needs what each of its parts would need alone."""
    [(part, request)] = item.items()
    action = _ALONE.get(part, "ConditionCheckItem")
    return Need(f"dynamodb:{action}", _table(request["TableName"]), _keys(request))


def _keys(request: Mapping[str, Any]) -> tuple[str, ...]:
    item = request.get("Key") or request.get("Item") or {}
    return (item["pk"]["S"],) if "pk" in item else ()


def _table(name: str) -> str:
    return arn("dynamodb", f"table/{name}")


def _sqs(operation: str, params: Mapping[str, Any]) -> list[Need]:
    action = {"SendMessageBatch": "SendMessage", "DeleteMessageBatch": "DeleteMessage"}.get(
        operation, operation
    )
    return [Need(f"sqs:{action}", arn("sqs", params["QueueUrl"].rsplit("/", 1)[-1]))]


def _s3(operation: str, params: Mapping[str, Any]) -> list[Need]:
    bucket = f"arn:{PARTITION}:s3:::{params['Bucket']}"
    if operation.startswith("List"):
        versions = "Versions" if operation == "ListObjectVersions" else ""
        return [Need(f"s3:ListBucket{versions}", bucket, prefix=params.get("Prefix", ""))]
    action = "GetObject" if operation == "HeadObject" else operation
    versioned = "Version" if params.get("VersionId") and action == "GetObject" else ""
    return [Need(f"s3:{action}{versioned}", f"{bucket}/{params['Key']}")]


def _ses(operation: str, params: Mapping[str, Any]) -> list[Need]:
    return [Need(f"ses:{operation}", "*")]


def _sesv2(operation: str, params: Mapping[str, Any]) -> list[Need]:
    """A mail goes out from an identity and by a configuration set.

    AWS asks for the identity that is verified, the address or its domain, and for a raw mail of this API by one name of the
    action or the other: each is taken to be needed, since the desk cannot know which it will be.
    """
    if operation != "SendEmail":
        return [Need(f"ses:{operation}", "*")]
    address = params["FromEmailAddress"]
    actions = ("ses:SendEmail", *(("ses:SendRawEmail",) if "Raw" in params["Content"] else ()))
    identities = (f"identity/{address}", f"identity/{address.rpartition('@')[2]}")
    parts = (*identities, f"configuration-set/{params['ConfigurationSetName']}")
    return [Need(action, arn("ses", part)) for action in actions for part in parts]


def _sns(operation: str, params: Mapping[str, Any]) -> list[Need]:
    """A phone number is no resource: texting is judged on "*"."""
    named = ("TargetArn", "TopicArn", "PlatformApplicationArn", "EndpointArn")
    resource = next((params[name] for name in named if name in params), "*")
    return [Need(f"sns:{operation}", resource)]


def _events(operation: str, params: Mapping[str, Any]) -> list[Need]:
    buses = {entry.get("EventBusName", "default") for entry in params["Entries"]}
    named = sorted(bus if bus.startswith("arn:") else f"{_BUS}{bus}" for bus in buses)
    return [Need(f"events:{operation}", bus) for bus in named]


_NEEDS: Mapping[str, Callable[[str, Mapping[str, Any]], list[Need]]] = {
    "dynamodb": _dynamodb,
    "sqs": _sqs,
    "s3": _s3,
    "ses": _ses,
    "sesv2": _sesv2,
    "sns": _sns,
    "events": _events,
}
