"""The kill switch: an operator holds back one campaign, or everything."""

from __future__ import annotations

from datetime import timedelta

from perennial.deciding.verdicts import Finding, Verdict
from perennial.gates.case import Case

LOOK_AGAIN = timedelta(minutes=10)


def check(case: Case) -> Finding | None:
    """Final for a message already planned; before that the customer is looked at again after ten minutes."""
    if not case.shop.is_paused(case.campaign.id):
        return None
    planned = case.message_id in case.customer["outbox"]
    until = None if planned else case.now + LOOK_AGAIN
    return Finding(Verdict.SKIPPED_BECAUSE, {"reason": "kill_switch"}, until=until)
