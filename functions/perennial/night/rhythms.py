"""How long orders and products are apart, summed over customers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from perennial import orders
from perennial.customer import Customer
from perennial.forecast.gaps import Gaps, IntervalTables
from perennial.orders import Purchases

MOST_PRODUCTS = 20_000  # of which the gaps are kept; the least bought are forgotten first
_DIGITS = 6  # the order in which segments are added shall not show


class Rhythms:
    """A few numbers for each product, however many customers there are."""

    def __init__(self) -> None:
        self.orders, self.repurchases = Gaps(), Gaps()
        self.products: dict[str, Gaps] = {}
        self.buyers: Counter[str] = Counter()
        self.repeaters: Counter[str] = Counter()

    def add(self, customer: Customer, bought: Mapping[str, Purchases]) -> None:
        """One customer, with their purchases by product."""
        self.orders += orders.gaps_between(customer)
        self.buyers.update(bought.keys())
        for product, purchases in bought.items():
            if purchases.bought < 2:
                continue
            self.repeaters[product] += 1
            self.products[product] = self.products.get(product, Gaps()) + purchases.gaps
            self.repurchases += purchases.gaps
        self._bound()

    def merge(self, other: Rhythms) -> None:
        """All that another one has."""
        self.orders += other.orders
        self.repurchases += other.repurchases
        for product, gaps in other.products.items():
            self.products[product] = self.products.get(product, Gaps()) + gaps
        self.buyers.update(other.buyers)
        self.repeaters.update(other.repeaters)
        self._bound()

    def _bound(self) -> None:
        if len(self.buyers) <= 2 * MOST_PRODUCTS:
            return
        kept = {product for product, _ in by_count(self.buyers)[:MOST_PRODUCTS]}
        self.products = {product: gaps for product, gaps in self.products.items() if product in kept}
        self.buyers = Counter({each: self.buyers[each] for each in kept})
        self.repeaters = Counter({each: n for each, n in self.repeaters.items() if each in kept})

    def tables(self, cycles: Mapping[str, int]) -> IntervalTables:
        """For the release. cycles: days by the merchant's own word."""
        kept = {product for product, _ in by_count(self.buyers)[:MOST_PRODUCTS]}
        return IntervalTables(
            orders=_rounded(self.orders),
            repurchases=_rounded(self.repurchases),
            products={each: _rounded(self.products[each]) for each in sorted(self.products) if each in kept},
            buyers={each: self.buyers[each] for each in sorted(kept)},
            repeaters={each: self.repeaters[each] for each in sorted(self.repeaters) if each in kept},
            cycles=dict(sorted(cycles.items())),
        )

    def to_json(self) -> dict[str, Any]:
        """For the state of a segment."""
        return {
            "orders": list(self.orders),
            "repurchases": list(self.repurchases),
            "products": {product: list(gaps) for product, gaps in self.products.items()},
            "buyers": dict(self.buyers),
            "repeaters": dict(self.repeaters),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Rhythms:
        """From the state of a segment."""
        held = cls()
        held.orders, held.repurchases = Gaps(*data["orders"]), Gaps(*data["repurchases"])
        held.products = {product: Gaps(*gaps) for product, gaps in data["products"].items()}
        held.buyers, held.repeaters = Counter(data["buyers"]), Counter(data["repeaters"])
        return held


def by_count(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The highest first, equal ones by name."""
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))


def _rounded(gaps: Gaps) -> Gaps:
    return Gaps(gaps.number, round(gaps.log_sum, _DIGITS), round(gaps.log_sum_sq, _DIGITS))
