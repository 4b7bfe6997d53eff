"""Our logistic regression against scikit-learn's, and what it does when there is nothing to fit."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from perennial.forecast.logistic import Line, fit

WIDTH = 6
NOTHING = Line(0.0, (0.0,) * WIDTH)


def made_up(number, seed=7):
    """Rows on different scales, some columns nearly the same, and labels that follow a known line."""
    chance = random.Random(seed)
    rows, labels = [], []
    for _ in range(number):
        common = chance.gauss(0, 1)
        row = [
            common + chance.gauss(0, 0.2),
            common,
            chance.gauss(3, 10),
            *(chance.random() for _ in range(3)),
        ]
        odds = 0.8 * row[0] - 0.05 * row[2] + row[4] - 1.5
        rows.append(row)
        labels.append(chance.random() < 1 / (1 + math.exp(-odds)))
    return rows, labels


def independent(rows, labels, penalty):
    """Weights and bias on the features as they are, by scikit-learn on standardised columns."""
    table = np.array(rows)
    means, spreads = table.mean(0), table.std(0)
    found = LogisticRegression(C=1 / penalty, tol=1e-12, max_iter=10_000).fit(
        (table - means) / spreads, labels
    )
    weights = found.coef_[0] / spreads
    return float(found.intercept_[0] - weights @ means), weights


@pytest.mark.parametrize("penalty", [1.0, 100.0])
@pytest.mark.parametrize("sampled", [300, 10_000])
def test_the_optimum_is_that_of_scikit_learn(penalty, sampled):
    """Whether the second derivatives come from all rows or from a sample of them."""
    rows, labels = made_up(2_000)
    line = fit(rows, labels, NOTHING, penalty, sampled)
    bias, weights = independent(rows, labels, penalty)
    assert line is not None
    assert line.bias == pytest.approx(bias, abs=1e-4)
    assert line.weights == pytest.approx(weights, abs=1e-4)


def test_few_rows_stay_near_what_was_known_before():
    """The penalty pulls to the weights given, not to nothing."""
    rows, labels = made_up(40)
    known = Line(-1.0, (0.5, 0.3, -0.04, 0.0, 0.9, 0.0))
    near = fit(rows, labels, known, penalty=1e6)
    assert near is not None
    assert near.weights == pytest.approx(known.weights, abs=1e-3)


def test_a_column_that_never_varies_weighs_nothing():
    """It says nothing, and does not break the fit."""
    rows, labels = made_up(300)
    line = fit([[*row[:-1], 5.0] for row in rows], labels, NOTHING)
    assert line is not None
    assert line.weights[-1] == 0.0


def test_what_cannot_be_fitted_is_none():
    """No optimum (a perfect split without a penalty, all of one kind) and no numbers: never weights that mean nothing."""
    split = [[float(n), *[0.0] * (WIDTH - 1)] for n in range(100)]
    assert fit(split, [n > 50 for n in range(100)], NOTHING, penalty=0.0) is None
    rows, labels = made_up(100)
    assert fit([[math.nan, *row[1:]] for row in rows], labels, NOTHING) is None
    assert fit([[math.inf, *row[1:]] for row in rows], labels, NOTHING) is None
