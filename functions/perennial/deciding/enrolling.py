"""Entering a campaign, and going on to its next message: what is written into the document then."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from perennial.campaigns import Mode
from perennial.customer import Customer
from perennial.deciding.moves import Hold, Send
from perennial.deciding.verdicts import Verdict
from perennial.messaging import outbox
from perennial.messaging.messages import Enrollment, Planned, Trial
from perennial.messaging.outbox import Status
from perennial.times import stamp
from perennial.triggers.occurrence import Occurrence

SUBJECTS_KEPT = 60  # products of which one campaign remembers that it spoke of them


def send(draft: Customer, move: Send, now: datetime) -> None:
    """Put the message into the outbox, and remember it before anybody can send it.

    The enrollment is what prevents planning twice (rule 3).
    """
    case, facts = move.case, _facts(move)
    entry = Planned(
        campaign=case.campaign.id,
        subject=case.subject,
        key=move.occurrence.key,
        step=case.step.id,
        variant=case.variant,
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
    held = draft["enrollments"].get(case.campaign.id, {}).get(case.subject)
    if held is not None and held["key"] == move.occurrence.key:
        _go_on(held, case.step.id)
        held["state"] = "planned"
    else:
        _enter(draft, move, facts, now)["state"] = "planned"


def hold(draft: Customer, move: Hold, now: datetime) -> None:
    """Enter without a message; like those who get it, they do not enter again within `once_per`."""
    entered = _enter(draft, move, _facts(move), now)
    entered["reason"] = Verdict.HELD_OUT.value
    if move.case.campaign.mode is not Mode.LIVE:
        return  # nobody gets anything yet, so nobody was kept from it either
    entered["held_at"] = stamp(now)
    for each in move.joined:
        draft["enrollments"][move.case.campaign.id][each.subject]["held_at"] = stamp(now)


def skip(enrollment: Enrollment, step_id: str, reason: str, now: datetime) -> None:
    """On, as if that step had been settled now."""
    _go_on(enrollment, step_id)
    enrollment["outcome"], enrollment["settled_at"] = Status.SKIPPED.value, stamp(now)
    if reason == Verdict.PAST_SEND_BY:
        enrollment["let_go_at"] = stamp(now)


def _go_on(enrollment: Enrollment, step_id: str) -> None:
    enrollment["step"] = step_id
    enrollment.pop("awaits", None)
    enrollment.pop("turns", None)  # where they went is told by the step they came to


def _facts(move: Send | Hold) -> dict[str, Any]:
    """Of the occurrence, with the products of those that join it."""
    products = [
        product for each in (move.occurrence, *move.joined) for product in each.facts.get("products", [])
    ]
    return {**move.occurrence.facts, "products": list(dict.fromkeys(products))}


def _enter(draft: Customer, move: Send | Hold, facts: dict[str, Any], now: datetime) -> Enrollment:
    campaign = move.case.campaign
    if campaign.experiment is not None and campaign.mode is Mode.LIVE:
        trial = Trial(variant=move.case.variant, at=stamp(now))
        draft.setdefault("trials", {}).setdefault(campaign.id, trial)  # it counts from the first entry
    inside = draft["enrollments"].setdefault(campaign.id, {})
    entered = _enrollment(move, move.occurrence, facts, now, inside.get(move.case.subject))
    inside[move.case.subject] = entered
    for each in move.joined:
        joined = _enrollment(move, each, each.facts, now, inside.get(each.subject))
        joined["reason"] = "joined"
        inside[each.subject] = joined
    forget_oldest(inside, {move.case.subject, *(each.subject for each in move.joined)})
    return entered


def forget_oldest(inside: dict[str, Enrollment], entered_now: Collection[str] = ()) -> None:
    """Keep the document bounded: of a campaign's subjects those are let go that ended and were entered longest ago.

    What they were about is long past its `send_by` by then, so it is not entered again.
    """
    if len(inside) <= SUBJECTS_KEPT:
        return
    ended = [
        subject
        for subject, each in inside.items()
        if each["state"] == "ended" and subject and subject not in entered_now
    ]
    ended.sort(key=lambda subject: (inside[subject]["entered_at"], inside[subject]["moment"], subject))
    for subject in ended[: len(inside) - SUBJECTS_KEPT]:
        del inside[subject]


def _enrollment(
    move: Send | Hold, occurrence: Occurrence, facts: dict[str, Any], now: datetime, before: Enrollment | None
) -> Enrollment:
    entered = Enrollment(
        key=occurrence.key,
        since=occurrence.since,
        moment=stamp(occurrence.moment),
        entered_at=stamp(now),
        variant=move.case.variant,
        step=move.case.step.id,
        state="ended",
        facts=facts,
    )
    if before and "first_sent_at" in before:
        entered["first_sent_at"] = before["first_sent_at"]
    if before and "held_at" in before:
        entered["held_at"] = before["held_at"]
    return entered
