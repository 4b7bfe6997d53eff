"""The audience: the marketer's condition on the customer, asked again before each message."""

from __future__ import annotations

from perennial.gates.case import Case
from perennial.verdicts import Finding, Verdict


def check(case: Case) -> Finding | None:
    if case.look.holds(case.campaign.audience, case.facts):
        return None
    return Finding(Verdict.OUTSIDE_AUDIENCE)
