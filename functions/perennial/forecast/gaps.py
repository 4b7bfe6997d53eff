"""Times between purchases as log-normal gaps, shrunk from the pair to the product to the shop.

A customer's own few gaps are a poor guide, and the shop's average is nobody's rhythm. So the mean log gap of a pair
(customer, product) is pulled to the product's, and the product's to the shop's, by pseudo-counts; the spread is pooled.
All inputs are additive (count, sum, sum of squares), so they can be kept in documents and summed by the nightly pass.
Source: empirical-Bayes shrinkage of normal means (Efron & Morris 1975); conditioning as in any survival model.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any, NamedTuple, Self

PAIR_WEIGHT = 1.0  # pseudo-gaps of the product behind a pair's own
PRODUCT_WEIGHT = 5.0  # pseudo-gaps of the shop behind a product's own
GUESS_WEIGHT = 0.5  # pseudo-gaps behind a merchant's guess of a cycle: any real gap outweighs it
SPREAD_WEIGHT = 4.0  # pseudo-gaps behind the default spread
DEFAULT_SPREAD = 0.35  # of log gaps, where nothing is known
LAPSE = 0.25  # share of purchases after which a customer does not come back, before any silence is seen
_NORMAL = NormalDist()


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

    def squares_about(self, mean: float) -> float:
        """Sum of squared distances of the log gaps from `mean`."""
        return max(0.0, self.log_sum_sq - 2 * mean * self.log_sum + self.number * mean * mean)


@dataclass(frozen=True, slots=True)
class IntervalTables:
    """The shop's gaps, for the release: between orders, between purchases of the same product, and per product.

    buyers: of a product, how many; repeaters: those of them who bought it on two days or more. cycles: days that a product
    lasts, by the merchant's own word.
    """

    orders: Gaps = Gaps()
    repurchases: Gaps = Gaps()
    products: Mapping[str, Gaps] = field(default_factory=dict)
    buyers: Mapping[str, int] = field(default_factory=dict)
    repeaters: Mapping[str, int] = field(default_factory=dict)
    cycles: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """From the release."""
        return cls(
            orders=Gaps(*data["orders"]),
            repurchases=Gaps(*data["repurchases"]),
            products={product: Gaps(*gaps) for product, gaps in data["products"].items()},
            buyers=data["buyers"],
            repeaters=data["repeaters"],
            cycles=data.get("cycles", {}),  # releases of before know none
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
        }


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
        return 1.0 - _NORMAL.cdf((math.log(days) - self.mean) / self.spread)

    def quantile(self, share: float) -> float:
        """Days within which that share of gaps has ended."""
        return math.exp(self.mean + self.spread * _NORMAL.inv_cdf(share))

    def expected_total(self, passed: float) -> float:
        """Median length in days of a gap that has already lasted `passed` days."""
        still = self.silence(passed)
        if still < 1e-9:
            return passed * 2  # far beyond anything seen: the distribution's tail says no more
        return self.quantile(1 - still / 2)

    def still_customer(self, passed: float) -> float:
        """Chance that this is a long gap and not the end, after `passed` days of silence (Bayes, prior LAPSE)."""
        long_gap = (1 - LAPSE) * self.silence(passed)
        return long_gap / (long_gap + LAPSE)

    def chance_within(self, horizon: float, passed: float) -> float:
        """Chance of a purchase within `horizon` days more, after `passed` days without one."""
        still = self.silence(passed)
        if still < 1e-9:
            return 0.0
        return self.still_customer(passed) * (1 - self.silence(passed + horizon) / still)


def shrink(own: Gaps, towards: float, weight: float) -> float:
    """Mean log gap of `own`, pulled to `towards` as if that had been seen `weight` times."""
    return (own.log_sum + weight * towards) / (own.number + weight)


def pair_rhythm(
    own: Gaps, product: Gaps, shop: Gaps, guess_days: float, cycle_days: float | None = None
) -> Rhythm:
    """Rhythm of a customer with a product: pair -> product -> shop -> the merchant's guess.

    cycle_days: the merchant's guess for this very product, which stands in for what the shop's other products do.
    """
    if cycle_days is not None:
        shop, guess_days = Gaps(), cycle_days
    shop_mean = shrink(shop, math.log(guess_days), GUESS_WEIGHT)
    known = product.number + shop.number > 0
    product_mean = shrink(product, shop_mean, PRODUCT_WEIGHT if shop.number else GUESS_WEIGHT)
    mean = shrink(own, product_mean, PAIR_WEIGHT if known else GUESS_WEIGHT)
    return Rhythm(mean, _pooled_spread((own, mean), (product, product_mean)), own.number)


def order_rhythm(own: Gaps, shop: Gaps, guess_days: float) -> Rhythm:
    """Rhythm of a customer with the shop: own -> shop -> guess."""
    shop_mean = shrink(shop, math.log(guess_days), GUESS_WEIGHT)
    mean = shrink(own, shop_mean, PAIR_WEIGHT if shop.number else GUESS_WEIGHT)
    return Rhythm(mean, _pooled_spread((own, mean), (shop, shop_mean)), own.number)


def _pooled_spread(*sources: tuple[Gaps, float]) -> float:
    squares = SPREAD_WEIGHT * DEFAULT_SPREAD**2 + sum(gaps.squares_about(mean) for gaps, mean in sources)
    count = SPREAD_WEIGHT + sum(gaps.number for gaps, _ in sources)
    return math.sqrt(squares / count)
