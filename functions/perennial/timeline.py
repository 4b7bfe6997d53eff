"""What the timeline keeps of an event, and for how long. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from perennial.events import Event, Name
from perennial.ports.data import TimelineItem
from perennial.times import stamp

_ORDERS = frozenset(name for name in Name if name.startswith("order_"))
_STATES = frozenset(  # told whole each time: a copy changes nothing
    {
        Name.CART_UPDATED,
        Name.CHECKOUT_STARTED,
        Name.CHECKOUT_UPDATED,
        Name.CUSTOMER_CREATED,
        Name.CUSTOMER_UPDATED,
    }
)


def stays(event: Event) -> bool:
    """What is kept until it is erased: orders, and every word on consent and preferences with its evidence."""
    return event.name in _ORDERS or event.name == Name.PREFERENCES_CHANGED or "consent" in event.properties


def is_too_old(event: Event, now: datetime, kept_for: timedelta) -> bool:
    """Past the timeline's memory a copy cannot be told from a new event: kept, but not applied."""
    may_repeat = stays(event) or event.name in _STATES
    return not may_repeat and event.occurred_at < now - kept_for


def item(event: Event, kept_for: timedelta) -> TimelineItem:
    """As it stands on the timeline."""
    told = TimelineItem(
        id=event.id,
        name=event.name,
        occurred_at=stamp(event.occurred_at),
        received_at=stamp(event.received_at),
        source=event.source,
        properties=dict(event.properties),
    )
    if not stays(event):
        told["expires_at"] = int((event.received_at + kept_for).timestamp())
    if not event.trusted:
        told["trusted"] = False
    return told
