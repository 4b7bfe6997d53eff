"""Checkout abandonment: a customer began to check out, and no order came of it."""

from __future__ import annotations

from datetime import datetime

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.events import Cart, OrderStatus
from perennial.folding import carts
from perennial.folding.refunds import is_silent
from perennial.shop import Shop
from perennial.times import after, moment
from perennial.triggers import left_behind
from perennial.triggers.occurrence import Nothing, Occurrence


def occurrences(
    customer: Customer, campaign: Campaign, shop: Shop, _now: datetime
) -> list[Occurrence] | Nothing:
    """The newest checkout, due `after` its last change. Key: its token; the order's id where the store keeps it as one."""
    checkout = _newest(customer)
    if checkout is None:
        return Nothing({"why": "no checkout was begun"})
    if not checkout["lines"] or _was_emptied(customer, checkout):
        return Nothing({"why": "the checkout is done or was emptied", "changed_at": checkout["at"]})
    if left_behind.was_written_about(customer, campaign, checkout["token"]):
        return Nothing({"why": "this checkout was written about", "token": checkout["token"]})
    return [
        Occurrence(
            key=checkout["token"],
            subject="",
            since=left_behind.since(checkout),
            moment=after(moment(checkout["at"]), campaign.trigger["after"], shop.settings.timezone),
            facts=left_behind.facts(checkout),
        )
    ]


def _newest(customer: Customer) -> Cart | None:
    """WooCommerce knows no checkouts: there it is an order that waits for its payment."""
    unpaid = [
        Cart(token=order["id"], at=order["placed_at"], currency=order["currency"], lines=order["lines"])
        for order in customer["orders"][-1:]
        if order["status"] == OrderStatus.PENDING and not is_silent(order)
    ]
    told = [*unpaid, *filter(None, [carts.checkout(customer)])]
    return max(told, key=lambda each: (each["at"], each["token"]), default=None)


def _was_emptied(customer: Customer, checkout: Cart) -> bool:
    cart = carts.present(customer)
    return cart is not None and not cart["lines"] and cart["at"] > checkout["at"]
