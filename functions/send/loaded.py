"""One copy of a queued message in the hands of a sender, and why it may stay unsent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from perennial.campaigns import Campaign, Step
from perennial.customer import Customer
from perennial.deciding.look import Look
from perennial.gates.case import Case
from perennial.messaging.dispatch import Due
from perennial.messaging.messages import Planned
from perennial.shop import Shop
from perennial.times import moment


@dataclass(frozen=True, slots=True)
class Loaded:
    """One copy of a queued message, with the document it was read from. at: of the reading, on a monotonic clock."""

    due: Due
    customer: Customer
    entry: Planned
    shop: Shop
    now: datetime
    at: float

    def changed(self, customer: Customer) -> Loaded:
        """The same copy, with the document as it is now."""
        return replace(self, customer=customer, entry=customer["outbox"][self.due.message_id])

    def case(self, campaign: Campaign, step: Step) -> Case:
        """What the gates are asked."""
        entry = self.entry
        enrollment = self.customer["enrollments"][entry["campaign"]][entry["subject"]]
        return Case(
            look=Look(self.customer, self.shop, self.now),
            campaign=campaign,
            step=step,
            variant=entry["variant"],
            channel=entry["channel"],
            message_id=self.due.message_id,
            subject=entry["subject"],
            since=enrollment["since"],
            due_at=moment(entry["due_at"]),
            send_by=moment(entry["send_by"]),
            facts=entry["facts"],
        )


@dataclass(frozen=True, slots=True)
class Refusal:
    """Not to be sent: for good (with its reason), or not before `until`."""

    reason: str
    until: datetime | None = None
