"""A message that wants to go, put together for the gates."""

from __future__ import annotations

from datetime import datetime

from perennial.campaigns import Campaign, Step
from perennial.deciding.look import Look
from perennial.gates.case import Case
from perennial.messaging.channels import choose
from perennial.messaging.outbox import message_id
from perennial.times import after
from perennial.triggers.occurrence import Occurrence


def case_of(
    look: Look, campaign: Campaign, occurrence: Occurrence, step: Step, due: datetime, variant: str
) -> Case:
    """`due`: from when `send_by` counts."""
    look.judged.add(campaign.id)
    return Case(
        look=look,
        campaign=campaign,
        step=step,
        variant=variant,
        channel=choose(look, step, variant),
        message_id=message_id(campaign.id, occurrence.key, step.id, look.customer["id"]),
        subject=occurrence.subject,
        since=occurrence.since,
        due_at=due,
        send_by=after(due, campaign.send_by, look.zone.key),
        facts=occurrence.facts,
    )
