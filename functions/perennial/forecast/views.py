"""A customer and their purchases at one day, in few numbers: what the models see. Days are ordinals (`date.toordinal`).

Only what a document still knows is used, even where a file knows more: the last 20 order days and the last 8 purchase days
of a product, beside sums. So the models say the same of both.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from perennial.forecast.gaps import Gaps, Level, Rhythm, rhythm_of
from perennial.forecast.goods import Goods, log_odds

DAYS_OF_ORDERS = 20
DAYS_OF_PRODUCT = 8
SOON = 14  # days within which a reminder should be followed by a purchase
NEXT = 30
FAR = 90  # days after which a customer who has not ordered counts as lost
_FURTHEST = 6.0  # spreads from the mean: what lies further says no more


class Ordered(NamedTuple):
    """Orders of a customer. days: the last ones, oldest first. number: of order days, ever; gaps: between them. first: day.

    products: of each kept day, oldest first. variety: how many different products were ever bought, items: on how many days
    summed over products.
    """

    days: Sequence[int]
    number: int
    gaps: Gaps
    first: int
    products: Sequence[Sequence[str]]
    variety: int
    items: int
    again: float  # mean log odds that a buyer comes back, over the different products


class Bought(NamedTuple):
    """Purchases of one product. days: the last ones, oldest first. number: of days, ever; gaps: between them."""

    days: Sequence[int]
    number: int
    gaps: Gaps


def chance_of_end(rhythm: Rhythm, passed: float, start: float, end: float) -> float:
    """That a gap which has lasted `passed` days ends between `start` and `end` days from now."""
    still = rhythm.silence(passed)
    if still < 1e-9:
        return 0.0
    return (rhythm.silence(passed + start) - rhythm.silence(passed + end)) / still


def distance(days: float, mean: float, spread: float) -> float:
    """Of a gap that has lasted so long, in spreads from the mean log gap."""
    return min(_FURTHEST, max(-_FURTHEST, (math.log(days + 1) - mean) / spread))


CUSTOMER_FEATURES = (
    "passed", "orders", "overdue", "due_in_30", "due_in_90", "usual", "spread", "rate", "in_30", "in_90", "in_180",
    "pulse_30", "pulse_90", "pulse_270", "variety", "items_per_order", "once", "again", "last_again", "last_items",
    "last_popular", "dormant",
)  # fmt: skip


def customer_features(ordered: Ordered, level: Level, goods: Goods, today: int) -> list[float]:
    """By `CUSTOMER_FEATURES`. level: of the gaps between orders in this shop."""
    days = ordered.days
    passed = max(0, today - days[-1])
    rhythm = rhythm_of(ordered.gaps, level)
    last = [goods[product] for product in ordered.products[-1]]
    shown = max(1, len(last))
    tenure = max(0, today - ordered.first)
    return [
        math.log(passed + 1),
        math.log(ordered.number),
        distance(passed, rhythm.mean, rhythm.spread),
        log_odds(chance_of_end(rhythm, passed, 0, NEXT)),
        log_odds(chance_of_end(rhythm, passed, 0, FAR)),
        rhythm.mean,
        rhythm.spread,
        math.log(ordered.number / (tenure + 30)),
        *(math.log1p(_since(days, today - reach)) for reach in (30, 90, 180)),
        *(math.log(pulse(days, today, reach) + 0.01) for reach in (30, 90, 270)),
        math.log(max(1, ordered.variety)),
        math.log(max(1, ordered.items) / ordered.number),
        float(ordered.number == 1),
        ordered.again,
        sum(good.again for good in last) / shown,
        math.log(shown),
        sum(good.popularity for good in last) / shown,
        passed / (tenure + 1),
    ]


def pulse(days: Sequence[int], today: int, reach: float) -> float:
    """How many of these days, each counting less the longer ago it is: 1/e of it after `reach` days."""
    return sum([math.exp((day - today) / reach) for day in days])


def _since(days: Sequence[int], day: int) -> int:
    return len(days) - bisect_right(days, day)


class Around(NamedTuple):
    """What is the same for all products of a customer."""

    days: Sequence[int]
    in_30: float
    in_90: float
    passed: float
    usual: float
    due: float
    basket: float
    orders: float


def around(ordered: Ordered, level: Level, today: int) -> Around:
    """level: of the gaps between orders in this shop."""
    days = ordered.days
    rhythm = rhythm_of(ordered.gaps, level)
    passed = max(0, today - days[-1])
    baskets = [len(products) for products in ordered.products[-DAYS_OF_PRODUCT:]]
    return Around(
        days,
        math.log1p(_since(days, today - 30)),
        math.log1p(_since(days, today - 90)),
        math.log1p(passed),
        rhythm.mean,
        log_odds(chance_of_end(rhythm, passed, 0, SOON)),
        math.log(max(1.0, sum(baskets) / len(baskets))),
        math.log(ordered.number),
    )


PAIR_FEATURES = (
    "times", "overdue", "due", "passed", "usual", "spread", "pulse_15", "pulse_45", "pulse_120", "orders_in_30",
    "orders_in_90", "order_passed", "order_usual", "order_due", "orders_since", "share_of_orders", "basket", "again",
    "trend", "popularity", "orders",
)  # fmt: skip


def pair_features(
    bought: Bought, rhythm: Rhythm, customer: Around, product: tuple[float, float, float], today: int
) -> list[float]:
    """By `PAIR_FEATURES`. product: again, trend and popularity (`goods.Good`)."""
    days, orders = bought.days, customer.days
    passed = max(0, today - days[-1])
    seen_from = bisect_left(orders, days[0])
    within = len(days) - bisect_left(days, orders[0])
    again, trend, popularity = product
    return [
        math.log(bought.number),
        distance(passed, rhythm.mean, rhythm.spread),
        log_odds(chance_of_end(rhythm, passed, 0, SOON)),
        math.log(passed + 1),
        rhythm.mean,
        rhythm.spread,
        pulse(days, today, 15),
        pulse(days, today, 45),
        pulse(days, today, 120),
        customer.in_30,
        customer.in_90,
        customer.passed,
        customer.usual,
        customer.due,
        math.log1p(_since(orders, days[-1])),
        log_odds(max(1, within) / (max(within, len(orders) - seen_from) + 3)),
        customer.basket,
        again,
        trend,
        popularity,
        customer.orders,
    ]
