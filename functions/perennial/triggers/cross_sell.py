"""Cross-sell: what completes an order, by what others bought who bought the same."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from itertools import chain, zip_longest

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.events import Order
from perennial.folding import orders
from perennial.folding.refunds import kept_products
from perennial.shop import Shop
from perennial.times import after, moment
from perennial.triggers import bought
from perennial.triggers.left_behind import products
from perennial.triggers.occurrence import Nothing, Occurrence

SUGGESTED = 4


def occurrences(
    customer: Customer, campaign: Campaign, shop: Shop, _now: datetime
) -> list[Occurrence] | Nothing:
    """One for each of the last orders that something goes with, due `after` it. Key: the order."""
    newest = bought.newest(customer)
    if not newest:
        return Nothing({"why": "never ordered"})
    owned = orders.purchases(customer).keys()
    suggested = ((order, _suggested(order, shop, owned)) for order in newest)
    found = [
        Occurrence(
            key=order["id"],
            subject="",
            since=order["placed_at"],
            moment=after(moment(order["placed_at"]), campaign.trigger["after"], shop.settings.timezone),
            facts={**told, "suggested": others},
        )
        for order, others in suggested
        if others and (told := bought.facts(customer, order))
    ]
    if not found:
        last = newest[-1]["id"]
        return Nothing({"why": "nothing is known that goes with what was bought", "order": last})
    return found


def _suggested(order: Order, shop: Shop, owned: Collection[str]) -> list[str]:
    """The first of what goes with each product, then the second; nothing that they have."""
    kept = kept_products(order)
    lists = [shop.tables.related.get(each, ()) for each in products(order["lines"]) if each in kept]
    by_rank = chain.from_iterable(zip_longest(*lists))
    return [each for each in dict.fromkeys(by_rank) if each and each not in owned][:SUGGESTED]
