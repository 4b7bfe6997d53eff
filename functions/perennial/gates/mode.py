"""A campaign in draft writes to nobody."""

from __future__ import annotations

from perennial.campaigns import Mode
from perennial.deciding.verdicts import Finding, Verdict
from perennial.gates.case import Case


def check(case: Case) -> Finding | None:
    if case.campaign.mode == Mode.DRAFT:
        return Finding(Verdict.NOT_TRIGGERED, {"why": "the campaign is a draft"})
    return None
