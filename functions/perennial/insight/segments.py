"""Segments: customers for whom a condition of `shop.yaml` is true, and when they came in or left. Pure.

A change is known only of who was seen on the other side before, or is new to the shop: a segment that is written today has
nobody who entered it today.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from perennial.customer import Customer
from perennial.deciding.conditions import Condition, holds
from perennial.events import Name
from perennial.folding import orders
from perennial.insight.standing import Membership
from perennial.times import stamp

NEW = timedelta(days=1)  # so lately somebody became known of whom the shop knew nothing before
_OF_VISITORS = frozenset(
    {
        Name.PRODUCT_VIEWED, Name.PRODUCT_ADDED, Name.PRODUCT_REMOVED,
        Name.CART_UPDATED, Name.CHECKOUT_STARTED, Name.CHECKOUT_UPDATED,
    }
)  # fmt: skip  # what a visitor may have done long before they became a customer


def memberships(
    customer: Customer,
    segments: Mapping[str, Condition],
    profile: Mapping[str, Any],
    held: Mapping[str, Membership],
    now: datetime,
) -> dict[str, Membership]:
    """Of all segments that the shop has. profile: the customer as conditions know them; held: as of the last time."""
    names = {"customer": profile}
    return {
        name: _membership(customer, holds(condition, names), held.get(name), now)
        for name, condition in segments.items()
    }


def _membership(customer: Customer, inside: bool, held: Membership | None, now: datetime) -> Membership:  # noqa: FBT001 - a fact
    if held is not None and held["inside"] == inside:
        return held
    is_known = held is not None or (inside and _is_new(customer, now))
    return Membership(inside=inside, since=stamp(now) if is_known else "")


def _is_new(customer: Customer, now: datetime) -> bool:
    """Nothing that a customer does was known of them a day ago; a file of old orders makes nobody new."""
    lately = stamp(now - NEW)
    seen = (at for name, at in customer["seen"].items() if name not in _OF_VISITORS and "_viewed" not in name)
    placed = orders.first_and_last(customer)
    return min((*seen, placed[0] if placed else "9"), default="") >= lately
