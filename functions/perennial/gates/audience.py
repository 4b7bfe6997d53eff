"""The audience: the marketer's condition on the customer, asked again before each message."""

from __future__ import annotations

from perennial.conditions import holds
from perennial.gates.case import Case
from perennial.profile import profile
from perennial.verdicts import Finding, Verdict


def check(case: Case) -> Finding | None:
    if case.campaign.audience is None:
        return None
    names = {"customer": profile(case.customer, case.shop.settings.currency), "event": case.facts}
    if holds(case.campaign.audience, names):
        return None
    return Finding(Verdict.OUTSIDE_AUDIENCE)
