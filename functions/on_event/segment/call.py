"""One call of a batch: whose word it is, and when what it tells of happened."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from on_event import reading
from on_event.segment import calls
from perennial.people.identities import short_id
from perennial.times import stamp


@dataclass(frozen=True)
class Call:
    """One call of a batch, with what its envelope says of it."""

    content: dict[str, Any]
    trusted: bool
    received_at: datetime

    @cached_property
    def properties(self) -> dict[str, Any]:
        """As sent."""
        return calls.properties(self.content)

    @cached_property
    def sent_at(self) -> datetime | None:
        """When the customer did it by the sender's clock: the same in every retry."""
        return reading.time(self.content.get("originalTimestamp")) or reading.time(
            self.content.get("timestamp")
        )

    @cached_property
    def occurred_at(self) -> datetime:
        """The sender's time, corrected by what its clock is wrong by when it sends."""
        return reading.believed(self._corrected, self.received_at)

    @property
    def is_adjusted(self) -> bool:
        """A time was told, and it cannot be: the time of arrival stands in its place."""
        was_told = any(self.content.get(field) is not None for field in ("originalTimestamp", "timestamp"))
        at = self._corrected
        return was_told and (at is None or at != reading.believed(at, self.received_at))

    @cached_property
    def event_id(self) -> str:
        """Over the sender's message id, in a name space of its own for each key; else over what was sent."""
        key = "server" if self.trusted else "browser"
        return short_id(
            "segment", key, reading.identifier(self.content.get("messageId")) or self._fingerprint()
        )

    @cached_property
    def _corrected(self) -> datetime | None:
        done_at, sent_at = self.sent_at, reading.time(self.content.get("sentAt"))
        if done_at is None or sent_at is None:
            return done_at
        return self.received_at - (sent_at - done_at)

    def _fingerprint(self) -> str:
        """The call itself. Equal calls without a time are different events, told apart by their arrival."""
        same = {key: value for key, value in self.content.items() if key not in ("sentAt", "writeKey")}
        arrival = "" if self.sent_at else stamp(self.received_at)
        return json.dumps(same, sort_keys=True) + arrival
