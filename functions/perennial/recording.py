"""Events become documents: resolve who it is, fold, plan, put, then tell the timeline and the queue.

Order of writes: document, timeline, watches, queue. A crash between any two heals: the event is delivered again, its id is
known, and what is still missing is done; a message whose queueing was lost is queued again when its lease ends.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from perennial import timeline
from perennial.apply import apply_all
from perennial.customer import Customer, is_anonymous, new
from perennial.decide import Decision
from perennial.errors import Conflict, NotPublished
from perennial.events import Event, Name
from perennial.folding import ring
from perennial.folding.consent import under_double_opt_in
from perennial.messaging.dispatch import Due, dispatch
from perennial.people import erased, erasing, merging
from perennial.people.groups import Group
from perennial.people.identities import KNOWN, strongest_first
from perennial.people.resolving import resolve
from perennial.plan import Plan, plan_draft
from perennial.ports.data import TimelineItem
from perennial.ports.documents import CLAIMED_AT_ONCE
from perennial.ports.world import World
from perennial.times import stamp
from perennial.watching import watched

_log = logging.getLogger(__name__)
_TRIES = 30  # conflicts of one customer are settled here, never by failing the batch (rule 6)
_LONGEST_PAUSE = 0.2  # seconds
VISITOR_EVENTS = 200


@dataclass(frozen=True, slots=True)
class Failure:
    """An event that was not recorded, and why."""

    event: Event
    error: Exception


@dataclass(frozen=True, slots=True)
class _Written:
    """What is left to do once the documents are put: one call for all customers of the batch."""

    failures: list[Failure] = field(default_factory=list)
    items: dict[str, list[TimelineItem]] = field(default_factory=dict)
    watches: dict[str, dict[str, datetime]] = field(default_factory=dict)
    due: list[Due] = field(default_factory=list)


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
        written = _Written()
        left = self._under_double_opt_in(self._without_erased(events, written.failures))
        tries = conflicts = 0
        while left and tries < _TRIES:
            if tries:
                self._pause(random.uniform(0, min(_LONGEST_PAUSE, 0.01 * 2**tries)))  # noqa: S311 - jitter
            before = len(left)
            left = self._put_documents(left, written)
            tries = 0 if len(left) < before else tries + 1
            conflicts += bool(tries)
        self._world.timeline.add(written.items)
        if written.watches:
            self._world.watches.add(written.watches)
        if written.due:
            dispatch(self._world.send_queue, written.due)
        if conflicts:
            _log.info("documents written by others too", extra={"conflicts": conflicts})
        overtaken = [Failure(event, Conflict("others kept writing this customer")) for event in left]
        return written.failures + overtaken

    def _under_double_opt_in(self, events: Sequence[Event]) -> list[Event]:
        if not any("consent" in event.properties for event in events):
            return list(events)
        try:
            channels = self._world.shop().settings.double_opt_in
        except NotPublished:  # nothing is sent either
            channels = ()
        return [under_double_opt_in(event, channels) for event in events]

    def _without_erased(self, events: Sequence[Event], failures: list[Failure]) -> list[Event]:
        """The other events, once the requests to erase somebody are carried out: they come first, and leave no trace."""
        left = []
        for event in events:
            if event.name != Name.ERASE_REQUESTED or not event.trusted or not event.identities:
                left.append(event)
                continue
            try:
                erasing.erase(self._world, event)
            except Conflict as error:
                failures.append(Failure(event, error))
        return left

    def _put_documents(self, events: list[Event], written: _Written) -> list[Event]:
        """The events that have to be resolved and judged anew, because somebody else wrote their customer meanwhile."""
        resolution = resolve(events, self._world.documents, self._world.identity_keys)
        left: list[Event] = []
        if resolution.nobodys:
            _log.warning("events that lead to nobody", extra={"count": len(resolution.nobodys)})
        for guest in resolution.unfinished:
            self._finish(guest)
        for group in resolution.groups:
            kept = _without_forgotten(group)
            try:
                if len(kept) == len(group.events) and not self._erased(group) and not self._merged(group):
                    self._put_document(group, written)
                    if len(group.claims) <= CLAIMED_AT_ONCE:
                        continue  # else the rest is claimed in another round
            except Conflict:
                pass
            left += kept
        return left + resolution.waiting  # after those they wait for, so that nobody overtakes them

    def _finish(self, guest_id: str) -> None:
        try:
            merging.finish(self._world, guest_id)
        except Conflict:
            _log.info("a merge is being written by others too")

    def _erased(self, group: Group) -> bool:
        """Whether somebody was met whose erasure is not finished: the identities lead elsewhere now."""
        met = [each for each in group.merges if erasing.met(self._world, each)]
        if group.stored and erased.is_unfinished(group.stored):
            erasing.finish(self._world, group.customer_id)
            return True
        return bool(met)

    def _merged(self, group: Group) -> bool:
        """Whether documents were merged into this customer, so that what was read of it is out of date."""
        for guest_id, identities in group.merges.items():
            declared = guest_id in group.declared
            merging.merge(self._world, guest_id, group.customer_id, identities, declared=declared)
        for identity in group.shared:
            self._world.documents.share(identity, group.customer_id)
        return bool(group.merges)

    def _put_document(self, group: Group, written: _Written) -> None:
        customer = erased.taking_over(group.stored or new(group.customer_id), group.marks())
        known = self._known_on_timeline(customer)
        now = self._world.clock()
        unknown = ring.fresh(customer, group.events, known)
        fresh = [event for event in unknown if not timeline.is_too_old(event, now, self._kept_for)]
        room = _room(customer, group.events)
        draft, failures = _folded(customer, fresh[:room])
        if draft["ids"] != customer["ids"] or group.claims:
            ring.trim(draft, known)
            planned = self._plan(
                draft, now, may_postpone=any(each.name == Name.MESSAGE_SENT for each in fresh)
            )
            self._put(customer, planned.customer, group)
            written.due.extend(Due(group.customer_id, message) for message in planned.queue)
        if draft["identities"]:
            self._repoint(group)
        written.failures.extend(failures)
        left_out = {failure.event.id for failure in failures} | {event.id for event in fresh[room:]}
        kept = [event for event in group.events if event.id not in left_out]
        told = [timeline.item(event, self._kept_for) for event in kept]
        written.items.setdefault(group.customer_id, []).extend(told)
        if watches := watched(draft, self._telling(kept), now):
            written.watches.setdefault(group.customer_id, {}).update(watches)

    def _telling(self, events: Sequence[Event]) -> Sequence[Event]:
        """Those that may begin a watch: views only while a campaign tells of news, for most views cost nothing else.

        When one goes live, the pass over everybody finds them in the documents.
        """
        try:
            counts = self._world.shop().watched_since is not None
        except NotPublished:
            counts = False
        return events if counts else [each for each in events if each.name != Name.PRODUCT_VIEWED]

    def _known_on_timeline(self, customer: Customer) -> ring.Known:
        """On its own timeline, or on that of a document it absorbed, from which not everything may be copied yet."""
        places = [customer["id"], *customer.get("absorbed", [])]
        return lambda ids: {each for place in places for each in self._world.timeline.known(place, ids)}

    def _put(self, before: Customer, customer: Customer, group: Group) -> None:
        documents, keys = self._world.documents, self._world.identity_keys
        if merging.is_full(customer):
            own = map(keys.as_stored, group.identities() - group.shared)
            merging.note_left_out(self._world, customer, {*merging.stored_identities(before, keys), *own})
        if group.claims:
            documents.claim(customer, strongest_first(group.claims)[:CLAIMED_AT_ONCE], group.marks())
        else:
            documents.save(customer)

    def _repoint(self, group: Group) -> None:
        """Once the document holds it: so whatever becomes of that one finds all that leads there."""
        for identity, (holder, at) in group.repoints.items():
            stored = self._world.identity_keys.as_stored(identity)
            self._world.documents.point(stored, holder, group.customer_id, at or None)

    def _plan(self, draft: Customer, now: datetime, *, may_postpone: bool) -> Plan:
        """may_postpone: a message is settled, and the sweep would look at its lease only to move `wake_at` itself."""
        try:
            return plan_draft(draft, self._world.shop(), now, may_postpone=may_postpone, may_settle=False)
        except NotPublished:  # the event is kept all the same; the sweep looks at it once there is a shop
            draft["wake_at"] = stamp(now)
            return Plan(draft, Decision(), changed=True)


def _without_forgotten(group: Group) -> list[Event]:
    """Its events, as far as their customer was not erased after they were received."""
    stored = group.stored
    return [event for event in group.events if stored is None or not erased.is_forgotten(stored, event)]


def _room(customer: Customer, events: Sequence[Event]) -> int:
    """How many more events the document takes: a visitor's is bounded, for anybody can send events of visitors."""
    is_visitor = is_anonymous(customer) and not any(
        identity.kind in KNOWN for event in events for identity in event.identities
    )
    return max(0, VISITOR_EVENTS - customer.get("events", 0)) if is_visitor else len(events)


def _folded(customer: Customer, events: Sequence[Event]) -> tuple[Customer, list[Failure]]:
    draft, failed = apply_all(customer, events)
    for event, error in failed:
        extra = {"event_id": event.id, "event_name": event.name, "error": type(error).__name__}
        _log.error("an event cannot be folded", extra=extra)  # the error's text may hold personal data
    return draft, [Failure(*each) for each in failed]
