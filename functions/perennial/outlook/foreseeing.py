"""One customer's next days: `plan` at every moment at which something may happen, and each message taken as sent.

Pure, on a copy of the document. Nobody orders, views or answers anything: it is what the shop would do by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from perennial.campaigns import Mode
from perennial.customer import Customer, copied, is_anonymous
from perennial.deciding.verdicts import Finding, Verdict
from perennial.insight import rfm
from perennial.messaging import outbox
from perennial.messaging.messages import Planned
from perennial.messaging.outbox import Status
from perennial.plan import plan
from perennial.shop import Shop
from perennial.times import moment, zone_of

NIGHT = time(2, 30)  # when the nightly pass moves groups, in the shop's zone
MOST_LOOKS = 1000  # at one customer; far more than any sensible campaign needs
_STEP = timedelta(minutes=1)  # the sweep runs each minute


@dataclass(frozen=True, slots=True)
class Message:
    """One that would go. customer: the document at that time. is_trial: its campaign is in dry run, so nobody gets it."""

    at: datetime
    id: str
    entry: Planned
    customer: Customer
    is_trial: bool


@dataclass(slots=True)
class Foreseen:
    """What would happen to one customer. verdicts: all that were given, by campaign.

    outranked_by: by campaign the others that took its slot. customer: the document in the end.
    """

    customer: Customer
    messages: list[Message] = field(default_factory=list)
    verdicts: dict[str, set[Verdict]] = field(default_factory=dict)
    outranked_by: dict[str, set[str]] = field(default_factory=dict)


def foresee(customer: Customer, shop: Shop, now: datetime, end: datetime) -> Foreseen:
    """From `now` until `end`, both included. Nobody anonymous, erased or merged has an outlook."""
    draft = copied(customer)
    found = Foreseen(draft)
    if is_anonymous(customer) or "merged_into" in customer or "erasing" in customer:
        return found
    _send(found, draft, [each for each, entry in draft["outbox"].items() if _is_queued(entry)], shop, now)
    for _ in range(MOST_LOOKS):
        planned = plan(draft, shop, now)
        draft = planned.customer
        winners = {draft["outbox"][message]["campaign"] for message in planned.queue}
        for campaign, finding in planned.decision.findings.items():
            _note(found, campaign, finding, winners)
        _send(found, draft, planned.queue, shop, now)
        looks = [each for each in _looks(draft, shop, now) if each <= end]
        if not looks:
            break
        now = max(min(looks), now + _STEP)
    found.customer = draft
    return found


def _is_queued(entry: Planned) -> bool:
    return entry["status"] == Status.QUEUED


def _looks(customer: Customer, shop: Shop, now: datetime) -> Iterator[datetime]:
    """When something may happen next: the sweep's, and the night's that follows a turn of the group."""
    if customer["wake_at"]:
        yield moment(customer["wake_at"])
    turn = rfm.next_turn(customer, shop.tables.rfm, now)
    if turn is not None:
        local = turn.astimezone(zone_of(shop.settings.timezone))
        night = local.replace(hour=NIGHT.hour, minute=NIGHT.minute, second=0, microsecond=0)
        yield night if night >= local else night + timedelta(days=1)


def _note(found: Foreseen, campaign: str, finding: Finding, winners: set[str]) -> None:
    """Capped by what was planned at this very look is outranked by it: after it, only the cap is seen."""
    verdict = finding.verdict
    if verdict == Verdict.OUTRANKED_BY:
        winners = {finding.facts["campaign"]}
    elif verdict == Verdict.CAPPED_UNTIL and winners:
        verdict = Verdict.OUTRANKED_BY
    if verdict == Verdict.OUTRANKED_BY:
        found.outranked_by.setdefault(campaign, set()).update(winners)
    found.verdicts.setdefault(campaign, set()).add(verdict)


def _send(found: Foreseen, draft: Customer, messages: list[str], shop: Shop, now: datetime) -> None:
    for message in messages:
        entry = draft["outbox"][message]
        campaign = shop.campaigns.get(entry["campaign"])
        is_trial = campaign is None or campaign.mode != Mode.LIVE
        found.messages.append(Message(now, message, entry, draft, is_trial))
        if is_trial:
            outbox.settle(draft, message, Status.SKIPPED, now, reason=str(Mode.DRY_RUN))
        else:
            outbox.settle(draft, message, Status.SENT, now)
            found.verdicts.setdefault(entry["campaign"], set()).add(Verdict.SENT)
