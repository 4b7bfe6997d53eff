"""Cart abandonment: something lies in the cart, and its owner went without beginning to check out."""

from __future__ import annotations

from datetime import datetime, timedelta

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.events import Cart
from perennial.folding import carts
from perennial.shop import Shop
from perennial.times import after, moment, stamp
from perennial.triggers import left_behind
from perennial.triggers.occurrence import Nothing, Occurrence

SAME_PURCHASE = timedelta(
    days=1
)  # a checkout begun so shortly before the cart's last change is about the same things


def occurrences(
    customer: Customer, campaign: Campaign, shop: Shop, _now: datetime
) -> list[Occurrence] | Nothing:
    """The newest cart, due `after` its last change. Key: its token."""
    cart = carts.present(customer)
    if cart is None:
        return Nothing({"why": "there is no cart"})
    if not cart["lines"]:
        return Nothing({"why": "the cart is empty", "changed_at": cart["at"]})
    if _went_on(customer, cart):
        return Nothing({"why": "the cart went on to the checkout", "token": cart["token"]})
    if left_behind.was_written_about(customer, campaign, cart["token"]):
        return Nothing({"why": "this cart was written about", "token": cart["token"]})
    return [
        Occurrence(
            key=cart["token"],
            subject="",
            since=left_behind.since(cart),
            moment=after(moment(cart["at"]), campaign.trigger["after"], shop.settings.timezone),
            facts=left_behind.facts(cart),
        )
    ]


def _went_on(customer: Customer, cart: Cart) -> bool:
    """Another campaign is about the checkout, so nobody is written to about both.

    A store that tells the same cart again later knows that its owner went back to it; a browser that tells of one more
    product does not.
    """
    checkout = carts.checkout(customer)
    if checkout is None:
        return False
    if checkout["token"] == cart["token"] and cart is customer["cart"]:
        return checkout["at"] >= left_behind.since(cart)
    is_near = checkout["at"] > stamp(moment(cart["at"]) - SAME_PURCHASE)
    return is_near and bool(checkout["lines"]) and not left_behind.was_ordered(customer, checkout)
