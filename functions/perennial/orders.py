"""Orders in the customer document: the last 20 open to change, older ones closed into sums.

A product's purchase days are read from the open orders and the closed sums together, so an update or a cancellation
inside the window changes them without any bookkeeping; closing an order is the only step that cannot be undone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from perennial.customer import ClosedPurchases, Customer
from perennial.events import Order, OrderStatus
from perennial.forecast.gaps import Gaps

OPEN = 20
DAYS_KEPT = 8
PRODUCTS_KEPT = 100
_COUNTED = frozenset({OrderStatus.OPEN, OrderStatus.PAID})


def counts(order: Order) -> bool:
    """Told by a signed source, and neither a test nor cancelled: it is revenue and rhythm."""
    return order["trusted"] and order["status"] in _COUNTED


def counted(customer: Customer) -> Iterator[Order]:
    """Open orders that count, oldest first."""
    return (order for order in customer["orders"] if counts(order))
