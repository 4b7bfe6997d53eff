"""One delivery of a Shopify webhook: its headers, its resource, and the times they tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from on_event import reading
from on_event.envelope import Envelope
from perennial.events import Event
from perennial.people.identities import Identity, short_id, strongest_first


@dataclass(frozen=True, slots=True)
class Webhook:
    """`currency`: the shop's, None when unknown."""

    envelope: Envelope
    topic: str
    resource: dict[str, Any]
    currency: str | None

    @property
    def shop(self) -> str:
        """The shop's domain, lower case."""
        return self.envelope.headers.get("shop", "").lower()

    def event_id(self) -> str:
        """Equal for every delivery of one event of one topic; Shopify's own ids first."""
        headers = self.envelope.headers
        delivery = (
            headers.get("event_id") or headers.get("webhook_id") or sha256(self.envelope.body).hexdigest()
        )
        return short_id("shopify", self.shop, delivery, self.topic)

    def told_at(self, *fields: str) -> datetime | None:
        """The resource's own time: the first of its fields that can be read."""
        return next((at for field in fields if (at := reading.time(self.resource.get(field)))), None)

    def read_at(self, *fields: str) -> datetime:
        """The time told, else when Shopify noticed, else now; never in the future."""
        told_at = self.told_at(*fields) or reading.time(self.envelope.headers.get("triggered_at"))
        return reading.believed(told_at, self.envelope.received_at)

    def event(self, name: str, identities: list[Identity], properties: dict[str, Any], *fields: str) -> Event:
        """An event of this delivery. fields: those of the resource that say when, best first."""
        return Event(
            id=self.event_id(),
            name=name,
            occurred_at=self.read_at(*fields),
            received_at=self.envelope.received_at,
            source="shopify",
            trusted=self.envelope.trusted,
            identities=strongest_first(identities),
            properties=properties,
            sent_at=self.told_at(*fields),
        )
