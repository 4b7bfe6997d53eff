"""Review request: an order has arrived, and its owner had time to try it."""

from __future__ import annotations

from datetime import datetime

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.events import Order
from perennial.shop import Shop
from perennial.times import after, moment, stamp
from perennial.triggers import bought
from perennial.triggers.occurrence import Nothing, Occurrence


def occurrences(
    customer: Customer, campaign: Campaign, shop: Shop, _now: datetime
) -> list[Occurrence] | Nothing:
    """One for each of the last orders that arrived, due `after` that. Key: the order."""
    arrived = ((order, _arrival(order, campaign, shop)) for order in bought.newest(customer))
    found = [
        Occurrence(
            key=order["id"],
            subject="",
            since=order["placed_at"],
            moment=after(at, campaign.trigger["after"], shop.settings.timezone),
            facts={**bought.facts(customer, order), "arrived_at": stamp(at)},
        )
        for order, at in arrived
        if at is not None
    ]
    return found or Nothing(
        {"why": "no order has left the shop yet" if customer["orders"] else "never ordered"}
    )


def _arrival(order: Order, campaign: Campaign, shop: Shop) -> datetime | None:
    """When it was delivered, or must have been: some days after it left the shop, where the store tells no more."""
    if "delivered_at" in order:
        return moment(order["delivered_at"])
    if "fulfilled_at" in order:
        return after(moment(order["fulfilled_at"]), campaign.trigger["on_its_way"], shop.settings.timezone)
    return None
