"""News of products that a customer watches: shared by the triggers that pass them on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.events import Name
from perennial.folding import orders
from perennial.folding.happenings import Happening, of_products
from perennial.shop import Shop
from perennial.times import after, moment
from perennial.triggers.occurrence import Nothing, Occurrence

JUST_BOUGHT = timedelta(days=30)  # news of something bought so lately would only annoy


def occurrences(
    customer: Customer,
    campaign: Campaign,
    shop: Shop,
    name: Name,
    facts: Callable[[dict[str, Any]], dict[str, Any] | None],
) -> list[Occurrence] | Nothing:
    """One for each product with such news, earliest first. Key: the product and its change. facts: None for too little."""
    told = list(of_products(customer.get("happened", {}), name))
    if not told:
        return Nothing({"why": "no product that they watch has such news"})
    found = [
        _occurrence(product, happening, campaign, shop, known)
        for product, happening in told
        if (known := facts(happening.get("details", {}))) is not None
        and not _has_it(customer, product, happening["at"])
    ]
    if not found:
        why = "they bought it lately, or the change is too small"
        return Nothing({"why": why, "products": sorted(product for product, _ in told)[:5]})
    return sorted(found, key=lambda occurrence: (occurrence.moment, occurrence.key))


def _occurrence(
    product: str, happening: Happening, campaign: Campaign, shop: Shop, facts: dict[str, Any]
) -> Occurrence:
    at = happening["at"]
    return Occurrence(
        key=f"{product}:{at}",
        subject=product,
        since=at,
        moment=after(moment(at), campaign.trigger["after"], shop.settings.timezone),
        facts={"products": [product], "since": at, **facts},
        joins=True,
    )


def _has_it(customer: Customer, product: str, at: str) -> bool:
    bought = orders.purchases(customer).get(product)
    return bought is not None and bought.days[-1] > (moment(at) - JUST_BOUGHT).date()
