"""The shop's interval tables: how long orders and products usually are apart, and how long the merchant says they last."""

from __future__ import annotations

from collections.abc import Iterable

from perennial.customer import Customer
from perennial.events import Product
from perennial.folding import orders
from perennial.forecast.gaps import IntervalTables
from perennial.night.rhythms import Rhythms


def interval_tables(customers: Iterable[Customer], catalogue: Iterable[Product] = ()) -> IntervalTables:
    """One pass; holds a few numbers for each product, however many customers there are."""
    rhythms = Rhythms()
    for customer in customers:
        rhythms.add(customer, orders.purchases(customer))
    cycles = {product["id"]: product["cycle_days"] for product in catalogue if "cycle_days" in product}
    return rhythms.tables(cycles)
