"""What a gate is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from perennial.campaigns import Campaign, Step
from perennial.customer import Customer
from perennial.deciding.look import Look
from perennial.deciding.verdicts import Finding
from perennial.shop import Shop


@dataclass(frozen=True, slots=True)
class Case:
    """One message that wants to go. `since`: stamp of the fact that caused it. facts: those of its occurrence."""

    look: Look
    campaign: Campaign
    step: Step
    variant: str
    channel: str
    message_id: str
    subject: str
    since: str
    due_at: datetime
    send_by: datetime
    facts: dict[str, Any]

    @property
    def customer(self) -> Customer:
        """As it stands now."""
        return self.look.customer

    @property
    def shop(self) -> Shop:
        """The live release."""
        return self.look.shop

    @property
    def now(self) -> datetime:
        """When it is asked."""
        return self.look.now


Gate = Callable[[Case], Finding | None]
