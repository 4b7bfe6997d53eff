"""The ring of applied event ids in a document, and what it has forgotten.

It makes a redelivered event harmless without reading the timeline. An id leaves it, oldest sender's time first, only when
its timeline item was read back; `floor` is the newest sender's time that ever left. An event that is not in the ring and
not newer than the floor, or has no time of its own, is looked up on the timeline (rule 5).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from perennial.customer import Customer
from perennial.events import Event
from perennial.times import stamp

KEPT = 32
Known = Callable[[Collection[str]], set[str]]  # which of these ids are on the customer's timeline


def fresh(customer: Customer, events: Iterable[Event], known: Known) -> list[Event]:
    """Those of the events that were not applied before, each once."""
    unknown = {event.id: event for event in events if event.id not in customer["ids"]}
    doubtful = [event.id for event in unknown.values() if _may_have_left(customer, event)]
    applied = known(doubtful) if doubtful else set()
    return [event for event in unknown.values() if event.id not in applied]


def _may_have_left(customer: Customer, event: Event) -> bool:
    if not customer["floor"]:
        return False  # nothing has ever left
    return event.sent_at is None or stamp(event.sent_at) <= customer["floor"]


def trim(draft: Customer, known: Known) -> None:
    """Cut the ring back when it has grown to twice its size; ids not yet on the timeline stay, however many."""
    ids = draft["ids"]
    if len(ids) <= 2 * KEPT:
        return
    oldest = sorted(ids, key=lambda each: (ids[each], each))[: len(ids) - KEPT]
    for event_id in known(oldest):
        draft["floor"] = max(draft["floor"], ids.pop(event_id))
