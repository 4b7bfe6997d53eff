"""Who gets the free slots of the frequency caps, when several messages want to go at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from perennial.deciding.moves import Send
from perennial.deciding.verdicts import Finding, Verdict
from perennial.gates.frequency_cap import slot_opens, taken
from perennial.times import stamp

PACE = timedelta(minutes=1)  # the sweep runs each minute


def arbitrate(wishes: list[Send], now: datetime, budget: int | None) -> Iterator[tuple[Send, Finding]]:
    """A finding for each wish, PLANNED for those that may go: highest priority first, then earliest send_by, then id.

    The others are deferred, never dropped: outranked until their channel's slot opens, or paced by the sending budget.
    """
    slots: dict[str, list[datetime]] = {}
    winner: dict[str, str] = {}
    for wish in sorted(wishes, key=_rank):
        case = wish.case
        times = slots.setdefault(case.channel, taken(case.customer, case.channel, case.message_id, now))
        cap = case.shop.settings.caps.get(case.channel)
        capped = cap is not None and not case.campaign.transactional
        opens = slot_opens(times, cap, now) if capped and cap else None
        if opens is not None:
            opens = min(opens, case.send_by)
            facts = {"campaign": winner.get(case.channel, ""), "until": stamp(opens)}
            yield wish, Finding(Verdict.OUTRANKED_BY, facts, until=opens)
        elif budget is not None and budget <= 0:
            until = min(now + PACE, case.send_by)
            yield wish, Finding(Verdict.PACED_UNTIL, {"until": stamp(until)}, until=until)
        else:
            budget = None if budget is None else budget - 1
            if capped:
                times.append(now)
                winner[case.channel] = case.campaign.id
            facts = {"step": case.step.id, "channel": case.channel, **case.facts}
            yield wish, Finding(Verdict.PLANNED, facts)


def _rank(wish: Send) -> tuple[int, datetime, str]:
    return -wish.case.campaign.priority, wish.case.send_by, wish.case.campaign.id
