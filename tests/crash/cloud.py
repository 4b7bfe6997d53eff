"""The stack's resources on moto, whose memory can be looked into, and put back to an earlier state in a millisecond."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import boto3
from moto import mock_aws
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends
from moto.ses.models import ses_backends

from infra.desk.intrinsics import ACCOUNT, REGION, arn
from infra.desk.quick_moto import quicken
from infra.desk.stack import Template
from infra.desk.template import TEMPLATE, create_resources, load_template
from perennial.adapters.codec import unpack
from perennial.customer import Customer
from tests.crash.senders import SECRET, SERVER_KEY, WRITE_KEY

Items = dict[str, Any]
OBJECTS = "objects of "  # a bucket
CUSTOMER = "CUSTOMER#"
SENDER = "hello@fernleaf.example"
PARAMETERS = {
    "SenderEmail": SENDER,
    "SendMode": "live",
    "PublicUrl": "https://mail.fernleaf.example",
    "ShopifySecretArn": arn("secretsmanager", "secret:Shopify"),
    "AWS::StackId": arn("cloudformation", f"stack/perennial/{WRITE_KEY}"),
}


def stack() -> Template:
    """What template.yaml says, for a shop that sends."""
    return load_template(TEMPLATE, PARAMETERS, {"Shopify": SECRET, "ServerKey": SERVER_KEY})


class Cloud:
    """moto until `close`. session: the handlers', to be listened to; own: clients for looking, which nobody hears."""

    def __init__(self, template: Template) -> None:
        self._template = template
        quicken()
        self._mock = mock_aws()
        self._mock.start()
        self.session: Any = boto3.Session("crash", "crash", region_name=REGION)
        self._own: Any = boto3.Session("looking", "looking", region_name=REGION)
        self._clients: dict[tuple[str, str, int], tuple[Any, Any]] = {}

    def client(self, service: str, *, config: Any = None) -> Any:
        """As `boto3.client`, made once for a service and configuration: making one takes 50 ms and more."""
        return self._made("session", service, config)

    def own(self, service: str, **_: Any) -> Any:
        """A client for looking."""
        return self._made("_own", service, None)

    def _made(self, session: str, service: str, config: Any) -> Any:
        key = (session, service, id(config))
        if key not in self._clients:
            # The configuration is kept: its id would be given to another one after it.
            self._clients[key] = (getattr(self, session).client(service, config=config), config)
        return self._clients[key][0]

    def fill(self) -> None:
        """Empty tables, queues and buckets, whatever was there before."""
        self._mock.reset()
        create_resources(self._template, self.own)
        self.own("sesv2").create_email_identity(EmailIdentity=SENDER)

    def close(self) -> None:
        """Let go of boto3."""
        self._mock.stop()

    def items(self) -> Items:
        """A copy of all items of all tables, and of what lies in the buckets."""
        held = {name: copy.deepcopy(table.items) for name, table in _tables().items()}
        for name, bucket in _buckets().items():
            held[OBJECTS + name] = {key: list(bucket.keys.getlist(key)) for key in bucket.keys}
        return held

    def restore(self, items: Items) -> None:
        """As it was; a copy can be restored any number of times. An object is never changed, only another put."""
        for name, table in _tables().items():
            table.items = copy.deepcopy(items[name])
        for name, bucket in _buckets().items():
            bucket.keys.clear()
            for key, versions in items[OBJECTS + name].items():
                dict.__setitem__(bucket.keys, key, list(versions))

    def customers(self) -> list[Customer]:
        """The documents as they are stored now."""
        return [unpack(item.attrs["body"].value) for item in self._in("DocumentsTable")]

    def wakes(self) -> list[str]:
        """`wake_at` of everything in the index `due`."""
        due = (item.attrs for item in self._in("DocumentsTable") if "due_shard" in item.attrs)
        return [attributes["wake_at"].value for attributes in due]

    def timeline(self, customer_id: str) -> list[str]:
        """The names of all events on the customer's timeline."""
        own = (
            item for item in self._in("TimelineTable") if item.hash_key.value == f"{CUSTOMER}{customer_id}"
        )
        return [item.attrs["name"].value for item in own]

    def told(self) -> Iterator[tuple[str, str, str]]:
        """Everything on any timeline: whose, the event's name, when it was received."""
        for item in self._in("TimelineTable"):
            yield item.hash_key.value, item.attrs["name"].value, item.attrs["received_at"].value

    def watched(self, product: str) -> bool:
        """Somebody watches it."""
        return any(True for _ in self._in("DocumentsTable", f"WATCH#{product}"))

    def taken(self) -> dict[str, str]:
        """Of the codes that belong to messages, in small letters, whose each is."""
        codes = (item.attrs for item in self._in("DocumentsTable", "COUPON#"))
        return {each["sk"].value: each["taken_by"].value for each in codes if "taken_by" in each}

    def owners(self) -> set[str]:
        """Ids of the customers to whom identities lead."""
        pointers = (item.attrs for item in self._in("DocumentsTable", "IDENTITY#"))
        return {each["customer"].value for each in pointers if "customer" in each}

    def expire(self, until: datetime) -> list[Customer]:
        """Let everything go whose time to live is over; the documents among it."""
        before = {each["id"]: each for each in self.customers()}
        for table in _tables().values():
            for partition in table.items.values():
                for sort_key in [key for key, item in partition.items() if _is_over(item, until)]:
                    del partition[sort_key]
        left = {each["id"] for each in self.customers()}
        return [each for each in before.values() if each["id"] not in left]

    def mails_taken(self) -> list[str]:
        """The provider's ids of the mails it accepted, oldest first."""
        return [message.id for message in ses_backends[ACCOUNT][REGION].sent_messages]

    def _in(self, table: str, prefix: str = CUSTOMER) -> Iterator[Any]:
        """Items of customers, or whose keys begin with another prefix."""
        for partition in _tables()[self._template.tables[table].name].items.values():
            for item in partition.values():
                if item.hash_key.value.startswith(prefix):
                    yield item


def _is_over(item: Any, until: datetime) -> bool:
    return "expires_at" in item.attrs and int(item.attrs["expires_at"].value) <= until.timestamp()


def _buckets() -> Any:
    return s3_backends[ACCOUNT]["aws"].buckets


def _tables() -> Any:
    return dynamodb_backends[ACCOUNT][REGION].tables
