"""A stage for whole flows in memory: a world with a clock set by hand, a live release, and the queues pumped on demand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from perennial.adapters.memory import MemoryWorld
from perennial.customer import Customer
from perennial.events import Event, Product
from perennial.messaging.dispatch import due_from
from perennial.people.identities import Identity, Kind
from perennial.recording import Failure, Recorder
from perennial.shop import Shop
from perennial.times import moment, stamp
from scheduler.sweep import build as build_sweep
from send.delivery import Delivery
from send.post import Post
from tests.making import NOON, shop

SETTINGS = {
    "IDENTITY_KEY": "identity-key-of-the-tests",
    "LINK_KEY": "link-key-of-the-tests",
    "PUBLIC_URL": "https://mail.fernleaf.example",
    "SENDER_EMAIL": "hello@fernleaf.example",
    "SEND_MODE": "live",
    "WRITE_KEY": "local",
    "SERVER_KEY": "local-server",
    "SHOPIFY_SECRET": "shopify-local-secret",
}
DELIVERIES = 5  # template.yaml's maxReceiveCount; what is left then waits in the dead-letter queue
PRODUCTS = ("tea", "cup", "filter")


class Context:
    """A Lambda context with so many seconds left."""

    def __init__(self, seconds: float = 60) -> None:
        self.seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


class Stage:
    """now: the time, changed by the test. copies: what was ever queued for `send`, for redelivery."""

    def __init__(self, at: datetime = NOON, the_shop: Shop | None = None) -> None:
        self.now = at
        self.live = the_shop or shop()
        self.world = MemoryWorld(lambda: self.now, SETTINGS)
        self.world.shop = lambda: self.live  # type: ignore[assignment]  # no release to unpack in most tests
        self.world.pointer.publish("r1", None)
        self.recorder = Recorder(self.world, pause=lambda _: None)
        self.delivery = Delivery(self.world, Post(self.world), elapsed=self._elapsed)
        self.sweeper = build_sweep(self.world)
        self.world.catalogue.learn(
            [Product(id=each, title=each.title(), at=stamp(at), rank=2, available=True) for each in PRODUCTS]
        )

    def _elapsed(self) -> float:
        return self.now.timestamp()

    def record(self, *events: Event) -> list[Failure]:
        return self.recorder.record(events)

    def customer(self, store_id: str = "1") -> Customer:
        identity = Identity(Kind.STORE, store_id)
        owner = self.world.documents.owners([identity])[identity]
        return self.world.documents.load([owner])[owner]

    def timeline(self) -> list[str]:
        return [item["name"] for item in self.world.timeline.read(self.customer()["id"])]

    def sweep(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.sweeper({}, Context())
        return answer

    def queued(self) -> list[str]:
        """Take what lies in the send queue."""
        return self.world.send_queue.take()

    def send(self, bodies: Iterable[str] | None = None, seconds: float = 30) -> list[bool]:
        """As copies that came together, as a handler gets them."""
        dues = [due_from(body) for body in (self.queued() if bodies is None else bodies)]
        self.delivery.read_ahead(dues)
        return [self.delivery.deliver(due, lambda: seconds) for due in dues]

    def run_until(self, end: datetime) -> None:
        """Sweep whenever somebody is due and send what is queued, until then."""
        self.send()
        for _ in range(10_000):
            due = [at for at in map(self._wakes, self._everybody()) if at is not None and at <= end]
            if not due:
                break
            self.now = max(self.now, min(due))
            before = self._everybody()
            self.sweep()
            self.send()
            if self._everybody() == before:
                self.now += timedelta(minutes=1)
        self.now = max(self.now, end)

    def _everybody(self) -> list[Customer]:
        documents = self.world.documents
        ids: Sequence[str] = sorted(documents._bodies)
        return list(documents.load(ids).values())

    def _wakes(self, customer: Customer) -> datetime | None:
        return moment(customer["wake_at"]) if customer["wake_at"] else None

    @property
    def mails(self) -> list[str]:
        """Campaign of each accepted mail, in order."""
        return [mail.tags["campaign"] for mail in self.world.mailer.sent]


def message_of(body: str) -> str:
    """The message id of a queued copy."""
    return str(json.loads(body)["message_id"])
