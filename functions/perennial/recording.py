"""Events become documents: resolve who it is, fold, plan, put, then tell the timeline and the queue.

Order of writes: document, timeline, queue. A crash between any two heals: the event is delivered again, its id is known,
and what is still missing is done; a message whose queueing was lost is queued again when its lease ends.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from perennial import ring
from perennial.apply import apply, fold
from perennial.customer import Customer, copied, new
from perennial.decide import Decision
from perennial.dispatch import Due, dispatch
from perennial.errors import Conflict, NotPublished
from perennial.events import Event, Name
from perennial.plan import Plan, plan
from perennial.ports import TimelineItem, World
from perennial.resolving import Group, resolve
from perennial.times import stamp

_log = logging.getLogger(__name__)
_TRIES = 30  # conflicts of one customer are settled here, never by failing the batch (rule 6)
_LONGEST_PAUSE = 0.2  # seconds
_ORDERS = (Name.ORDER_COMPLETED, Name.ORDER_PAID, Name.ORDER_UPDATED, Name.ORDER_CANCELLED)


@dataclass(frozen=True, slots=True)
class Failure:
    """An event that was not recorded, and why."""

    event: Event
    error: Exception


class Recorder:
    """Records events. pause: how to wait between tries, in seconds."""

    def __init__(self, world: World, pause: Callable[[float], None] = time.sleep) -> None:
        self._world = world
        self._pause = pause
        self._kept_for = timedelta(days=int(world.setting("TIMELINE_DAYS", "400")))

    def record(self, events: Sequence[Event]) -> list[Failure]:
        """Record what can be recorded; one bad event never takes a good one with it.

        Errors of the database itself are raised: nothing is known then, and the whole batch must come again.
        """
        failures: list[Failure] = []
        left = list(events)
        for attempt in range(_TRIES):
            if not left:
                break
            if attempt:
                self._pause(random.uniform(0, min(_LONGEST_PAUSE, 0.01 * 2**attempt)))  # noqa: S311 - jitter
            conflicted: list[Event] = []
            for group in resolve(left, self._world.documents, self._world.identity_keys):
                try:
                    failures += self._record_group(group)
                except Conflict:
                    conflicted += group.events
            left = conflicted
        return failures + [Failure(event, Conflict("others kept writing this customer")) for event in left]

    def _record_group(self, group: Group) -> list[Failure]:
        customer = group.stored or new(group.customer_id)
        known = self._known_on_timeline(group.customer_id)
        fresh = ring.fresh(customer, group.events, known)
        now = self._world.clock()
        draft, failures = _fold_all(customer, [event for event in fresh if not self._is_too_old(event, now)])
        queue: list[str] = []
        if draft != customer or group.claims:
            ring.trim(draft, known)
            planned = self._plan(draft, now)
            self._put(planned.customer, group)
            queue = planned.queue
        failed = {failure.event.id for failure in failures}
        items = [self._item(event) for event in group.events if event.id not in failed]
        self._world.timeline.add(group.customer_id, items)
        if queue:
            dispatch(self._world.send_queue, [Due(group.customer_id, message) for message in queue])
        return failures

    def _known_on_timeline(self, customer_id: str) -> ring.Known:
        return lambda ids: self._world.timeline.known(customer_id, ids)

    def _put(self, customer: Customer, group: Group) -> None:
        if group.claims:
            self._world.documents.claim(customer, group.claims)
        else:
            self._world.documents.save(customer)

    def _plan(self, draft: Customer, now: datetime) -> Plan:
        try:
            return plan(draft, self._world.shop(), now, may_postpone=False)
        except NotPublished:  # the event is kept all the same; the sweep looks at it once there is a shop
            draft["wake_at"] = stamp(now)
            return Plan(draft, Decision(), changed=True)

    def _is_too_old(self, event: Event, now: datetime) -> bool:
        """Past the timeline's memory a copy cannot be told from a new event: kept, but not applied."""
        return event.name not in _ORDERS and event.occurred_at < now - self._kept_for

    def _item(self, event: Event) -> TimelineItem:
        item = TimelineItem(
            id=event.id,
            name=event.name,
            occurred_at=stamp(event.occurred_at),
            received_at=stamp(event.received_at),
            source=event.source,
            properties=dict(event.properties),
        )
        if event.name not in _ORDERS and "consent" not in event.properties:
            item["expires_at"] = int((event.received_at + self._kept_for).timestamp())
        return item


def _fold_all(customer: Customer, events: Sequence[Event]) -> tuple[Customer, list[Failure]]:
    """All events on one copy; only if one of them cannot be folded, one by one, to set it aside."""
    draft = copied(customer)
    try:
        for event in events:
            fold(draft, event)
        return draft, []
    except Exception:  # noqa: BLE001 - whatever it is, only the event that causes it may fail
        return _fold_singly(customer, events)


def _fold_singly(customer: Customer, events: Sequence[Event]) -> tuple[Customer, list[Failure]]:
    failures: list[Failure] = []
    draft = customer
    for event in events:
        try:
            draft = apply(draft, event)
        except Exception as error:
            extra = {"event_id": event.id, "event_name": event.name, "error": type(error).__name__}
            _log.error("an event cannot be folded", extra=extra)  # the error's text may hold personal data
            failures.append(Failure(event, error))
    return (draft if draft is not customer else copied(customer)), failures
