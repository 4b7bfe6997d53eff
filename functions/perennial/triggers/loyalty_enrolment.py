"""Loyalty enrolment: a customer has ordered so often that they are a regular now."""

from __future__ import annotations

from datetime import datetime

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.shop import Shop
from perennial.triggers import milestone
from perennial.triggers.occurrence import Nothing, Occurrence


def occurrences(
    customer: Customer, campaign: Campaign, shop: Shop, _now: datetime
) -> list[Occurrence] | Nothing:
    """The order that made them one. Key: "enrolment" and its day."""
    return milestone.occurrences("enrolment", customer, campaign, shop, {})
