"""Price drop: a product that the customer watches has become cheaper."""

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
    """One for each product that became cheaper, due `after` it did. Key: the product and its change."""
    least: float = campaign.trigger["at_least"]

    def facts(details: dict[str, Any]) -> dict[str, Any] | None:
        was, price = details.get("was", 0), details.get("price", 0)
        if not was or was - price < least * was:
            return None
        currency = details.get("currency", "")
        return {
            "was": {"amount": was, "currency": currency},
            "price": {"amount": price, "currency": currency},
            "percent": round(100 * (was - price) / was),
        }

    return watched.occurrences(customer, campaign, shop, Name.PRICE_DROPPED, facts)
