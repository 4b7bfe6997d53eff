"""All ports in memory: for tests, plans and backtests. What a test must see or provoke is public."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from perennial.adapters.memory_coupons import MemoryCoupons
from perennial.adapters.memory_data import (
    MemoryBlobs,
    MemoryDocuments,
    MemoryLivePointer,
    MemoryQueue,
    MemoryTimeline,
)
from perennial.adapters.memory_products import MemoryCatalogue, MemoryWatches
from perennial.adapters.memory_scans import MemoryScans
from perennial.errors import Refused, SettingMissing
from perennial.live import LiveShop
from perennial.people.identities import IdentityKeys
from perennial.ports.providers import Mail, Push, SendingQuota
from perennial.times import Clock


class Text(NamedTuple):
    """An SMS that was accepted."""

    number: str
    text: str
    tags: Mapping[str, str]


class MemoryMailer:
    """`ports.Mailer`. sent: what was accepted; the n-th has the id "mail-n".

    on_arrival is called before a mail is accepted and may raise Refused (or InDoubt: lost on the way there);
    on_answer after it, and may raise InDoubt: accepted, but the caller does not learn it.
    """

    def __init__(self) -> None:
        self.sent: list[Mail] = []
        self.on_arrival: Callable[[Mail], None] = _ignore
        self.on_answer: Callable[[Mail], None] = _ignore

    def send(self, mail: Mail) -> str:
        self.on_arrival(mail)
        self.sent.append(mail)
        self.on_answer(mail)
        return f"mail-{len(self.sent)}"


class MemoryTexter:
    """`ports.Texter`. sent: what was accepted; the n-th has the id "text-n". Hooks as in MemoryMailer."""

    def __init__(self) -> None:
        self.sent: list[Text] = []
        self.on_arrival: Callable[[Text], None] = _ignore
        self.on_answer: Callable[[Text], None] = _ignore

    def send(self, number: str, text: str, tags: Mapping[str, str]) -> str:
        message = Text(number, text, dict(tags))
        self.on_arrival(message)
        self.sent.append(message)
        self.on_answer(message)
        return f"text-{len(self.sent)}"


class MemoryPusher:
    """`ports.Pusher`. sent: what was accepted; the n-th has the id "push-n". dead: endpoints that were turned off."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Push, Mapping[str, str]]] = []
        self.platforms = {"ios", "android"}
        self.dead: set[str] = set()
        self.on_arrival: Callable[[Push], None] = _ignore
        self.on_answer: Callable[[Push], None] = _ignore

    def endpoint(self, platform: str, token: str, *, revived: bool) -> str | None:
        if platform not in self.platforms:
            return None
        found = f"{platform}/{token}"
        if revived:
            self.dead.discard(found)
        return found

    def send(self, endpoint: str, push: Push, tags: Mapping[str, str]) -> str:
        if endpoint in self.dead:
            raise Refused("EndpointDisabled", permanent=True)
        self.on_arrival(push)
        self.sent.append((endpoint, push, dict(tags)))
        self.on_answer(push)
        return f"push-{len(self.sent)}"


class MemoryBus:
    """`ports.Bus`. events: the details of what was accepted, as JSON gives them back."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.on_arrival: Callable[[Mapping[str, Any]], None] = _ignore

    def put(self, detail: Mapping[str, Any]) -> str:
        self.on_arrival(detail)
        self.events.append(json.loads(json.dumps(detail)))
        return f"event-{len(self.events)}"


class MemoryAccount:
    """`ports.Account`. allowance: what `quota` answers; sending does not use it up."""

    def __init__(self) -> None:
        self.allowance = SendingQuota(rate=14.0, left_today=50_000.0)

    def quota(self) -> SendingQuota:
        return self.allowance


class Notice(NamedTuple):
    """What whoever subscribed was told."""

    subject: str
    text: str


class MemoryNotices:
    """`ports.Notices`. told: all of them."""

    def __init__(self) -> None:
        self.told: list[Notice] = []

    def tell(self, subject: str, text: str) -> None:
        self.told.append(Notice(subject, text))


class MemoryTopic:
    """`ports.Topic`. certificates: PEM files by address. asked: every address that was fetched, confirmed: each token."""

    def __init__(self) -> None:
        self.certificates: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.confirmed: list[tuple[str, str]] = []

    def certificate(self, url: str) -> bytes:
        self.asked.append(url)
        if url not in self.certificates:
            raise Refused("NotFound", permanent=False)
        return self.certificates[url]

    def confirm(self, topic: str, token: str) -> None:
        self.confirmed.append((topic, token))


class MemoryWorld:
    """`ports.World`. settings: by environment name; IDENTITY_KEY only where `identity_keys` is used."""

    def __init__(self, clock: Clock, settings: Mapping[str, str]) -> None:
        self.clock = clock
        self._settings = settings
        self.documents = MemoryDocuments(IdentityKeys(settings.get("IDENTITY_KEY") or "in memory"))
        self.timeline = MemoryTimeline()
        self.catalogue = MemoryCatalogue()
        self.watches = MemoryWatches()
        self.coupons = MemoryCoupons()
        self.scans = MemoryScans(self.documents, self.catalogue)
        self.blobs = MemoryBlobs()
        self.pointer = MemoryLivePointer()
        self.shop = LiveShop(self.pointer, self.blobs, clock)
        self.signed_queue = MemoryQueue()
        self.browser_queue = MemoryQueue()
        self.shards_queue = MemoryQueue()
        self.nightly_queue = MemoryQueue()
        self.send_queue = MemoryQueue()
        self.import_queue = MemoryQueue()
        self.rejected = MemoryQueue()
        self.mailer = MemoryMailer()
        self.texter = MemoryTexter()
        self.pusher = MemoryPusher()
        self.bus = MemoryBus()
        self.account = MemoryAccount()
        self.notices = MemoryNotices()
        self.topic = MemoryTopic()

    @cached_property
    def identity_keys(self) -> IdentityKeys:
        return IdentityKeys(self.setting("IDENTITY_KEY"))

    def setting(self, name: str, default: str | None = None) -> str:
        """The value; SettingMissing when absent or empty and without a default."""
        value = self._settings.get(name) or default
        if value is None:
            raise SettingMissing(f"{name} is not among the settings of this world.")
        return value


def _ignore(_: object) -> None:
    """The hook of a provider that simply works."""
