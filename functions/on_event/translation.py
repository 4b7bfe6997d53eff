"""What an envelope was understood as."""

from __future__ import annotations

from dataclasses import dataclass, field

from perennial.events import Event, Product


@dataclass(frozen=True, slots=True)
class Rejection:
    """One part that was not understood. `raw` as the envelope's body can be translated again later."""

    reason: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Translation:
    """Events of customers, facts about products, and what is neither."""

    events: list[Event] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
