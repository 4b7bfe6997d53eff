"""What else a customer may like: what they looked at, what is bought together with what they have, what sells best. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from perennial.customer import Customer
from perennial.folding import carts
from perennial.shop import Shop

MOST = 16  # candidates: some of them will be sold out
SHOWN = 8


def recommended(customer: Customer, shop: Shop, without: Collection[str] = ()) -> list[str]:
    """Product ids, the best first, at most MOST. without: what the message shows already.

    A welcome without any visit still gets bestsellers. What was in the last order is not recommended again.
    """
    basis = [*_views(customer), *_cart(customer), *_last_order(customer), *without]
    excluded = {*without, *_cart(customer), *_last_order(customer)}
    candidates = (*_views(customer), *_related(shop, basis), *shop.tables.bestsellers)
    return [each for each in dict.fromkeys(candidates) if each not in excluded][:MOST]


def _views(customer: Customer) -> Iterator[str]:
    return (view["product_id"] for view in reversed(customer["views"]))


def _cart(customer: Customer) -> list[str]:
    cart = carts.present(customer)
    return [line["product_id"] for line in cart["lines"]] if cart else []


def _last_order(customer: Customer) -> list[str]:
    orders = customer["orders"]
    return [line["product_id"] for line in orders[-1]["lines"]] if orders else []


def _related(shop: Shop, basis: Collection[str]) -> Iterator[str]:
    """The best partner of each first, then the second best of each."""
    partners = [shop.tables.related.get(product, ()) for product in dict.fromkeys(basis)]
    for rank in range(max(map(len, partners), default=0)):
        yield from (each[rank] for each in partners if rank < len(each))
