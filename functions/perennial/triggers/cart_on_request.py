"""Cart on request: a customer asked for a mail with what lies in their cart."""

from __future__ import annotations

from datetime import datetime

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.events import Name
from perennial.folding import carts
from perennial.shop import Shop
from perennial.times import moment
from perennial.triggers import left_behind
from perennial.triggers.occurrence import Nothing, Occurrence


def occurrences(
    customer: Customer, campaign: Campaign, _shop: Shop, _now: datetime
) -> list[Occurrence] | Nothing:
    """The newest request, due at once. Key: the request."""
    asked = customer.get("happened", {}).get(Name.CART_REQUESTED)
    if asked is None:
        return Nothing({"why": "nobody asked for it"})
    cart = carts.present(customer)
    if cart is None or not cart["lines"]:
        return Nothing({"why": "the cart is empty", "requested_at": asked["at"]})
    return [
        Occurrence(
            key=asked["id"],
            subject="",
            since=asked["at"],
            moment=moment(asked["at"]),
            facts={"requested_at": asked["at"], **left_behind.facts(cart)},
        )
    ]
