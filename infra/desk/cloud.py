"""AWS's part: one moto session, its resources, and a watch on what goes through it.

Sessions are typed `Any`: the stubs know a client only by a literal service name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
from moto import mock_aws
from moto.dynamodb.models import dynamodb_backends

from infra.desk.intrinsics import ACCOUNT, REGION
from infra.desk.quick_moto import quicken
from infra.desk.stack import Template
from infra.desk.template import create_resources



class Cloud:
    """moto, from the first call of `start` to `close`; one at a time in a process, since moto is one account."""

    def __init__(self, template: Template, sender: str | None) -> None:
        quicken()
        self._template, self._sender = template, sender
        self._mock = mock_aws()
        self._mock.start()
        self.session: Any = boto3.Session(
            region_name=REGION, aws_access_key_id="desk", aws_secret_access_key="desk"
        )
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
        create_resources(self._template, self.client)
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

    def wake_times(self) -> list[tuple[str, str]]:
        """(wake_at, key) of the items in the index `due`, read from moto's memory: asking 16 partitions takes 100 ms."""
        times: list[tuple[str, str]] = []
        for table in self._template.tables.values():
            for index in table.definition.get("GlobalSecondaryIndexes", []):
                if index["IndexName"] == "due":
                    shard, wake = (each["AttributeName"] for each in index["KeySchema"])
                    times += _indexed(table.name, shard, wake)
        return times


def _indexed(table: str, shard: str, wake: str) -> list[tuple[str, str]]:
    partitions = dynamodb_backends[ACCOUNT][REGION].tables[table].items.values()
    return [
        (item.attrs[wake].value, item.hash_key.value)
        for partition in partitions
        for item in partition.values()
        if wake in item.attrs and shard in item.attrs
    ]
