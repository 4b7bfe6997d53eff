"""The audience: the marketer's condition on the customer, asked again before each message."""

from __future__ import annotations

from perennial.deciding.verdicts import Finding, Verdict
from perennial.gates.case import Case


def check(case: Case) -> Finding | None:
    if case.look.holds(case.campaign.audience, case.facts):
        return None
    return Finding(Verdict.OUTSIDE_AUDIENCE)
