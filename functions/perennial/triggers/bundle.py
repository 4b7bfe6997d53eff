"""Bundle: a customer has a part of what goes together, and is shown the rest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.folding import orders
from perennial.folding.orders import Purchases
from perennial.insight.bundles import Bundle
from perennial.shop import Shop
from perennial.times import after
from perennial.triggers import days_bought
from perennial.triggers.occurrence import Nothing, Occurrence


def occurrences(
    customer: Customer, campaign: Campaign, shop: Shop, _now: datetime
) -> list[Occurrence] | Nothing:
    """One for each bundle of which they have a part, due `after` they bought of it last. Key: the bundle and that day."""
    if not shop.bundles:
        return Nothing({"why": "the shop has no bundles"})
    bought = orders.purchases(customer)
    wanted = campaign.trigger["bundles"] or shop.bundles.keys()
    found = [
        _occurrence(bundle, bought, campaign, shop)
        for name, bundle in shop.bundles.items()
        if name in wanted and 0 < len(bought.keys() & set(bundle.products)) < len(bundle.products)
    ]
    if not found:
        return Nothing({"why": "they have nothing of a bundle, or all of it"})
    return sorted(found, key=lambda each: (each.moment, each.key))


def _occurrence(
    bundle: Bundle, bought: Mapping[str, Purchases], campaign: Campaign, shop: Shop
) -> Occurrence:
    last = max(bought[each].days[-1] for each in bundle.products if each in bought)
    return Occurrence(
        key=f"{bundle.name}:{last.isoformat()}",
        subject="",
        since=days_bought.end(last),
        moment=after(days_bought.noon(last), campaign.trigger["after"], shop.settings.timezone),
        facts={
            "bundle": bundle.name,
            "title": bundle.title,
            "products": [each for each in bundle.products if each not in bought],
            "has": [each for each in bundle.products if each in bought],
        },
    )
