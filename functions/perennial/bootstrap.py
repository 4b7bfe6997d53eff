"""Puts handlers together: settings from the environment, adapters from boto3, the clock from the wall.

A handler module ends in two steps: `def build(world)` names what it needs and returns the function that handles events;
`handler = LambdaHandler(build)` builds it on the first call and keeps it. The desk cloud and the tests call `build` with
a world of their own, so nothing is ever patched.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from perennial.errors import SettingMissing
from perennial.people.identities import IdentityKeys
from perennial.ports.data import Catalogue, Coupons, Scans, Timeline, Watches
from perennial.ports.documents import Documents
from perennial.ports.live import Blobs, LivePointer, Queue
from perennial.ports.providers import Account, Bus, Mailer, Notices, Pusher, Texter, Topic
from perennial.ports.world import World
from perennial.times import Clock, utc_now

if TYPE_CHECKING:
    from perennial.shop import Shop

Handle = Callable[[dict[str, Any], Any], Any]

# Data services may be asked again: every write there is conditional or repeatable. The service itself refuses what is not
# well-formed; to check it here as well costs a sixth of a call.
_DATA = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"total_max_attempts": 3, "mode": "standard"},
    parameter_validation=False,
)
# Providers get one attempt: the SDK's own retry after a lost answer would send a second message (rule 13).
_PROVIDER = Config(connect_timeout=2, read_timeout=8, retries={"total_max_attempts": 1, "mode": "standard"})


class AwsWorld:
    """The ports on AWS, each made on first use from the environment names of template.yaml.

    client: `boto3.client` or a session's; the desk and the tests hand in one that observes calls.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        clock: Clock = utc_now,
        client: Callable[..., Any] = boto3.client,
    ) -> None:
        self._environ = environ
        self._client = client
        self.clock = clock

    def setting(self, name: str, default: str | None = None) -> str:
        """An environment value; SettingMissing when absent or empty and without a default."""
        value = self._environ.get(name) or default
        if value is None:
            raise SettingMissing(f"{name} is not set: template.yaml sets it for the functions that need it.")
        return value

    @cached_property
    def _dynamodb(self) -> Any:
        return self._client("dynamodb", config=_DATA)

    @cached_property
    def documents(self) -> Documents:
        from perennial.adapters.documents import DynamoDocuments

        return DynamoDocuments(self._dynamodb, self.setting("DOCUMENTS_TABLE"), self.identity_keys)

    @cached_property
    def timeline(self) -> Timeline:
        from perennial.adapters.timeline import DynamoTimeline

        return DynamoTimeline(self._dynamodb, self.setting("TIMELINE_TABLE"))

    @cached_property
    def catalogue(self) -> Catalogue:
        from perennial.adapters.catalogue import DynamoCatalogue

        return DynamoCatalogue(self._dynamodb, self.setting("DOCUMENTS_TABLE"))

    @cached_property
    def watches(self) -> Watches:
        from perennial.adapters.watches import DynamoWatches

        return DynamoWatches(self._dynamodb, self.setting("DOCUMENTS_TABLE"))

    @cached_property
    def coupons(self) -> Coupons:
        from perennial.adapters.coupons import DynamoCoupons

        return DynamoCoupons(self._dynamodb, self.setting("DOCUMENTS_TABLE"))

    @cached_property
    def scans(self) -> Scans:
        from perennial.adapters.scans import DynamoScans

        return DynamoScans(self._dynamodb, self.setting("DOCUMENTS_TABLE"))

    @cached_property
    def pointer(self) -> LivePointer:
        from perennial.adapters.pointer import DynamoLivePointer

        return DynamoLivePointer(self._dynamodb, self.setting("DOCUMENTS_TABLE"))

    @cached_property
    def blobs(self) -> Blobs:
        from perennial.adapters.s3 import S3Blobs

        return S3Blobs(self._client("s3", config=_DATA), self.setting("CONTENT_BUCKET"))

    @cached_property
    def shop(self) -> Callable[[], Shop]:
        from perennial.live import LiveShop

        return LiveShop(self.pointer, self.blobs, self.clock)

    @cached_property
    def _sqs(self) -> Any:
        return self._client("sqs", config=_DATA)

    def _queue(self, setting: str) -> Queue:
        from perennial.adapters.sqs import SqsQueue

        return SqsQueue(self._sqs, self.setting(setting))

    @cached_property
    def signed_queue(self) -> Queue:
        return self._queue("SIGNED_QUEUE_URL")

    @cached_property
    def browser_queue(self) -> Queue:
        return self._queue("BROWSER_QUEUE_URL")

    @cached_property
    def shards_queue(self) -> Queue:
        return self._queue("SHARDS_QUEUE_URL")

    @cached_property
    def nightly_queue(self) -> Queue:
        return self._queue("NIGHTLY_QUEUE_URL")

    @cached_property
    def send_queue(self) -> Queue:
        return self._queue("SEND_QUEUE_URL")

    @cached_property
    def import_queue(self) -> Queue:
        return self._queue("IMPORT_QUEUE_URL")

    @cached_property
    def rejected(self) -> Queue:
        return self._queue("REJECTED_QUEUE_URL")

    @cached_property
    def mailer(self) -> Mailer:
        from perennial.adapters.ses import SesMailer

        return SesMailer(
            self._client("sesv2", config=_PROVIDER),
            sender=self.setting("SENDER_EMAIL"),
            configuration_set=self.setting("CONFIGURATION_SET"),
        )

    @cached_property
    def texter(self) -> Texter:
        from perennial.adapters.sns import SnsTexter

        return SnsTexter(self._client("sns", config=_PROVIDER), sender_id=self.setting("SMS_SENDER_ID", "-"))

    @cached_property
    def pusher(self) -> Pusher:
        from perennial.adapters.push import SnsPusher

        apple, google = self.setting("PUSH_APPLE_ARN", "-"), self.setting("PUSH_GOOGLE_ARN", "-")
        return SnsPusher(self._client("sns", config=_PROVIDER), {"ios": apple, "android": google})

    @cached_property
    def bus(self) -> Bus:
        from perennial.adapters.event_bus import EventBridgeBus

        return EventBridgeBus(
            self._client("events", config=_PROVIDER), name=self.setting("EVENT_BUS", "default")
        )

    @cached_property
    def account(self) -> Account:
        from perennial.adapters.ses import SesAccount

        return SesAccount(self._client("ses", config=_DATA))

    @cached_property
    def notices(self) -> Notices:
        from perennial.adapters.sns import SnsNotices

        return SnsNotices(self._client("sns", config=_DATA), self.setting("NOTICES_TOPIC"))

    @cached_property
    def topic(self) -> Topic:
        from perennial.adapters.topic import SnsTopic

        return SnsTopic(partial(self._client, "sns", config=_DATA))

    @cached_property
    def identity_keys(self) -> IdentityKeys:
        return IdentityKeys(self.setting("IDENTITY_KEY"))


class LambdaHandler:
    """What Lambda calls: builds on the first event, so importing a handler touches neither environment nor AWS."""

    def __init__(self, build: Callable[[World], Handle]) -> None:
        self._build = build
        self._handle: Handle | None = None

    def __call__(self, event: dict[str, Any], context: Any) -> Any:
        if self._handle is None:
            self._handle = self._build(AwsWorld(os.environ))
        return self._handle(event, context)
