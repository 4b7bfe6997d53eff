"""What customers teach the forecast's models by night: how they stood on an earlier day, and what followed.

Each customer teaches one earlier day, drawn by their id, so a night's sample holds many days. A row is numbers alone.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from perennial.customer import Customer
from perennial.folding import orders
from perennial.forecast.gaps import Gaps, IntervalTables, Rhythm, rhythm_of, shop_level
from perennial.forecast.goods import FORTNIGHT, KEPT, Goods
from perennial.forecast.models import LOST, ORDER, REPLENISHMENT, Model
from perennial.forecast.timing import PairExample
from perennial.forecast.training import CustomerExample, fit_lost, fit_order, fit_replenishment
from perennial.forecast.views import FAR, Bought, around, customer_features, pair_features
from perennial.insight import habits
from perennial.night.learning import Learner
from perennial.shop import Shop

GUESS_DAYS = 60.0  # between two orders, in a shop without any
PAIRS = 3  # of a customer, at most
MOST_EXAMPLES = 8_000  # that a night fits; more would not change the weights
LONGEST_SILENCE = 180  # days after which a pair teaches nothing
_DIGITS = 4
_EARLIER = {  # fortnights before the cut at which examples are taken
    REPLENISHMENT: (1, 2, 3, 4, 5),
    ORDER: (2, 3, 5, 7),
    LOST: (7, 8),
}


class Pairs:
    """Whether a product was bought again."""

    def rows(self, customer: Customer, shop: Shop, cut: datetime) -> Sequence[Any]:
        """Features, mean and spread of the rhythm, days passed, days to the next purchase, days followed."""
        earlier = _drawn(customer, REPLENISHMENT)
        day = cut.toordinal() - earlier * FORTNIGHT
        known = habits.ordered_by(customer, day) if _is_taught(shop) else None
        if known is None:
            return []
        goods = _goods(shop, earlier)
        level = shop_level(shop.intervals.orders, GUESS_DAYS)
        whole = around(known, level, day)
        rows: list[Any] = []
        for product, bought, next_in in _some(habits.bought_again_by(customer, day)):
            passed = day - bought.days[-1]
            if passed > LONGEST_SILENCE:
                continue
            own = _after(customer, product, bought)
            rhythm = rhythm_of(bought.gaps, goods.level_without(product, own))
            features = pair_features(bought, rhythm, whole, goods[product][1:], day)
            rows.append(
                [
                    _short(features),
                    *_short([rhythm.mean, rhythm.spread]),
                    passed,
                    next_in,
                    earlier * FORTNIGHT,
                ]
            )
        return rows

    def fit(self, rows: Sequence[Any], _intervals: IntervalTables, before: Any) -> Any:
        """Weights, and the threshold below which nobody is reminded."""
        pairs = [
            PairExample(features, Rhythm(mean, spread, 1), passed, next_in, followed)
            for features, mean, spread, passed, next_in, followed in _thinned(rows)
        ]
        return _told(REPLENISHMENT, fit_replenishment(pairs), before)


class Customers:
    """Whether the customer ordered again: soon, or at all."""

    def __init__(self, name: str, fit: Callable[[Sequence[CustomerExample]], Model]) -> None:
        self._name, self._fit = name, fit

    def rows(self, customer: Customer, shop: Shop, cut: datetime) -> Sequence[Any]:
        """Features, days to the next order, days followed."""
        earlier = _drawn(customer, self._name)
        day = cut.toordinal() - earlier * FORTNIGHT
        known = habits.ordered_by(customer, day) if _is_taught(shop) else None
        now = habits.ordered(customer)
        if known is None or now is None:
            return []
        goods = _goods(shop, earlier)
        level = shop_level(shop.intervals.orders, GUESS_DAYS)
        features = customer_features(habits.with_goods(known, customer, goods), level, goods, day)
        later = [each for each in now.days if each > day]
        return [[_short(features), later[0] - day if later else None, earlier * FORTNIGHT]]

    def fit(self, rows: Sequence[Any], _intervals: IntervalTables, before: Any) -> Any:
        """Weights."""
        return _told(self._name, self._fit([CustomerExample(*row) for row in _thinned(rows)]), before)


LEARNERS: Mapping[str, Learner] = {
    REPLENISHMENT: Pairs(),
    ORDER: Customers(ORDER, fit_order),
    LOST: Customers(LOST, lambda examples: fit_lost(examples, FAR)),
}


def _is_taught(shop: Shop) -> bool:
    """In a shop's first night nothing is known of its goods yet."""
    return shop.intervals.orders.number > 0


def _drawn(customer: Customer, name: str) -> int:
    lot = zlib.crc32(f"{name}:{customer['id']}".encode("utf-8", "replace"))
    return _EARLIER[name][lot % len(_EARLIER[name])]


def _goods(shop: Shop, earlier: int) -> Goods:
    """As they were then, so far as the tables tell."""
    return shop.goods_before(min(earlier, KEPT))


def _after(customer: Customer, product: str, then: Bought) -> Gaps:
    """The pair's own gaps since: what it teaches must not know them from the shop's tables."""
    now = orders.purchases(customer)[product].gaps
    return Gaps(*(later - earlier for later, earlier in zip(now, then.gaps, strict=True)))


def _some(pairs: Any) -> list[Any]:
    """At equal distances, so that a customer with hundreds does not outweigh the others."""
    found = list(pairs)
    return found[:: -(-len(found) // PAIRS)] if found else []


def _thinned(rows: Sequence[Any]) -> Sequence[Any]:
    return rows[:: max(1, -(-len(rows) // MOST_EXAMPLES))]


def _short(numbers: Sequence[float]) -> list[float]:
    return [round(each, _DIGITS) for each in numbers]


def _told(name: str, learned: Model, before: Any) -> Any:
    """Last night's where tonight's sample is too small or the fit went wrong; nothing, for the shipped ones, at first."""
    return learned.to_json(name) if learned.rows else before or {}
