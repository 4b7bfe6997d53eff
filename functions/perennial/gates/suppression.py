"""Suppression: the address bounced, or its owner complained. Nothing passes, transactional or not."""

from __future__ import annotations

from perennial.feedback import suppression
from perennial.gates.case import Case
from perennial.verdicts import Finding, Verdict


def check(case: Case) -> Finding | None:
    suppressed = suppression(case.customer, case.channel)
    if suppressed is None:
        return None
    return Finding(Verdict.SUPPRESSED, {"channel": case.channel, **suppressed})
