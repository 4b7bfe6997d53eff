"""Subscription offer: somebody buys the same thing again and again, and it could come by itself."""

from __future__ import annotations

from datetime import datetime

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.folding import orders, subscriptions
from perennial.folding.orders import Purchases
from perennial.shop import Shop
from perennial.times import after
from perennial.triggers import days_bought
from perennial.triggers.occurrence import Nothing, Occurrence


def occurrences(
    customer: Customer, campaign: Campaign, shop: Shop, _now: datetime
) -> list[Occurrence] | Nothing:
    """The product bought most often, due `after` its last purchase. Key: product and last purchase day."""
    times, told = campaign.trigger["times"], customer.get("subscriptions", {})
    if orders.count(customer) < times:
        return Nothing({"why": "too few orders", "times": times})
    often = {
        product: each
        for product, each in orders.purchases(customer).items()
        if each.bought >= times and product not in told
    }
    if not often:
        why = "they have a subscription, or had one" if told else "nothing was bought so often"
        return Nothing({"why": why, "times": times, "subscribed": sorted(subscriptions.active(customer))})
    product = max(often, key=lambda each: (often[each].bought, often[each].days[-1], each))
    return [_occurrence(product, often[product], campaign, shop)]


def _occurrence(product: str, bought: Purchases, campaign: Campaign, shop: Shop) -> Occurrence:
    last = bought.days[-1]
    return Occurrence(
        key=f"{product}:{last.isoformat()}",
        subject="",
        since=days_bought.end(last),
        moment=after(days_bought.noon(last), campaign.trigger["after"], shop.settings.timezone),
        facts={
            "products": [product],
            "last_bought": last.isoformat(),
            "times_bought": bought.bought,
            "usual_days": round((last - bought.days[0]).days / max(1, len(bought.days) - 1)),
        },
    )
