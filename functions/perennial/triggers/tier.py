"""Tier: with an order a customer has reached a tier of loyalty.yaml."""

from __future__ import annotations

from datetime import datetime

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.insight.standing import Lifecycle
from perennial.money import Money
from perennial.shop import Shop
from perennial.triggers.entered import occurrence
from perennial.triggers.occurrence import Nothing, Occurrence


def occurrences(
    customer: Customer, campaign: Campaign, shop: Shop, _now: datetime
) -> list[Occurrence] | Nothing:
    """The last step up. Key: the tier, and the day of the order that reached it. A step down is no news to write about."""
    held, loyalty = customer.get("lifecycle", Lifecycle()).get("tier"), shop.loyalty
    if loyalty is None:
        return Nothing({"why": "the shop has no tiers"})
    if held is None or not held["name"]:
        return Nothing({"why": "no tier is reached"})
    facts = {
        "tier": held["name"],
        "title": loyalty.title(held["name"]),
        "previous": loyalty.title(held["previous"]),
        "since": held["since"],
        "spent": Money(amount=held["spent"], currency=shop.settings.currency),
    }
    if loyalty.rank(held["previous"]) >= loyalty.rank(held["name"]):
        return Nothing({"why": "they came down to it", **facts})
    if campaign.trigger["tiers"] and held["name"] not in campaign.trigger["tiers"]:
        return Nothing({"why": "another tier is reached", **facts})
    if not held["since"]:
        return Nothing({"why": "nobody knows since when", **facts})
    return [occurrence(held["name"], held["since"], campaign, shop, facts)]
