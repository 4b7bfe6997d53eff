"""Back in stock: a product that the customer watches can be bought again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.events import Name
from perennial.shop import Shop
from perennial.triggers import watched
from perennial.triggers.occurrence import Nothing, Occurrence


def occurrences(
    customer: Customer, campaign: Campaign, shop: Shop, _now: datetime
) -> list[Occurrence] | Nothing:
    """One for each product that came back, due `after` it did. Key: the product and its change."""
    return watched.occurrences(customer, campaign, shop, Name.PRODUCT_RESTOCKED, _facts)


def _facts(details: dict[str, Any]) -> dict[str, Any]:
    if not {"price", "currency"} <= details.keys():
        return {}
    return {"price": {"amount": details["price"], "currency": details["currency"]}}
