"""A customer as they were at an earlier time: the timeline until then, folded again, and what was sent by then."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from perennial.apply import fold
from perennial.customer import Customer, copied, new
from perennial.deciding.verdicts import Verdict
from perennial.events import Event
from perennial.folding import orders
from perennial.messaging.messages import Enrollment, Settled
from perennial.messaging.outbox import Status
from perennial.ports.data import TimelineItem
from perennial.refolding import tellings
from perennial.times import moment, stamp

_AT_ONCE = frozenset({"joined", Verdict.HELD_OUT.value})  # why an enrollment was over as it was entered


def as_of(customer: Customer, items: Iterable[TimelineItem], at: datetime) -> Customer:
    """From the customer as they are now, and all items of their timeline. Pure.

    Visits older than the timeline keeps are missing from it. Who they are is taken as it is known now.
    """
    until = stamp(at)
    known = [item for item in items if item["received_at"] <= until]
    draft = new(customer["id"])
    draft["identities"] = copied(customer)["identities"]
    for item in known:
        fold(draft, _event(item))
    orders.refold(draft, [telling for item in known for telling in tellings(item)])
    for field in ("email", "phone"):
        if field not in draft["traits"] and field in customer["traits"]:
            draft["traits"][field] = customer["traits"][field]
    draft["version"] = customer["version"]
    return _with_messages(draft, copied(customer), until)


def _event(item: TimelineItem) -> Event:
    return Event(
        id=item["id"],
        name=item["name"],
        occurred_at=moment(item["occurred_at"]),
        received_at=moment(item["received_at"]),
        source=item["source"],
        trusted=item.get("trusted", True),
        identities=(),
        properties=item["properties"],
        sent_at=None,
    )


def _with_messages(draft: Customer, now: Customer, until: str) -> Customer:
    """What had been sent and entered by then; a message that was on its way counts as not yet planned.

    What a campaign remembered before its newest occurrence nobody knows any more.
    """
    draft["settled"] = [settled for settled in now["settled"] if settled["at"] <= until]
    for campaign, inside in now["enrollments"].items():
        entered = {
            subject: _back(each, _of(draft, campaign, subject), until) for subject, each in inside.items()
        }
        known = {subject: each for subject, each in entered.items() if each is not None}
        if known:
            draft["enrollments"][campaign] = known
    return draft


def _of(customer: Customer, campaign: str, subject: str) -> list[Settled]:
    return [
        each for each in customer["settled"] if (each["campaign"], each["subject"]) == (campaign, subject)
    ]


def _back(enrollment: Enrollment, settled: Iterable[Settled], until: str) -> Enrollment | None:
    """The enrollment as it was, by the messages that were settled by then; that it ended later is found anew."""
    if enrollment["entered_at"] > until:
        return None
    if "held_at" in enrollment or enrollment.get("reason") in _AT_ONCE:
        return enrollment
    steps = [each for each in settled if each["key"] == enrollment["key"]]
    if not steps:
        return None
    last = steps[-1]
    if enrollment["state"] == "ended" and enrollment.get("outcome") == Status.SKIPPED:
        return enrollment  # a first message that was skipped ended it
    before = Enrollment(
        **{
            **enrollment,
            "state": "waiting",
            "step": last["step"],
            "settled_at": last["at"],
            "outcome": last["status"],
        }
    )
    before.pop("reason", None)
    return before
