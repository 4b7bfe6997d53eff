"""Rules that can refuse or delay a message: one file per rule, asked in one order, when planned and once more when sent.

A gate gets a `Case` and answers None (pass), a final Finding, or a Finding with `until` (look again then).
"""

from __future__ import annotations

from perennial.gates import (
    address,
    audience,
    consent,
    exits,
    frequency_cap,
    kill_switch,
    mode,
    quiet_hours,
    send_by,
    suppression,
)
from perennial.gates.case import Case, Gate
from perennial.verdicts import Finding

GATES: tuple[Gate, ...] = (
    kill_switch.check,
    mode.check,
    exits.check,
    audience.check,
    suppression.check,
    consent.check,
    address.check,
    send_by.check,
    quiet_hours.check,
    frequency_cap.check,
)


def judge(case: Case) -> Finding | None:
    """The first refusal or delay, in the order of the rules; None when the message may go."""
    return next((finding for gate in GATES if (finding := gate(case)) is not None), None)
