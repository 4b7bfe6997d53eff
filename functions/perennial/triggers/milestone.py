"""The order that was somebody's third, or tenth: shared by the triggers about such a one."""

from __future__ import annotations

from typing import Any

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.folding import orders
from perennial.shop import Shop
from perennial.triggers.entered import occurrence
from perennial.triggers.occurrence import Nothing, Occurrence


def occurrences(
    name: str, customer: Customer, campaign: Campaign, shop: Shop, facts: dict[str, Any]
) -> list[Occurrence] | Nothing:
    """The one, due `after` that order. Key: the name, and the day of the order."""
    number: int = campaign.trigger["orders"]
    placed = orders.placed(customer, number)
    if placed is None:
        return Nothing({"why": "too few orders", "orders": number})
    return [occurrence(name, placed, campaign, shop, {"orders": number, "since": placed, **facts})]
