"""Suppression: the address bounced, or its owner complained. Nothing passes, transactional or not."""

from __future__ import annotations

from perennial.deciding.verdicts import Finding, Verdict
from perennial.folding.feedback import suppression
from perennial.gates.case import Case


def check(case: Case) -> Finding | None:
    suppressed = suppression(case.customer, case.channel)
    if suppressed is None:
        return None
    return Finding(Verdict.SUPPRESSED, {"channel": case.channel, **suppressed})
