"""`plan`: carry out what was decided, on the document. One function for `record`, the sweep and every later pass.

Pure. The caller puts the document on condition of its version, and only then queues what the plan says; if it dies in
between, the lease in the outbox entry makes the sweep queue it again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from perennial.customer import Customer, copied
from perennial.decide import Decision, decide
from perennial.deciding import enrolling
from perennial.deciding.moves import Cancel, End, Hold, Move, Send, Skip
from perennial.deciding.remembering import remembering
from perennial.insight import referrals
from perennial.insight.lifecycle import reclassify
from perennial.messaging import outbox
from perennial.messaging.messages import Enrollment, Planned
from perennial.messaging.outbox import ENQUEUES, Status
from perennial.shop import Shop
from perennial.times import stamp

_ROUNDS = 25  # far more than any customer needs; a bound all the same


@dataclass(slots=True)
class Plan:
    """customer: as it should be put. changed: whether it must be. queue: message ids to send to the queue afterwards.

    decision: the last one, with nothing left to do. undeliverable: message ids given up after too many enqueues (an alarm).
    expired: those let go past their send_by. unconfirmed: those of which nobody knows whether they went out.
    """

    customer: Customer
    decision: Decision
    queue: list[str] = field(default_factory=list)
    changed: bool = False
    undeliverable: list[str] = field(default_factory=list)
    expired: list[str] = field(default_factory=list)
    unconfirmed: list[str] = field(default_factory=list)


def plan(
    customer: Customer,
    shop: Shop,
    now: datetime,
    *,
    budget: int | None = None,
    may_postpone: bool = True,
    may_settle: bool = True,
) -> Plan:
    """Settle what time has settled, decide, put what is due into the outbox, set `wake_at`.

    budget: messages that may be queued, None for any number. may_postpone: False for `record`, which only ever moves
    `wake_at` earlier or clears it (moving an index key costs two writes; the sweep does it once for all). may_settle: True
    for the sweep alone, which counts what time has settled; a timer that has run out brings it.
    """
    draft = copied(customer)
    planned = plan_draft(draft, shop, now, budget=budget, may_postpone=may_postpone, may_settle=may_settle)
    planned.changed = planned.customer != customer
    return planned


def plan_draft(
    draft: Customer,
    shop: Shop,
    now: datetime,
    *,
    budget: int | None = None,
    may_postpone: bool = True,
    may_settle: bool = True,
) -> Plan:
    """The same on the document itself, which is to be put in any case."""
    planned = plan_in_place(draft, shop, now, budget, may_settle=may_settle)
    wake_at = next_look(draft, planned.decision.wake)
    if not may_postpone and wake_at and draft["wake_at"]:
        wake_at = min(wake_at, draft["wake_at"])
    draft["wake_at"] = wake_at
    planned.changed = True
    return planned


def plan_in_place(
    draft: Customer, shop: Shop, now: datetime, budget: int | None = None, *, may_settle: bool = True
) -> Plan:
    """The same on the document itself, without its `wake_at`: for many looks at a customer who does nothing meanwhile."""
    planned = Plan(draft, Decision())
    if may_settle:
        _settle_timers(planned, shop, now, budget)
    with remembering(draft):
        reclassify(draft, shop, now)
        referrals.note(draft, shop.settings)
        _decide(planned, shop, now, budget)
    _remember(planned)
    return planned


def _decide(planned: Plan, shop: Shop, now: datetime, budget: int | None) -> None:
    """Until there is nothing left to do: one message taken makes room for another reason, or takes it."""
    before = None
    for _ in range(_ROUNDS):
        left = None if budget is None else budget - len(planned.queue)
        before = planned.decision = decide(planned.customer, shop, now, left, before=before)
        if not planned.decision.moves:
            break
        for move in planned.decision.moves:
            _carry_out(planned, move, now)


def next_look(customer: Customer, decision: datetime | None) -> str | None:
    """`wake_at`: the earliest of the outbox timers, whatever waits, and the next decision: none wipes another."""
    stamps = list(outbox.timers(customer))
    if at := referrals.look_at(customer):
        stamps.append(at)
    if "erasing" in customer:
        stamps.append(customer["erasing"]["look_at"])
    if decision is not None:
        stamps.append(stamp(decision))
    return min(stamps, default=None)


def _settle_timers(planned: Plan, shop: Shop, now: datetime, budget: int | None) -> None:
    """What became of messages that nobody settled: expired, undeliverable, in doubt, or to be queued once more (rule 9)."""
    draft, at = planned.customer, stamp(now)
    for message, entry in list(draft["outbox"].items()):
        if entry["status"] == Status.SENDING:
            if entry["doubt_until"] <= at:
                _end_doubt(planned, message, entry, shop, now, budget)
        elif entry["send_by"] <= at:
            outbox.settle(draft, message, Status.SKIPPED, now, reason="expired")
            planned.expired.append(message)
        elif entry["retry_at"] <= at:
            _queue_again(planned, message, entry, shop, now, budget)


def _end_doubt(
    planned: Plan, message: str, entry: Planned, shop: Shop, now: datetime, budget: int | None
) -> None:
    """Unconfirmed for good; only what its campaign says may come twice is sent again, a day later (rule 14)."""
    campaign, draft = shop.campaigns.get(entry["campaign"]), planned.customer
    may_resend = campaign is not None and campaign.on_doubt_resend and not entry["marketing"]
    if may_resend and entry["channel"] == "email" and stamp(now) < entry["send_by"]:
        if outbox.doubt_longer(entry):
            return
        outbox.take_back(draft, message, now)
        _queue_again(planned, message, entry, shop, now, budget)
    else:
        outbox.settle(draft, message, Status.UNCONFIRMED, now, reason="no answer from the provider")
        planned.unconfirmed.append(message)


def _queue_again(
    planned: Plan, message: str, entry: Planned, shop: Shop, now: datetime, budget: int | None
) -> None:
    if entry["enqueues"] >= ENQUEUES:
        outbox.settle(planned.customer, message, Status.SKIPPED, now, reason="undeliverable")
        planned.undeliverable.append(message)
    elif not shop.is_paused(entry["campaign"]) and (budget is None or len(planned.queue) < budget):
        outbox.enqueue(entry, now)
        planned.queue.append(message)


def _carry_out(planned: Plan, move: Move, now: datetime) -> None:
    enrollments = planned.customer["enrollments"]
    match move:
        case Send():
            enrolling.send(planned.customer, move, now)
            planned.queue.append(move.case.message_id)
        case Hold():
            enrolling.hold(planned.customer, move, now)
        case Skip(campaign, subject, step, reason):
            enrolling.skip(enrollments[campaign][subject], step.id, reason, now)
        case Cancel(message, reason):
            entry = planned.customer["outbox"][message]
            outbox.settle(planned.customer, message, Status.SKIPPED, now, reason=reason)
            _end(enrollments[entry["campaign"]][entry["subject"]], reason)
        case End(campaign, subject, reason):
            _end(enrollments[campaign][subject], reason)


def _remember(planned: Plan) -> None:
    """What a later look has to know of those who wait: when they were told it would be, and which way they went."""
    for note in planned.decision.notes:
        enrollment = planned.customer["enrollments"][note.campaign][note.subject]
        enrollment["awaits"] = note.awaits
        if note.turns:
            enrollment["turns"] = dict(note.turns)


def _end(enrollment: Enrollment, reason: str) -> None:
    enrollment["state"], enrollment["reason"] = "ended", reason
