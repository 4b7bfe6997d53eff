"""Which products the same customers bought: pairs, counted within a fixed memory.

When there are too many pairs, the rarest are forgotten, first those seen once. A pair that matters is seen again and again,
so what is lost is noise; how a pair's count may be short by is what was forgotten before it came.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations

MOST_PAIRS = 100_000
PRODUCTS_OF_ONE = 20  # of one customer, those bought last
LEAST = 2  # customers behind a pair that is believed
RELATED = 10  # products named for each


class Pairs:
    """Counts of unordered pairs of product ids. most: how many are kept."""

    def __init__(self, counts: Mapping[tuple[str, str], int] | None = None, most: int = MOST_PAIRS) -> None:
        self.counts = Counter(counts or {})
        self._most = most

    def add(self, products: Sequence[str]) -> None:
        """The products of one customer, those bought last first."""
        self.counts.update(combinations(sorted(set(products[:PRODUCTS_OF_ONE])), 2))
        self._bound()

    def merge(self, other: Pairs) -> None:
        """All pairs of another one."""
        self.counts.update(other.counts)
        self._bound()

    def _bound(self) -> None:
        least = 1
        while len(self.counts) > self._most:
            self.counts = Counter({pair: count for pair, count in self.counts.items() if count > least})
            least += 1

    def related(self, buyers: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
        """For each product the others, the closest first; buyers: how many customers bought each.

        Closeness is the cosine: what everybody buys is close to nothing in particular.
        """
        near: dict[str, list[tuple[float, str]]] = {}
        for (one, other), count in self.counts.items():
            both = buyers.get(one, 0) * buyers.get(other, 0)
            if count < LEAST or not both:
                continue
            closeness = -round(count / math.sqrt(both), 6)
            near.setdefault(one, []).append((closeness, other))
            near.setdefault(other, []).append((closeness, one))
        return {
            product: tuple(other for _, other in sorted(found)[:RELATED])
            for product, found in sorted(near.items())
        }

    def to_json(self) -> list[list[str | int]]:
        """For the state of a segment."""
        return [[one, other, count] for (one, other), count in sorted(self.counts.items())]

    @classmethod
    def from_json(cls, data: Sequence[tuple[str, str, int]]) -> Pairs:
        """From the state of a segment."""
        return cls({(one, other): count for one, other, count in data})
