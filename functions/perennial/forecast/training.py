"""Fitting the models to what a shop has seen: features at an earlier day, and what happened after it.

Where a shop has too few examples, or the fit goes wrong, the shipped weights stand.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import median
from typing import NamedTuple

from perennial.forecast.logistic import Line, fit
from perennial.forecast.models import (
    LOST,
    ORDER,
    REPLENISHMENT,
    Model,
    ahead_features,
    model,
    window_features,
)
from perennial.forecast.timing import PairExample, threshold_for
from perennial.forecast.views import CUSTOMER_FEATURES, FAR, SOON

LEAST_ROWS = 200
HALF_FADED = 2_000  # rows with which only half of what was known beforehand is pulled to: no shop is like the made-up ones
LEAST_OF_EACH = 30  # of those that came and of those that did not
TAUGHT_STARTS = (1, 15, 28)  # days on which a fortnight begins
HORIZONS = (3, 7, 14, 30, 60, 90)  # days within which an order is asked for
LEAST_OF_GAP = 0.33  # of the usual gap: below it hardly anybody orders, and a slow shop learns nothing
_USUAL = CUSTOMER_FEATURES.index("usual")


class CustomerExample(NamedTuple):
    """next_in: days from then to the next order, None if none was seen in `followed` days."""

    features: Sequence[float]
    next_in: int | None
    followed: int


def fit_replenishment(pairs: Iterable[PairExample], prior: Model | None = None) -> Model:
    """Fortnights that the follow-up of an example covers, near and far ones together. prior: else the shipped one."""
    pairs = list(pairs)
    rows: list[list[float]] = []
    labels: list[bool] = []
    for pair in pairs:
        for start in TAUGHT_STARTS:
            if start - 1 + SOON <= pair.followed:
                ahead = window_features(pair.features, pair.rhythm, pair.passed, start)
                rows.append([*pair.features, *ahead])
                labels.append(_within(pair.next_in, start, start - 1 + SOON))
    found = _fitted(REPLENISHMENT, rows, labels, prior)
    return found._replace(threshold=threshold_for(found.line, pairs, found.threshold))


def fit_order(customers: Iterable[CustomerExample], prior: Model | None = None) -> Model:
    """Orders within each horizon that the follow-up of an example covers, and that is not too short for this shop."""
    customers = list(customers)
    rows: list[list[float]] = []
    labels: list[bool] = []
    usual = math.exp(median([each.features[_USUAL] for each in customers] or [0.0]))
    horizons = [days for days in HORIZONS if days >= min(LEAST_OF_GAP * usual, SOON)]
    for each in customers:
        for days in horizons:
            if days <= each.followed:
                rows.append([*each.features, *ahead_features(each.features, days)])
                labels.append(_within(each.next_in, 1, days))
    return _fitted(ORDER, rows, labels, prior)


def fit_lost(customers: Iterable[CustomerExample], horizon: int = FAR, prior: Model | None = None) -> Model:
    """No order within the horizon."""
    known = [each for each in customers if each.followed >= horizon]
    labels = [not _within(each.next_in, 1, horizon) for each in known]
    return _fitted(LOST, [each.features for each in known], labels, prior)


def _within(next_in: int | None, start: int, end: int) -> bool:
    return next_in is not None and start <= next_in <= end


def _fitted(name: str, rows: Sequence[Sequence[float]], labels: Sequence[bool], prior: Model | None) -> Model:
    before = prior or model({}, name)
    came = sum(labels)
    if len(rows) < LEAST_ROWS or min(came, len(labels) - came) < LEAST_OF_EACH:
        return before
    line = fit(rows, labels, _fading(before.line, len(rows)))
    return before if line is None else Model(line, before.threshold, len(rows))


def _fading(line: Line, rows: int) -> Line:
    kept = HALF_FADED / (HALF_FADED + rows)
    return Line(line.bias, tuple(kept * weight for weight in line.weights))
