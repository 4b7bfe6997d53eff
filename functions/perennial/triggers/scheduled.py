"""Scheduled: one message to an audience, at one time."""

from __future__ import annotations

from datetime import date, datetime

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.deciding.look import zone_for
from perennial.shop import Shop
from perennial.times import stamp
from perennial.triggers import yearly
from perennial.triggers.occurrence import Nothing, Occurrence


def occurrences(
    customer: Customer, campaign: Campaign, shop: Shop, _now: datetime
) -> list[Occurrence] | Nothing:
    """The one, at that time of day where the customer lives. Key: its date."""
    day: str = campaign.trigger["on"]
    at = yearly.due(date.fromisoformat(day), campaign.trigger["at"], zone_for(customer, shop).key)
    return [Occurrence(key=day, subject="", since=stamp(at), moment=at, facts={"date": day})]
