"""`plan`: carry out what was decided, on the document. One function for `record`, the sweep and every later pass.

Pure. The caller puts the document on condition of its version, and only then queues what the plan says; if it dies in
between, the lease in the outbox entry makes the sweep queue it again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from perennial import outbox
from perennial.customer import Customer, Enrollment, Planned, copied
from perennial.decide import Decision, decide
from perennial.lifecycle import reclassify
from perennial.moves import Cancel, End, Move, Send, Skip
from perennial.outbox import ENQUEUES, Status
from perennial.shop import Shop
from perennial.steps import PLAIN
from perennial.times import stamp
from perennial.triggers.occurrence import Occurrence

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
    customer: Customer, shop: Shop, now: datetime, *, budget: int | None = None, may_postpone: bool = True
) -> Plan:
    """Settle what time has settled, decide, put what is due into the outbox, set `wake_at`.

    budget: messages that may be queued, None for any number. may_postpone: False for `record`, which only ever moves
    `wake_at` earlier or clears it (moving an index key costs two writes; the sweep does it once for all).
    """
    planned = Plan(copied(customer), Decision())
    _settle_timers(planned, shop, now, budget)
    reclassify(planned.customer, shop, now)
    for _ in range(_ROUNDS):
        left = None if budget is None else budget - len(planned.queue)
        planned.decision = decide(planned.customer, shop, now, left)
        if not planned.decision.moves:
            break
        for move in planned.decision.moves:
            _carry_out(planned, move, now)
    wake_at = next_look(planned.customer, planned.decision.wake)
    if not may_postpone and wake_at and customer["wake_at"]:
        wake_at = min(wake_at, customer["wake_at"])
    planned.customer["wake_at"] = wake_at
    planned.changed = planned.customer != customer
    return planned


def next_look(customer: Customer, decision: datetime | None) -> str | None:
    """`wake_at`: the earliest of the outbox timers, an erasure under way and the next decision: none can wipe another."""
    stamps = list(outbox.timers(customer))
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
            _send(planned, move, now)
        case Skip(campaign, subject, step, _):
            enrollment = enrollments[campaign][subject]
            enrollment["step"], enrollment["outcome"] = step.id, Status.SKIPPED
            enrollment["settled_at"] = stamp(now)
        case Cancel(message, reason):
            entry = planned.customer["outbox"][message]
            outbox.settle(planned.customer, message, Status.SKIPPED, now, reason=reason)
            _end(enrollments[entry["campaign"]][entry["subject"]], reason)
        case End(campaign, subject, reason):
            _end(enrollments[campaign][subject], reason)


def _end(enrollment: Enrollment, reason: str) -> None:
    enrollment["state"], enrollment["reason"] = "ended", reason


def _send(planned: Plan, move: Send, now: datetime) -> None:
    case, draft = move.case, planned.customer
    products = list(
        dict.fromkeys(_products(move.occurrence) + [p for each in move.joined for p in _products(each)])
    )
    facts = {**move.occurrence.facts, "products": products}
    entry = Planned(
        campaign=case.campaign.id,
        subject=case.subject,
        key=move.occurrence.key,
        step=case.step.id,
        variant=PLAIN,
        channel=case.channel,
        status=Status.QUEUED,
        planned_at=stamp(now),
        due_at=stamp(case.due_at),
        send_by=stamp(case.send_by),
        enqueues=0,
        retry_at=stamp(now),
        marketing=not case.campaign.transactional,
        facts=facts,
    )
    outbox.enqueue(entry, now)
    draft["outbox"][case.message_id] = entry
    planned.queue.append(case.message_id)
    _enter(draft, move, facts, now)


def _products(occurrence: Occurrence) -> list[str]:
    return list(occurrence.facts.get("products", []))


def _enter(draft: Customer, move: Send, facts: dict[str, object], now: datetime) -> None:
    """Remember it before anybody can send it: the enrollment is what prevents planning twice (rule 3)."""
    case = move.case
    inside = draft["enrollments"].setdefault(case.campaign.id, {})
    held = inside.get(case.subject)
    if held is not None and held["key"] == move.occurrence.key:
        held["step"], held["state"] = case.step.id, "planned"
        return
    inside[case.subject] = _enrollment(move.occurrence, case.step.id, "planned", facts, now, held)
    for each in move.joined:
        joined = _enrollment(each, case.step.id, "ended", each.facts, now, inside.get(each.subject))
        joined["reason"] = "joined"
        inside[each.subject] = joined


def _enrollment(
    occurrence: Occurrence,
    step: str,
    state: str,
    facts: dict[str, object],
    now: datetime,
    before: Enrollment | None,
) -> Enrollment:
    entered = Enrollment(
        key=occurrence.key,
        since=occurrence.since,
        moment=stamp(occurrence.moment),
        entered_at=stamp(now),
        variant=PLAIN,
        step=step,
        state=state,
        facts=facts,
    )
    if before and "first_sent_at" in before:
        entered["first_sent_at"] = before["first_sent_at"]
    return entered
