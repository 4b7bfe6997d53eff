"""Send-by: a message that comes too late is worse than none."""

from __future__ import annotations

from perennial.deciding.verdicts import Finding, Verdict
from perennial.gates.case import Case
from perennial.times import stamp


def check(case: Case) -> Finding | None:
    if case.now < case.send_by:
        return None
    return Finding(Verdict.PAST_SEND_BY, {"due_at": stamp(case.due_at), "send_by": stamp(case.send_by)})
