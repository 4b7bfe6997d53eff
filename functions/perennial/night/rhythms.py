"""How long orders and products are apart, summed over customers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from perennial.customer import Customer
from perennial.folding import orders
from perennial.folding.orders import Purchases
from perennial.forecast.gaps import Gaps, IntervalTables
from perennial.forecast.goods import FORTNIGHT, KEPT

MOST_PRODUCTS = 20_000  # of which the gaps are kept; the least bought are forgotten first
MOST_SOLD = 5_000  # of which the sales of the last fortnights are told
_DIGITS = 6  # the order in which segments are added shall not show


class Rhythms:
    """A few numbers for each product, however many customers there are."""

    def __init__(self) -> None:
        self.orders, self.repurchases = Gaps(), Gaps()
        self.products: dict[str, Gaps] = {}
        self.buyers: Counter[str] = Counter()
        self.repeaters: Counter[str] = Counter()
        self.sold: dict[str, list[int]] = {}
        self.sold_in_all = [0] * KEPT

    def add(self, customer: Customer, bought: Mapping[str, Purchases], today: date | None = None) -> None:
        """One customer, with their purchases by product. today: from which fortnights of sales are counted back."""
        if today is not None:
            self._sell(bought, today.toordinal())
        self.orders += orders.gaps_between(customer)
        self.buyers.update(bought.keys())
        for product, purchases in bought.items():
            if purchases.bought < 2:
                continue
            self.repeaters[product] += 1
            self.products[product] = self.products.get(product, Gaps()) + purchases.gaps
            self.repurchases += purchases.gaps
        self._bound()

    def _sell(self, bought: Mapping[str, Purchases], today: int) -> None:
        for product, purchases in bought.items():
            for day in purchases.days:
                ago = (today - day.toordinal()) // FORTNIGHT
                if 0 <= ago < KEPT:
                    self.sold.setdefault(product, [0] * KEPT)[ago] += 1
                    self.sold_in_all[ago] += 1

    def merge(self, other: Rhythms) -> None:
        """All that another one has."""
        self.orders += other.orders
        self.repurchases += other.repurchases
        for product, gaps in other.products.items():
            self.products[product] = self.products.get(product, Gaps()) + gaps
        self.buyers.update(other.buyers)
        self.repeaters.update(other.repeaters)
        for product, counts in other.sold.items():
            self.sold[product] = _together(self.sold.get(product, [0] * KEPT), counts)
        self.sold_in_all = _together(self.sold_in_all, other.sold_in_all)
        self._bound()

    def _bound(self) -> None:
        if len(self.buyers) <= 2 * MOST_PRODUCTS:
            return
        kept = {product for product, _ in by_count(self.buyers)[:MOST_PRODUCTS]}
        self.products = {product: gaps for product, gaps in self.products.items() if product in kept}
        self.buyers = Counter({each: self.buyers[each] for each in kept})
        self.repeaters = Counter({each: n for each, n in self.repeaters.items() if each in kept})
        self.sold = {product: counts for product, counts in self.sold.items() if product in kept}

    def tables(
        self, cycles: Mapping[str, int], category_of: Mapping[str, str] | None = None
    ) -> IntervalTables:
        """For the release. cycles: days by the merchant's own word. category_of: by product, as the catalogue says."""
        most_bought = [product for product, _ in by_count(self.buyers)[:MOST_PRODUCTS]]
        kept, often = set(most_bought), set(most_bought[:MOST_SOLD])
        known = {each: category for each, category in (category_of or {}).items() if each in kept}
        categories: dict[str, Gaps] = {}
        for product in sorted(self.products):
            if product in known:
                categories[known[product]] = categories.get(known[product], Gaps()) + self.products[product]
        return IntervalTables(
            orders=_rounded(self.orders),
            repurchases=_rounded(self.repurchases),
            products={each: _rounded(self.products[each]) for each in sorted(self.products) if each in kept},
            buyers={each: self.buyers[each] for each in sorted(kept)},
            repeaters={each: self.repeaters[each] for each in sorted(self.repeaters) if each in kept},
            cycles=dict(sorted(cycles.items())),
            categories={each: _rounded(gaps) for each, gaps in sorted(categories.items())},
            category_of=dict(sorted(known.items())),
            sold={each: _trimmed(self.sold[each]) for each in sorted(self.sold) if each in often},
            sold_in_all=_trimmed(self.sold_in_all),
        )

    def to_json(self) -> dict[str, Any]:
        """For the state of a segment."""
        return {
            "orders": list(self.orders),
            "repurchases": list(self.repurchases),
            "products": {product: list(gaps) for product, gaps in self.products.items()},
            "buyers": dict(self.buyers),
            "repeaters": dict(self.repeaters),
            "sold": self.sold,
            "sold_in_all": self.sold_in_all,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Rhythms:
        """From the state of a segment."""
        held = cls()
        held.orders, held.repurchases = Gaps(*data["orders"]), Gaps(*data["repurchases"])
        held.products = {product: Gaps(*gaps) for product, gaps in data["products"].items()}
        held.buyers, held.repeaters = Counter(data["buyers"]), Counter(data["repeaters"])
        held.sold, held.sold_in_all = dict(data["sold"]), list(data["sold_in_all"])
        return held


def by_count(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The highest first, equal ones by name."""
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))


def _rounded(gaps: Gaps) -> Gaps:
    return Gaps(gaps.number, round(gaps.log_sum, _DIGITS), round(gaps.log_sum_sq, _DIGITS))


def _together(one: Sequence[int], other: Sequence[int]) -> list[int]:
    return [left + right for left, right in zip(one, other, strict=True)]


def _trimmed(counts: Sequence[int]) -> tuple[int, ...]:
    """Without the zeros at its end."""
    longest = max((place for place, number in enumerate(counts, 1) if number), default=0)
    return tuple(counts[:longest])
