"""One delivery of a WooCommerce webhook: its topic, its resource, and the times they tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from on_event import reading
from on_event.envelope import Envelope
from perennial.errors import Unintelligible
from perennial.events import Event
from perennial.people.identities import Identity, short_id, strongest_first

SOURCE = "woocommerce"
_ONE_CHANGE = timedelta(seconds=5)  # an order is saved several times on its way through a payment


@dataclass(frozen=True, slots=True)
class Webhook:
    """`currency`: the shop's, None when unknown."""

    envelope: Envelope
    resource: dict[str, Any]
    currency: str | None

    @property
    def topic(self) -> str:
        """`order.updated` and the like."""
        return topic_of(self.envelope)

    def id(self) -> str:
        """Of the resource; Unintelligible without one."""
        found = reading.identifier(self.resource.get("id"))
        if found is None or found == "0":
            raise Unintelligible(f"The webhook {self.topic} names nothing: it has no id.")
        return found

    def event_id(self) -> str:
        """Equal for copies of one body, whichever webhook brought them: delivery ids collide within a second.

        What goes into the bin twice has the same body each time, so there the delivery tells the second one from a copy.
        """
        headers = self.envelope.headers
        parts = [headers.get("source", ""), self.topic, self.id(), sha256(self.envelope.body).hexdigest()]
        if self._concerns_the_bin() or not self._changed_at():
            parts.append(headers.get("delivery_id", ""))
        return short_id(SOURCE, *parts)

    def created_at(self) -> datetime:
        """When the resource began; never in the future."""
        return reading.believed(self._told("date_created_gmt") or self._changed_at(), self.received_at)

    def updated_at(self) -> datetime:
        """When it last changed; never in the future.

        What comes back out of the bin, or goes into it, keeps the time of its last change: there the arrival counts, which
        is right because WooCommerce sends a webhook once.
        """
        if self._concerns_the_bin():
            return self.received_at
        return reading.believed(self._changed_at(), self.received_at)

    def changed_with(self, field: str) -> bool:
        """Whether the last change is the one that this time tells of."""
        told, changed = self._told(field), self._told("date_modified_gmt")
        return bool(told and changed and abs(changed - told) <= _ONE_CHANGE)

    @property
    def received_at(self) -> datetime:
        """When it arrived."""
        return self.envelope.received_at

    def event(
        self, name: str, identities: Iterable[Identity], properties: dict[str, Any], at: datetime
    ) -> Event:
        """An event of this delivery; Unintelligible without identities."""
        found = strongest_first(identities)
        if not found:
            raise Unintelligible(f"The webhook {self.topic} names nobody.")
        return Event(
            id=self.event_id(),
            name=name,
            occurred_at=at,
            received_at=self.received_at,
            source=SOURCE,
            trusted=self.envelope.trusted,
            identities=found,
            properties=properties,
            sent_at=self._changed_at(),
        )

    def _concerns_the_bin(self) -> bool:
        return self.topic.endswith((".restored", ".deleted"))

    def _changed_at(self) -> datetime | None:
        return self._told("date_modified_gmt") or self._told("date_created_gmt")

    def _told(self, field: str) -> datetime | None:
        return time(self.resource.get(field))


def topic_of(envelope: Envelope) -> str:
    """As its header says, or its parts."""
    headers = envelope.headers
    return headers.get("topic") or f"{headers.get('resource', '')}.{headers.get('event', '')}"


def time(value: Any) -> datetime | None:
    """UTC of one of the `_gmt` fields, which name no zone; the others are the shop's wall clock, in a zone not told."""
    if not isinstance(value, str):
        return None
    return reading.time(value) or reading.time(f"{value.strip()}Z")
