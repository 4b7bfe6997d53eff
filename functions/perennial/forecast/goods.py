"""What the shop's tables say of a product, as the models want it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from perennial.forecast.gaps import (
    Gaps,
    IntervalTables,
    Level,
    Rhythm,
    pair_level,
    product_level,
    rhythm_of,
    shop_level,
)
from perennial.forecast.logistic import chance

FORTNIGHT = 14  # days
KEPT = 14  # fortnights of sales: enough to know what sold before the follow-up of a training cut
_LATELY, _BEFORE = 2, 6  # fortnights
_GUESS_DAYS = 45.0  # between two purchases of one product, in a shop that has seen nothing yet
_GUESS_SHARE = 0.25  # of buyers who come back for a product, in such a shop
_SHARE_WEIGHT = 4.0  # buyers of the shop's share behind a product's own


_NO_GAPS = Gaps()
_OF_THE_GAP = tuple(share / 10 for share in range(0, 31, 2))  # where the chance is looked for


class Good(NamedTuple):
    """A product. level: of the gaps between its purchases. again: log odds that a buyer comes back for it.

    trend: log of its share of the sales of four weeks over that of twelve. popularity: log of sales per 10,000.
    """

    level: Level
    again: float
    trend: float
    popularity: float


class Goods:
    """Products as seen some fortnights ago; looked up once each, so one of these is meant for many customers."""

    def __init__(self, tables: IntervalTables, ago: int = 0) -> None:
        self._tables, self._ago = tables, ago
        self._shop = shop_level(tables.repurchases, _GUESS_DAYS)
        buyers, repeaters = sum(tables.buyers.values()), sum(tables.repeaters.values())
        self._share = (repeaters + 4 * _GUESS_SHARE) / (buyers + 4)
        self._lately, self._before = self._sold(tables.sold_in_all)
        self._known: dict[str, Good] = {}
        self._firsts: dict[tuple[str, float], float] = {}
        self._levels: dict[tuple[str, float], tuple[Level, bool]] = {}

    def _sold(self, counts: Sequence[int]) -> tuple[int, int]:
        ago = self._ago
        return sum(counts[ago : ago + _LATELY]), sum(counts[ago : ago + _BEFORE])

    def __getitem__(self, product: str) -> Good:
        found = self._known.get(product)
        if found is None:
            found = self._known[product] = self._look_up(product)
        return found

    def rhythm(self, product: str, own: Gaps, guess_days: float) -> Rhythm:
        """Of a customer with a product. guess_days: the marketer's word, where nothing is known."""
        found = self._levels.get((product, guess_days))
        if found is None:
            tables = self._tables
            found = self._levels[product, guess_days] = pair_level(
                tables.products.get(product, _NO_GAPS),
                tables.repurchases,
                guess_days,
                tables.cycles.get(product),
                tables.category_gaps(product),
            )
        level, known = found
        return rhythm_of(own, level, known=known)

    def come_back(self, product: str) -> float:
        """Share of its buyers who buy it once more."""
        return chance(self[product].again)

    def first_chance(self, product: str, guess_days: float, horizon: float) -> float:
        """The highest chance at any time that somebody who bought it once buys it again within so many days."""
        found = self._firsts.get((product, guess_days))
        if found is None:
            rhythm, lapse = self.rhythm(product, _NO_GAPS, guess_days), 1 - self.come_back(product)
            passed = [share * rhythm.usual_days for share in _OF_THE_GAP]
            found = max(rhythm.chance_within(horizon, days, lapse) for days in passed)
            self._firsts[product, guess_days] = found
        return found

    def level_without(self, product: str, gaps: Gaps) -> Level:
        """As if these gaps had not been seen."""
        if not gaps.number:
            return self[product].level
        known = self._tables.products.get(product, _NO_GAPS)
        rest = Gaps(*(max(0.0, all_of - each) for all_of, each in zip(known, gaps, strict=True)))
        return product_level(rest, self._tables.category_gaps(product), self._shop)

    def before(self, fortnights: int) -> Goods:
        """The same, so many fortnights earlier."""
        return Goods(self._tables, self._ago + fortnights)

    def _look_up(self, product: str) -> Good:
        tables = self._tables
        lately, before = self._sold(tables.sold.get(product, ()))
        lately_share, before_share = lately / (self._lately or 1), before / (self._before or 1)
        buyers, repeaters = tables.buyers.get(product, 0), tables.repeaters.get(product, 0)
        share = (repeaters + _SHARE_WEIGHT * self._share) / (buyers + _SHARE_WEIGHT)
        return Good(
            level=product_level(
                tables.products.get(product, _NO_GAPS), tables.category_gaps(product), self._shop
            ),
            again=log_odds(share),
            trend=math.log((1e3 * lately_share + 1) / (1e3 * before_share + 1)),
            popularity=math.log(1e4 * before_share + 1),
        )


def log_odds(share: float) -> float:
    """Of a probability, kept away from certainty."""
    share = min(max(share, 1e-4), 1 - 1e-4)
    return math.log(share / (1 - share))
