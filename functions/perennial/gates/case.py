"""What a gate is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from perennial.campaigns import Campaign, Step
from perennial.customer import Customer
from perennial.shop import Shop
from perennial.verdicts import Finding


@dataclass(frozen=True, slots=True)
class Case:
    """One message that wants to go. `since`: stamp of the fact that caused it. facts: those of its occurrence."""

    customer: Customer
    shop: Shop
    campaign: Campaign
    step: Step
    channel: str
    message_id: str
    subject: str
    since: str
    due_at: datetime
    send_by: datetime
    now: datetime
    facts: dict[str, Any]


Gate = Callable[[Case], Finding | None]
