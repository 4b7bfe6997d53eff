"""Times between purchases as log-normal gaps, shrunk from the pair to the product, its category and the shop.

A customer's own few gaps are a poor guide, and the shop's average is nobody's rhythm. So the mean log gap of a pair
(customer, product) is pulled to the product's, that to the category's, and that to the shop's, by pseudo-counts; so is the
spread about it.
All inputs are additive (count, sum, sum of squares), so they can be kept in documents and summed by the nightly pass.
Source: empirical-Bayes shrinkage of normal means (Efron & Morris 1975); conditioning as in any survival model.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any, NamedTuple, Self

PAIR_WEIGHT = 1.0  # pseudo-gaps of the product behind a pair's own
PRODUCT_WEIGHT = 5.0  # pseudo-gaps of the category or the shop behind a product's own
CATEGORY_WEIGHT = 10.0  # pseudo-gaps of the shop behind a category's own
GUESS_WEIGHT = 0.5  # pseudo-gaps behind a merchant's guess of a cycle: any real gap outweighs it
SPREAD_WEIGHT = 4.0  # pseudo-gaps behind the spread of the level above, for a pair, a customer or a new shop
LEVEL_SPREAD_WEIGHT = 10.0  # the same for a product and a category
DEFAULT_SPREAD = 0.35  # of log gaps, where nothing is known
LAPSE = 0.25  # share of purchases after which a customer does not come back, before any silence is seen
_NORMAL = NormalDist()
_ROOT_HALF = math.sqrt(0.5)


class Gaps(NamedTuple):
    """Log gaps (natural log of days) in sums."""

    number: float = 0
    log_sum: float = 0.0
    log_sum_sq: float = 0.0

    @classmethod
    def of_days(cls, days: Iterable[float]) -> Self:
        """From gaps in days; a gap under a day counts as one."""
        logs = [math.log(max(1.0, gap)) for gap in days]
        return cls(len(logs), sum(logs), sum(log * log for log in logs))

    def __add__(self, other: object) -> Gaps:
        if not isinstance(other, Gaps):
            return NotImplemented
        return Gaps(
            self.number + other.number, self.log_sum + other.log_sum, self.log_sum_sq + other.log_sum_sq
        )


_NO_GAPS = Gaps()


@dataclass(frozen=True, slots=True)
class IntervalTables:
    """The shop's gaps, for the release: between orders, between purchases of the same product, per product and category.

    buyers: of a product, how many; repeaters: those of them who bought it on two days or more. cycles: days that a product
    lasts, by the merchant's own word. category_of: by product. sold: of a product, on how many days of customers in each of
    the last fortnights, newest first; sold_in_all: the same of all products.
    """

    orders: Gaps = Gaps()
    repurchases: Gaps = Gaps()
    products: Mapping[str, Gaps] = field(default_factory=dict)
    buyers: Mapping[str, int] = field(default_factory=dict)
    repeaters: Mapping[str, int] = field(default_factory=dict)
    cycles: Mapping[str, int] = field(default_factory=dict)
    categories: Mapping[str, Gaps] = field(default_factory=dict)
    category_of: Mapping[str, str] = field(default_factory=dict)
    sold: Mapping[str, Sequence[int]] = field(default_factory=dict)
    sold_in_all: Sequence[int] = ()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """From the release. Those of before know no cycles, categories and sales."""
        return cls(
            orders=Gaps(*data["orders"]),
            repurchases=Gaps(*data["repurchases"]),
            products={product: Gaps(*gaps) for product, gaps in data["products"].items()},
            buyers=data["buyers"],
            repeaters=data["repeaters"],
            cycles=data.get("cycles", {}),
            categories={category: Gaps(*gaps) for category, gaps in data.get("categories", {}).items()},
            category_of=data.get("category_of", {}),
            sold={product: tuple(counts) for product, counts in data.get("sold", {}).items()},
            sold_in_all=tuple(data.get("sold_in_all", ())),
        )

    def to_json(self) -> dict[str, Any]:
        """For the release."""
        return {
            "orders": list(self.orders),
            "repurchases": list(self.repurchases),
            "products": {product: list(gaps) for product, gaps in self.products.items()},
            "buyers": dict(self.buyers),
            "repeaters": dict(self.repeaters),
            "cycles": dict(self.cycles),
            "categories": {category: list(gaps) for category, gaps in self.categories.items()},
            "category_of": dict(self.category_of),
            "sold": {product: list(counts) for product, counts in self.sold.items()},
            "sold_in_all": list(self.sold_in_all),
        }

    def category_gaps(self, product: str) -> Gaps:
        """Those of the product's category."""
        return self.categories.get(self.category_of.get(product, ""), _NO_GAPS)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A log-normal gap: median exp(mean) days, `spread` the standard deviation of its log. `gaps`: own gaps behind it."""

    mean: float
    spread: float
    gaps: float

    @property
    def usual_days(self) -> float:
        """The median gap."""
        return math.exp(self.mean)

    def silence(self, days: float) -> float:
        """Chance that a gap lasts longer than `days`."""
        if days <= 0:
            return 1.0
        return 0.5 * math.erfc((math.log(days) - self.mean) / self.spread * _ROOT_HALF)

    def quantile(self, share: float) -> float:
        """Days within which that share of gaps has ended."""
        return math.exp(self.mean + self.spread * _NORMAL.inv_cdf(share))

    def expected_total(self, passed: float) -> float:
        """Median length in days of a gap that has already lasted `passed` days."""
        still = self.silence(passed)
        if still < 1e-9:
            return passed * 2  # far beyond anything seen: the distribution's tail says no more
        return self.quantile(1 - still / 2)

    def still_customer(self, passed: float, lapse: float = LAPSE) -> float:
        """Chance that this is a long gap and not the end, after `passed` days of silence (Bayes, prior `lapse`)."""
        long_gap = (1 - lapse) * self.silence(passed)
        return long_gap / (long_gap + lapse)

    def chance_within(self, horizon: float, passed: float, lapse: float = LAPSE) -> float:
        """Chance of a purchase within `horizon` days more, after `passed` days without one.

        lapse: share of those who do not come back, before any silence is seen.
        """
        still = self.silence(passed)
        if still < 1e-9:
            return 0.0
        return self.still_customer(passed, lapse) * (1 - self.silence(passed + horizon) / still)


class Level(NamedTuple):
    """What is expected of a gap before more is known: mean and variance of its log."""

    mean: float
    variance: float


def below(own: Gaps, above: Level, weight: float, spread_weight: float) -> Level:
    """One level further down: `own`, pulled to `above` as if that had been seen `weight` (`spread_weight`) times."""
    number, log_sum, log_sum_sq = own
    if not number:
        return above
    mean = (log_sum + weight * above.mean) / (number + weight)
    squares = max(0.0, log_sum_sq - 2 * mean * log_sum + number * mean * mean)
    return Level(mean, (squares + spread_weight * above.variance) / (number + spread_weight))


def shop_level(gaps: Gaps, guess_days: float) -> Level:
    """Of any gap in the shop, by what is known and the merchant's guess."""
    return below(gaps, Level(math.log(guess_days), DEFAULT_SPREAD**2), GUESS_WEIGHT, SPREAD_WEIGHT)


def product_level(product: Gaps, category: Gaps, shop: Level, *, known: bool = True) -> Level:
    """Of a product, whoever buys it. known: whether the level of the shop is more than a guess."""
    above = below(category, shop, CATEGORY_WEIGHT if known else GUESS_WEIGHT, LEVEL_SPREAD_WEIGHT)
    known = known or category.number > 0
    return below(product, above, PRODUCT_WEIGHT if known else GUESS_WEIGHT, LEVEL_SPREAD_WEIGHT)


def rhythm_of(own: Gaps, level: Level, *, known: bool = True) -> Rhythm:
    """Of one customer, with the shop or with a product. known: whether the level is more than a guess."""
    mean, variance = below(own, level, PAIR_WEIGHT if known else GUESS_WEIGHT, SPREAD_WEIGHT)
    return Rhythm(mean, math.sqrt(variance), own.number)


def pair_level(
    product: Gaps, shop: Gaps, guess_days: float, cycle_days: float | None = None, category: Gaps = _NO_GAPS
) -> tuple[Level, bool]:
    """Of any customer with a product: product -> category -> shop -> the merchant's guess; whether it is more than a guess.

    cycle_days: the merchant's guess for this very product, which stands in for what the shop's other products do.
    """
    if cycle_days is not None:
        shop, category, guess_days = _NO_GAPS, _NO_GAPS, cycle_days
    known = shop.number > 0
    level = product_level(product, category, shop_level(shop, guess_days), known=known)
    return level, known or product.number + category.number > 0


def order_rhythm(own: Gaps, shop: Gaps, guess_days: float) -> Rhythm:
    """Rhythm of a customer with the shop: own -> shop -> guess."""
    return rhythm_of(own, shop_level(shop, guess_days), known=shop.number > 0)
