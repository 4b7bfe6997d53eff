"""Regularised logistic regression by Newton's method, in the standard library alone.

The penalty pulls towards weights that are known already (the shipped ones), not towards nothing: a shop with little history
keeps them, a shop with much history outweighs them. Columns are put on a common scale, so that one penalty suits them all.
The second derivatives may be taken from a sample of the rows: that changes how fast the optimum is reached, not where it is.

Source: iteratively reweighted least squares, as in Hastie, Tibshirani & Friedman, The Elements of Statistical Learning, 4.4.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import mul

PENALTY = (
    100.0  # as so many rows' worth: half of it times the squared distance from the prior, on the common scale
)
MOST_STEPS = 60
TOLERANCE = 1e-5  # of the change of a weight on the common scale
SAMPLED = 4_000  # rows from which second derivatives are taken


def _dot_slowly(left: Sequence[float], right: Sequence[float]) -> float:
    total: float = sum(map(mul, left, right))
    return total


# Python 3.12 and later have a quicker one.
_dot: Callable[[Sequence[float], Sequence[float]], float] = getattr(math, "sumprod", _dot_slowly)
_LEAST_SPREAD = 1e-9  # a column that does not vary says nothing


@dataclass(frozen=True, slots=True)
class Line:
    """log odds = bias + sum of weight * feature, on the features as they are."""

    bias: float
    weights: tuple[float, ...]

    def log_odds(self, features: Sequence[float]) -> float:
        """For one row."""
        return self.bias + _dot_slowly(
            self.weights, features
        )  # a feature more than weights counts for nothing


def chance(log_odds: float) -> float:
    """The probability of these odds."""
    if log_odds < -40:
        return 0.0
    return 1.0 / (1.0 + math.exp(-log_odds))


def fit(
    rows: Sequence[Sequence[float]],
    labels: Sequence[bool],
    prior: Line,
    penalty: float = PENALTY,
    sampled: int = SAMPLED,
) -> Line | None:
    """The penalised optimum; None if it was not reached, or is no number. The bias is not penalised."""
    scale = _Scale(rows, len(prior.weights))
    try:
        found = _optimum(scale, labels, scale.inside(prior), penalty, sampled)
    except (ArithmeticError, ValueError):
        return None
    return scale.outside(found) if found and all(map(math.isfinite, found)) else None


class _Scale:
    """Columns of mean 0 and spread 1, and the way between weights on them and on the features as they are."""

    def __init__(self, rows: Sequence[Sequence[float]], width: int) -> None:
        columns = list(zip(*rows, strict=True)) or [()] * width
        self.means = [math.fsum(column) / max(1, len(column)) for column in columns]
        self.spreads = [
            math.sqrt(math.fsum((value - mean) ** 2 for value in column) / max(1, len(column)))
            for column, mean in zip(columns, self.means, strict=True)
        ]
        self.columns = [
            [(value - mean) / spread for value in column] if spread > _LEAST_SPREAD else [0.0] * len(column)
            for column, mean, spread in zip(columns, self.means, self.spreads, strict=True)
        ]
        self.columns.insert(0, [1.0] * len(rows))

    def inside(self, line: Line) -> list[float]:
        """Bias first."""
        weights = [weight * spread for weight, spread in zip(line.weights, self.spreads, strict=True)]
        return [line.bias + sum(map(mul, line.weights, self.means)), *weights]

    def outside(self, found: Sequence[float]) -> Line:
        weights = tuple(
            weight / spread if spread > _LEAST_SPREAD else 0.0
            for weight, spread in zip(found[1:], self.spreads, strict=True)
        )
        return Line(found[0] - sum(map(mul, weights, self.means)), weights)


def _optimum(
    scale: _Scale, labels: Sequence[bool], prior: list[float], penalty: float, sampled: int
) -> list[float] | None:
    columns = scale.columns
    penalties = [0.0, *[penalty] * (len(columns) - 1)]
    wanted = [float(label) for label in labels]
    weights = [_levelled(_odds(columns, prior), wanted, prior[0]), *prior[1:]]
    odds = _odds(columns, weights)
    loss = _loss(odds, wanted, weights, prior, penalties)
    for _ in range(MOST_STEPS):
        chances = list(map(chance, odds))
        misses = [label - each for label, each in zip(wanted, chances, strict=True)]
        slope = [
            _dot(column, misses) - pull * (weight - at)
            for column, pull, weight, at in zip(columns, penalties, weights, prior, strict=True)
        ]
        step = _solved(_bend(columns, chances, penalties, sampled), slope)
        if max(map(abs, step)) < TOLERANCE:
            return weights
        for _ in range(30):  # halved until it is no step up
            ahead = [weight + change for weight, change in zip(weights, step, strict=True)]
            odds = _odds(columns, ahead)
            after = _loss(odds, wanted, ahead, prior, penalties)
            if after <= loss + 1e-9 * abs(loss):
                break
            step = [change / 2 for change in step]
        else:
            return None
        weights, loss = ahead, after
    return None


def _levelled(odds: Sequence[float], wanted: Sequence[float], bias: float) -> float:
    """A bias with which as many come as did: a start from which the first step is not too long."""
    moved, target = 0.0, math.fsum(wanted)
    for _ in range(8):
        chances = [chance(each + moved) for each in odds]
        bend = math.fsum(each * (1 - each) for each in chances)
        moved += max(-2.0, min(2.0, (target - math.fsum(chances)) / (bend + 1e-6)))
    return bias + moved


def _odds(columns: Sequence[Sequence[float]], weights: Sequence[float]) -> list[float]:
    total = [weights[0]] * len(columns[0])
    for column, weight in zip(columns[1:], weights[1:], strict=True):
        total = [so_far + weight * value for so_far, value in zip(total, column, strict=True)]
    return total


def _loss(
    odds: Sequence[float],
    wanted: Sequence[float],
    weights: Sequence[float],
    prior: Sequence[float],
    penalties: Sequence[float],
) -> float:
    misfit = math.fsum(
        max(each, 0.0) + math.log1p(math.exp(-abs(each))) - label * each
        for each, label in zip(odds, wanted, strict=True)
    )
    pulls = zip(penalties, weights, prior, strict=True)
    return misfit + sum(pull * (weight - at) ** 2 for pull, weight, at in pulls) / 2


def _bend(
    columns: Sequence[Sequence[float]], chances: Sequence[float], penalties: Sequence[float], sampled: int
) -> list[list[float]]:
    """Second derivatives; of many rows from a sample, drawn in proportion to what each adds and as if of all."""
    heavy: Sequence[float] = [each * (1.0 - each) for each in chances]
    if len(heavy) > sampled:
        drawn, each_adds = _drawn(heavy, sampled)
        columns = [[column[at] for at in drawn] for column in columns]
        heavy = [each_adds] * len(drawn)
    bend = [[0.0] * len(columns) for _ in columns]
    for i, column in enumerate(columns):
        weighed = list(map(mul, column, heavy))
        for j in range(i + 1):
            bend[i][j] = bend[j][i] = _dot(weighed, columns[j])
        bend[i][i] += penalties[i] + 1e-6
    return bend


def _drawn(heavy: Sequence[float], sampled: int) -> tuple[list[int], float]:
    """At equal distances along the running sum."""
    each_adds = math.fsum(heavy) / sampled
    drawn: list[int] = []
    total, next_at = 0.0, each_adds / 2
    for at, weight in enumerate(heavy):
        total += weight
        while total > next_at:
            drawn.append(at)
            next_at += each_adds
    return drawn, each_adds


def _solved(matrix: list[list[float]], right: Sequence[float]) -> list[float]:
    """Of a symmetric positive matrix, by Cholesky; ValueError when it is none."""
    size = len(right)
    lower = [[0.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            rest = matrix[i][j] - sum(map(mul, lower[i][:j], lower[j][:j]))
            lower[i][j] = math.sqrt(rest) if i == j else rest / lower[j][j]
    below: list[float] = []
    for i in range(size):
        below.append((right[i] - sum(map(mul, lower[i][:i], below))) / lower[i][i])
    found = [0.0] * size
    for i in reversed(range(size)):
        rest = below[i] - math.fsum(lower[k][i] * found[k] for k in range(i + 1, size))
        found[i] = rest / lower[i][i]
    return found
