"""What is said of an order: shared by the triggers that follow one."""

from __future__ import annotations

from typing import Any

from perennial.customer import Customer
from perennial.events import Order
from perennial.folding import orders
from perennial.folding.refunds import kept_products, net
from perennial.triggers.left_behind import products

LOOKED_AT = 3  # newest orders; of older ones every message would come too late


def newest(customer: Customer) -> list[Order]:
    """The orders that may still be written about, oldest first."""
    return list(orders.counted(customer))[-LOOKED_AT:]


def facts(customer: Customer, order: Order) -> dict[str, Any]:
    """For templates. number: which of the customer's orders it is, counted from 1; products: what they kept of it."""
    kept = kept_products(order)
    later = sum(1 for each in orders.counted(customer) if each["placed_at"] > order["placed_at"])
    return {
        "order": order["id"],
        "ordered_at": order["placed_at"],
        "number": orders.count(customer) - later,
        "total": {"amount": net(order), "currency": order["currency"]},
        "products": [product for product in products(order["lines"]) if product in kept],
    }
