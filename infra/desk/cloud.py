"""AWS's part: one moto session, its resources, and a watch on what goes through it.

Sessions are typed `Any`: the stubs know a client only by a literal service name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from moto import mock_aws
from moto.dynamodb.models import dynamodb_backends

from infra.desk.deployment import create_push_applications
from infra.desk.intrinsics import ACCOUNT, REGION
from infra.desk.permissions import Permissions
from infra.desk.quick_moto import quicken
from infra.desk.short_way import take_short_way
from infra.desk.stack import Table, Template
from infra.desk.template import create_resources

_DUE = "due"
_WRITES = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems")
_UNTIL = re.compile(r"\S+ = (:\w+) AND \S+ <= (:\w+)")


class Wake(NamedTuple):
    """One item in the index of who is due. `at` is a stamp, `key` the item's."""

    at: str
    shard: str
    key: str


class Cloud:
    """moto, from the first call of `start` to `close`; one at a time in a process, since moto is one account."""

    def __init__(self, template: Template, sender: str | None) -> None:
        quicken()
        self._template, self._sender = template, sender
        self._mock = mock_aws()
        self._mock.start()
        self.session: Any = boto3.Session(
            region_name=REGION,
            aws_access_key_id="desk",
            aws_secret_access_key="desk",  # noqa: S106 - moto asks for one
        )
        self.permissions = Permissions()
        self.permissions.watch(self.session)
        answer: Any = self._answer_if_empty  # the stubs know no handler that answers
        self.session.events.register("before-call.dynamodb.Query", answer)
        for operation in _WRITES:
            self.session.events.register(f"before-call.dynamodb.{operation}", self._forget_wakes)
        take_short_way(self.session)
        self._wakes: list[Wake] | None = None
        self._clients: dict[tuple[str, int], Any] = {}

    def client(self, service: str, *, config: Any = None, **_: Any) -> Any:
        """As `boto3.client`, but made once for a service and configuration (making one takes 50 ms and more)."""
        key = (service, id(config))
        if key not in self._clients:
            self._clients[key] = self.session.client(service, config=config)
        return self._clients[key]

    def fill(self) -> None:
        """Empty tables, queues and buckets, whatever was there before."""
        self._mock.reset()
        self._wakes = None
        create_resources(self._template, self.client)
        create_push_applications(self.client)
        if self._sender:
            self.client("sesv2").create_email_identity(EmailIdentity=self._sender)

    def close(self) -> None:
        """Let go of boto3."""
        self._mock.stop()

    def on_arrival(self, tell: Callable[[str], None]) -> None:
        """`tell` gets the URL of each queue that something is put into."""

        def remember(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
            context["desk_queue"] = params["QueueUrl"]

        def arrived(context: dict[str, Any], **_: Any) -> None:
            tell(context["desk_queue"])

        for operation in ("SendMessage", "SendMessageBatch"):
            self.session.events.register(f"provide-client-params.sqs.{operation}", remember)
            self.session.events.register(f"after-call.sqs.{operation}", arrived)

    def wakes(self) -> list[Wake]:
        """The items in the index `due`, read from moto's memory: asking 16 partitions takes 100 ms."""
        if self._wakes is None:  # read anew only after a write, for a sweep asks once for each partition
            self._wakes = [each for table in self._template.tables.values() for each in _wakes(table)]
        return self._wakes

    def _forget_wakes(self, **_: Any) -> None:
        self._wakes = None

    def _answer_if_empty(
        self, params: Mapping[str, Any], **_: Any
    ) -> tuple[AWSResponse, dict[str, Any]] | None:
        """A sweep asks each partition of the index, and mostly nothing is there: moto need not be asked."""
        query = json.loads(params["body"])
        condition = _UNTIL.fullmatch(query.get("KeyConditionExpression", ""))
        if query.get("IndexName") != _DUE or condition is None:
            return None
        shard, until = (query["ExpressionAttributeValues"][name]["S"] for name in condition.groups())
        if any(each.shard == shard and each.at <= until for each in self.wakes()):
            return None
        return AWSResponse(params["url"], 200, HTTPHeaders(), None), {
            "Items": [],
            "Count": 0,
            "ScannedCount": 0,
        }


def _wakes(table: Table) -> Iterator[Wake]:
    for index in table.definition.get("GlobalSecondaryIndexes", []):
        if index["IndexName"] != _DUE:
            continue
        shard, wake = (each["AttributeName"] for each in index["KeySchema"])
        for partition in dynamodb_backends[ACCOUNT][REGION].tables[table.name].items.values():
            for item in partition.values():
                if wake in item.attrs and shard in item.attrs:
                    yield Wake(item.attrs[wake].value, item.attrs[shard].value, item.hash_key.value)
