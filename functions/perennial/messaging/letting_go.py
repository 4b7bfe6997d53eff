"""What was let go because it came too late: past its `send_by`, as each campaign says, and never sent after that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from perennial.customer import Customer
from perennial.decide import decide
from perennial.deciding.verdicts import Verdict
from perennial.messaging.outbox import Status
from perennial.shop import Shop
from perennial.times import stamp

_TOO_LATE = frozenset({"expired", Verdict.PAST_SEND_BY.value})


def let_go(customer: Customer, shop: Shop, since: datetime, now: datetime) -> Iterator[tuple[str, str]]:
    """(campaign, stamp) of each message whose time ran out after `since`.

    A message that was never planned leaves no trace of its own: it is found by deciding, and has the stamp of its `send_by`.
    One that was planned, and a later step, have that of the moment at which they were let go.
    """
    earliest, at = stamp(since), stamp(now)
    for campaign, finding in decide(customer, shop, now).findings.items():
        if finding.verdict is Verdict.PAST_SEND_BY and earliest < finding.facts["send_by"] <= at:
            yield campaign, finding.facts["send_by"]
    for message in customer["settled"]:
        if (
            message["status"] == Status.SKIPPED
            and message.get("reason") in _TOO_LATE
            and message["at"] > earliest
        ):
            yield message["campaign"], message["at"]
    for campaign, inside in customer["enrollments"].items():
        for enrollment in inside.values():
            if (at_last := enrollment.get("let_go_at", "")) > earliest:
                yield campaign, at_last
