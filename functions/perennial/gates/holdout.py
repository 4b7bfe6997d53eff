"""Holdout: some get nothing, so that the effect can be measured by what they do anyway."""

from __future__ import annotations

from perennial.campaigns import HOLDOUT
from perennial.deciding.verdicts import Finding, Verdict
from perennial.gates.case import Case


def check(case: Case) -> Finding | None:
    if case.variant != HOLDOUT or case.campaign.transactional:
        return None
    return Finding(Verdict.HELD_OUT, {"variant": HOLDOUT})
