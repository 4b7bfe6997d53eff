"""Triggers of a visit: what was looked at, and what was left behind."""

from __future__ import annotations

from typing import Literal

from perennial.publishing.triggers.base import Kind, KindDefaults, Kinds, written
from perennial.publishing.values import HalfHourOrMore


class Browse(Kind):
    """A customer viewed products and left with nothing in the cart."""

    kind: Literal["browse"]
    after: HalfHourOrMore = written("4 hours", "How long after the last view of the visit.")


class Cart(Kind):
    """A customer left something in the cart and did not begin to check out."""

    kind: Literal["cart"]
    after: HalfHourOrMore = written("4 hours", "How long after the last change of the cart.")


class Checkout(Kind):
    """A customer began to check out and did not order."""

    kind: Literal["checkout"]
    after: HalfHourOrMore = written("1 hour", "How long after the last change of the checkout.")


KINDS: Kinds = {
    "browse": (Browse, KindDefaults(once_per="3 days")),
    "cart": (Cart, KindDefaults(once_per="3 days")),
    "checkout": (Checkout, KindDefaults(once_per="1 day")),
}
