"""The closed list of answers `decide` gives for a campaign and a customer. A refused send is a value, not an error."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """One per campaign and customer; the facts beside it say why."""

    NOT_TRIGGERED = "not_triggered"
    WAITING_UNTIL = "waiting_until"
    ALREADY_INSIDE = "already_inside"
    TOO_SOON = "too_soon"
    EXITED_BY = "exited_by"
    OUTSIDE_AUDIENCE = "outside_audience"
    HELD_OUT = "held_out"
    SUPPRESSED = "suppressed"
    NO_CONSENT = "no_consent"
    NO_ADDRESS = "no_address"
    QUIET_HOURS_UNTIL = "quiet_hours_until"
    CAPPED_UNTIL = "capped_until"
    OUTRANKED_BY = "outranked_by"
    PACED_UNTIL = "paced_until"
    PAST_SEND_BY = "past_send_by"
    PLANNED = "planned"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNCONFIRMED = "unconfirmed"
    SKIPPED_BECAUSE = "skipped_because"


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict with its facts (plain JSON values). `until`: when to look again, for verdicts that only defer."""

    verdict: Verdict
    facts: dict[str, Any] = field(default_factory=dict)
    until: datetime | None = None
