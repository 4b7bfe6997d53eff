"""What is said of a cart or checkout that was left behind: shared by the triggers about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.events import Cart, Line
from perennial.folding import carts, orders

PRODUCTS_SHOWN = 6


def since(cart: Cart) -> str:
    """From when an order counts as the end of it."""
    return carts.ordered_since(cart)


def was_ordered(customer: Customer, cart: Cart) -> bool:
    """An order that counts came with its last change, or after it."""
    last = orders.last(customer)
    return last is not None and last["placed_at"] > since(cart)


def was_written_about(customer: Customer, campaign: Campaign, token: str) -> bool:
    """Also when another cart came in between, so that the enrollment has forgotten this one."""
    return any(each["campaign"] == campaign.id and each["key"] == token for each in customer["settled"])


def facts(cart: Cart) -> dict[str, Any]:
    """For templates: what is in it and what it is worth, its most valuable products first."""
    told = {
        "token": cart["token"],
        "changed_at": cart["at"],
        "products": products(cart["lines"]),
        "pieces": sum(line["quantity"] for line in cart["lines"]),
        "total": {"amount": _worth(cart["lines"]), "currency": cart["currency"]},
    }
    return told | ({"url": cart["url"]} if "url" in cart else {})


def products(lines: Sequence[Line]) -> list[str]:
    """Ids of the products, the most valuable first."""
    worth: dict[str, int] = {}
    for line in lines:
        worth[line["product_id"]] = worth.get(line["product_id"], 0) + line["price"] * line["quantity"]
    return sorted(worth, key=lambda product: (-worth[product], product))[:PRODUCTS_SHOWN]


def _worth(lines: Sequence[Line]) -> int:
    return sum(line["price"] * line["quantity"] for line in lines)
