"""Frequency cap: at most so many marketing messages of a channel within so many hours, planned ones included."""

from __future__ import annotations

from datetime import datetime, timedelta

from perennial.customer import Customer
from perennial.deciding.verdicts import Finding, Verdict
from perennial.gates.case import Case
from perennial.messaging.outbox import WENT_OUT, Status
from perennial.shop import Cap
from perennial.times import moment, stamp


def check(case: Case) -> Finding | None:
    cap = case.shop.settings.caps.get(case.channel)
    if case.campaign.transactional or cap is None:
        return None
    opens = slot_opens(taken(case.customer, case.channel, case.message_id, case.now), cap, case.now)
    if opens is None:
        return None
    facts = {"until": stamp(opens), "messages": cap.messages, "hours": cap.hours}
    return Finding(Verdict.CAPPED_UNTIL, facts, until=opens)


def taken(customer: Customer, channel: str, message_id: str, now: datetime) -> list[datetime]:
    """When the slots of a channel were taken, oldest first; what is under way takes its slot now.

    Before it is planned a message yields to all planned ones; once planned it holds its slot, and yields only to what is
    being sent.
    """
    out = [
        moment(settled["at"])
        for settled in customer["settled"]
        if settled["channel"] == channel and settled["marketing"] and settled["status"] in WENT_OUT
    ]
    is_planned = message_id in customer["outbox"]
    under_way = [
        now
        for message, entry in customer["outbox"].items()
        if message != message_id
        and entry["channel"] == channel
        and entry["marketing"]
        and (entry["status"] == Status.SENDING or not is_planned)
    ]
    return sorted(out) + under_way


def slot_opens(times: list[datetime], cap: Cap, now: datetime) -> datetime | None:
    """When the next message fits, None when it fits now."""
    window = timedelta(hours=cap.hours)
    within = [at for at in times if at + window > now]
    if len(within) < cap.messages:
        return None
    return within[len(within) - cap.messages] + window
