"""Post-purchase: thanks for an order, and how to get the most out of what was bought."""

from __future__ import annotations

from datetime import datetime

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.shop import Shop
from perennial.times import after, moment
from perennial.triggers import bought
from perennial.triggers.occurrence import Nothing, Occurrence


def occurrences(
    customer: Customer, campaign: Campaign, shop: Shop, _now: datetime
) -> list[Occurrence] | Nothing:
    """One for each of the last orders, due `after` it was placed. Key: the order."""
    found = [
        Occurrence(
            key=order["id"],
            subject="",
            since=order["placed_at"],
            moment=after(moment(order["placed_at"]), campaign.trigger["after"], shop.settings.timezone),
            facts=bought.facts(customer, order),
        )
        for order in bought.newest(customer)
    ]
    return found or Nothing({"why": "never ordered"})
