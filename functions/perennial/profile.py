"""The customer as marketers name it: what `customer.…` means in templates and conditions alike."""

from __future__ import annotations

from typing import Any

from perennial import orders
from perennial.customer import Customer
from perennial.money import Money
from perennial.times import moment

TRAITS = ("first_name", "last_name", "email", "phone", "locale", "timezone", "country", "birthday")
DERIVED = ("id", "orders_count", "total_spent", "first_order_at", "last_order_at")
NAMES = TRAITS + DERIVED


def profile(customer: Customer, currency: str) -> dict[str, Any]:
    """Every name of `NAMES`; None for what is not known. Times are aware datetimes.

    total_spent: a Money in the shop's `currency`; orders in other currencies are left out of it.
    """
    traits = customer["traits"]
    placed = orders.first_and_last(customer)
    return {
        **{name: traits.get(name) for name in TRAITS},
        "id": customer["id"],
        "orders_count": orders.count(customer),
        "total_spent": Money(amount=orders.spent(customer).get(currency, 0), currency=currency),
        "first_order_at": moment(placed[0]) if placed else None,
        "last_order_at": moment(placed[1]) if placed else None,
    }
