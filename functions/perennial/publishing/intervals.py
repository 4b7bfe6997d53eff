"""The shop's interval tables: how long orders and products usually are apart, and how long the merchant says they last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from perennial import orders
from perennial.customer import Customer
from perennial.events import Product
from perennial.forecast.gaps import Gaps, IntervalTables


def interval_tables(customers: Iterable[Customer], catalogue: Iterable[Product] = ()) -> IntervalTables:
    """One pass; holds a few numbers for each product, however many customers there are."""
    between_orders, between_repurchases = Gaps(), Gaps()
    products: dict[str, Gaps] = {}
    buyers: Counter[str] = Counter()
    repeaters: Counter[str] = Counter()
    for customer in customers:
        between_orders += orders.gaps_between(customer)
        for product, bought in orders.purchases(customer).items():
            buyers[product] += 1
            if bought.bought < 2:
                continue
            repeaters[product] += 1
            products[product] = products.get(product, Gaps()) + bought.gaps
            between_repurchases += bought.gaps
    cycles = {product["id"]: product["cycle_days"] for product in catalogue if "cycle_days" in product}
    return IntervalTables(
        between_orders, between_repurchases, products, dict(buyers), dict(repeaters), cycles
    )
