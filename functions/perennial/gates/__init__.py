"""Rules that can refuse or delay a message: one file per rule, asked in one order, when planned and once more when sent.

A gate gets a `Case` and answers None (pass), a final Finding, or a Finding with `until` (look again then).
"""

from __future__ import annotations

from dataclasses import replace

from perennial.deciding.verdicts import Finding
from perennial.gates import (
    address,
    audience,
    consent,
    exits,
    frequency_cap,
    holdout,
    kill_switch,
    mode,
    quiet_hours,
    send_by,
    suppression,
)
from perennial.gates.case import Case, Gate

GATES: tuple[Gate, ...] = (
    kill_switch.check,
    mode.check,
    exits.check,
    audience.check,
    holdout.check,
    suppression.check,
    consent.check,
    address.check,
    send_by.check,
    quiet_hours.check,
    frequency_cap.check,
)


def judge(case: Case, *, passing: Gate | None = None) -> Finding | None:
    """The first refusal or delay, in the order of the rules; None when the message may go.

    A delay never passes `send_by`: there it is looked at again and refused. passing: a gate that is not asked.
    """
    for gate in GATES:
        finding = gate(case) if gate is not passing else None
        if finding is not None:
            late = finding.until is not None and finding.until > case.send_by
            return replace(finding, until=case.send_by) if late else finding
    return None
