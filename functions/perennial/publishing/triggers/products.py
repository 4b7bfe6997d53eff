"""Triggers of news about products."""

from __future__ import annotations

from typing import Literal

from perennial.publishing.triggers.base import Kind, KindDefaults, Kinds, written
from perennial.publishing.values import Duration, Percentage


class BackInStock(Kind):
    """A product that the customer watches can be bought again."""

    kind: Literal["back_in_stock"]
    after: Duration = written("15 minutes", "How long after it came back.")


class PriceDrop(Kind):
    """A product that the customer watches has become cheaper."""

    kind: Literal["price_drop"]
    after: Duration = written("1 hour", "How long after the price changed.")
    at_least: Percentage = written("10%", "How much cheaper it must be.")


KINDS: Kinds = {
    "back_in_stock": (BackInStock, KindDefaults(once_per="7 days", about="product")),
    "price_drop": (PriceDrop, KindDefaults(once_per="14 days", about="product")),
}
