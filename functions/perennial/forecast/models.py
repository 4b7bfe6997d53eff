"""The three models: will this product be bought, will this customer order, is this customer lost.

Each is one line of log odds over the features of a customer or a pair, and over how far ahead it looks. The weights are
those of the release, fitted on the shop's own history, or the shipped ones.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from perennial.forecast.defaults import SHIPPED
from perennial.forecast.gaps import Rhythm
from perennial.forecast.goods import log_odds
from perennial.forecast.logistic import Line, chance
from perennial.forecast.views import CUSTOMER_FEATURES, NEXT, PAIR_FEATURES, SOON, chance_of_end

REPLENISHMENT = "replenishment"  # will the product be bought within SOON days from a day on
ORDER = "order"  # will the customer order within so many days
LOST = "lost"  # will the customer not order within FAR days

WINDOW_FEATURES = ("later_due", "later", "later_sq", "later_own", "later_overdue", "later_now", "later_order_due",
    "later_in_30", "later_order_passed")  # fmt: skip
_OVERDUE, _DUE, _IN_30, _ORDER_PASSED, _ORDER_DUE = (
    PAIR_FEATURES.index(name) for name in ("overdue", "due", "orders_in_30", "order_passed", "order_due")
)
AHEAD_FEATURES = ("ahead", "ahead_sq", "ahead_cube", "due_ahead")
_PASSED, _USUAL, _SPREAD = (CUSTOMER_FEATURES.index(name) for name in ("passed", "usual", "spread"))
TAUGHT_FAR = 90.0  # days: the furthest horizon that the order model is taught
LONGEST = 3650.0  # days: what is further away is never
NAMES: Mapping[str, tuple[str, ...]] = {
    REPLENISHMENT: PAIR_FEATURES + WINDOW_FEATURES,
    ORDER: CUSTOMER_FEATURES + AHEAD_FEATURES,
    LOST: CUSTOMER_FEATURES,
}


class Model(NamedTuple):
    """threshold: of a chance, below which the customer is left alone. rows: what it was fitted on, 0 for the shipped one."""

    line: Line
    threshold: float
    rows: int = 0

    def to_json(self, name: str) -> dict[str, Any]:
        """For the release."""
        return {
            "bias": round(self.line.bias, 6),
            "weights": {
                feature: round(weight, 6)
                for feature, weight in zip(NAMES[name], self.line.weights, strict=True)
            },
            "threshold": round(self.threshold, 4),
            "rows": self.rows,
        }


def model(weights: Mapping[str, Any], name: str) -> Model:
    """From the weights of a release; the shipped one where it has none, or some for other features than these."""
    told = weights.get(name)
    if not told or set(told["weights"]) != set(NAMES[name]):
        told = SHIPPED[name]
    line = Line(told["bias"], tuple(told["weights"].get(feature, 0.0) for feature in NAMES[name]))
    return Model(line, told["threshold"], told["rows"])


def window_features(features: Sequence[float], rhythm: Rhythm, passed: float, start: int) -> list[float]:
    """What is added to a pair's features to ask for the fortnight that begins `start` days from today; 1: tomorrow."""
    if start <= 1:
        return [0.0] * len(WINDOW_FEATURES)
    later = (start - 1) / SOON
    due = log_odds(chance_of_end(rhythm, passed, start - 1, start - 1 + SOON))
    return [
        due - features[_DUE],
        later,
        later * later,
        later * due,
        later * features[_OVERDUE],
        later * features[_DUE],
        later * features[_ORDER_DUE],
        later * features[_IN_30],
        later * features[_ORDER_PASSED],
    ]


def ahead_features(features: Sequence[float], days: float) -> list[float]:
    """What is added to a customer's features to ask for an order within so many days."""
    ahead = math.log(days / NEXT)
    rhythm = Rhythm(features[_USUAL], features[_SPREAD], 0)
    due = log_odds(chance_of_end(rhythm, math.exp(features[_PASSED]) - 1, 0, days))
    return [ahead, ahead * ahead, ahead**3, due]


def chance_within(order: Model, features: Sequence[float], days: float) -> float:
    """Of an order within so many days, by the order model."""
    return chance(order.line.log_odds([*features, *ahead_features(features, days)]))


def chance_soon(replenishment: Model, features: Sequence[float]) -> float:
    """Of a purchase of the pair within SOON days from today."""
    return chance(replenishment.line.log_odds(features))  # what is beyond the features weighs nothing here


def expected_days(order: Model, features: Sequence[float]) -> float:
    """After which an order has become likelier than not; at most `LONGEST`.

    The log odds of an order within so many days are searched for their zero. Beyond what was taught they grow with the
    logarithm of the days, as they do at the last horizon.
    """
    known = order.line.log_odds(features)
    beyond = Line(0.0, order.line.weights[len(features) :])

    def odds(days: float) -> float:
        return known + beyond.log_odds(ahead_features(features, days))

    if odds(TAUGHT_FAR) >= 0:
        return _even(odds, 0.5, TAUGHT_FAR)
    slope = max(0.3, (odds(TAUGHT_FAR) - odds(TAUGHT_FAR * 0.8)) / math.log(1 / 0.8))
    return min(LONGEST, TAUGHT_FAR * math.exp(min(20.0, -odds(TAUGHT_FAR) / slope)))


def _even(odds: Callable[[float], float], low: float, high: float) -> float:
    """Where they are even; they grow with the days."""
    for _ in range(20):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if odds(middle) >= 0 else (middle, high)
    return high
