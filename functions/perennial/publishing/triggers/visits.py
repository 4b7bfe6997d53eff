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


class CartOnRequest(Kind):
    """A customer asked for a mail with their cart."""

    kind: Literal["cart_on_request"]


class VisitSummary(Kind):
    """A customer asked for a mail with what they looked at."""

    kind: Literal["visit_summary"]


KINDS: Kinds = {
    "browse": (Browse, KindDefaults(once_per="3 days")),
    "cart": (Cart, KindDefaults(once_per="3 days")),
    "cart_on_request": (CartOnRequest, KindDefaults(once_per="1 hour", ends_with=())),
    "visit_summary": (VisitSummary, KindDefaults(once_per="1 hour", ends_with=())),
    "checkout": (Checkout, KindDefaults(once_per="1 day")),
}
