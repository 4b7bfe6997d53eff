"""The statistics of experiments against an independent implementation, and their promise against chance."""

from __future__ import annotations

import math
import random
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perennial.experiments.looks import LOOKS, constant, limit
from perennial.experiments.shares import (
    Share,
    detectable,
    difference,
    p_value,
    power,
    split_p_value,
    z_of,
)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from scipy.stats import chisquare
    from statsmodels.stats.proportion import (
        confint_proportions_2indep,
        power_proportions_2indep,
        proportions_ztest,
    )

SHARES = st.integers(2, 5000).flatmap(lambda n: st.builds(Share, st.integers(0, n), st.just(n)))


@given(SHARES, SHARES)
@settings(max_examples=200, deadline=None)
def test_z_and_p_agree_with_statsmodels(one: Share, other: Share) -> None:
    """The pooled test of two proportions."""
    if one.hits + other.hits in (0, one.number + other.number):
        assert z_of(one, other) == 0  # nothing differs, where theirs divides by nought
        return
    z, p = proportions_ztest([one.hits, other.hits], [one.number, other.number])
    assert math.isclose(z_of(one, other), z, rel_tol=1e-9, abs_tol=1e-9)
    assert math.isclose(p_value(z_of(one, other)), p, rel_tol=1e-9, abs_tol=1e-9)


@given(SHARES, SHARES, st.sampled_from([0.05, 0.01, 0.025]))
@settings(max_examples=200, deadline=None)
def test_the_interval_agrees_with_statsmodels(one: Share, other: Share, level: float) -> None:
    """Newcombe's, at the ends too, and it holds the difference."""
    low, high = difference(one, other, level)
    theirs = confint_proportions_2indep(*one, *other, method="newcomb", compare="diff", alpha=level)
    assert low == pytest.approx(theirs[0], abs=1e-9) and high == pytest.approx(theirs[1], abs=1e-9)
    assert low - 1e-12 <= one.value - other.value <= high + 1e-12


@pytest.mark.parametrize(
    ("base", "number", "other"), [(0.05, 900, 100), (0.2, 5000, 5000), (0.01, 20_000, 2_000)]
)
def test_the_smallest_effect_is_seen_four_times_in_five(base: float, number: int, other: int) -> None:
    """By statsmodels' power, too."""
    rise = detectable(base, number, other)
    theirs = power_proportions_2indep(rise, base, number, ratio=other / number, return_results=False)
    assert power(base + rise, number, base, other) == pytest.approx(0.8, abs=1e-6)
    assert theirs == pytest.approx(0.8, abs=0.01)


def test_nobody_shows_nothing() -> None:
    """Without customers no effect is small enough, and no difference is excluded."""
    assert detectable(0.1, 0, 100) == 0.9
    assert difference(Share(0, 0), Share(1, 2)) == (-1, 1) and z_of(Share(0, 0), Share(1, 2)) == 0


@given(st.lists(st.integers(1, 2000), min_size=2, max_size=7))
@settings(max_examples=100, deadline=None)
def test_the_split_agrees_with_scipy(numbers: list[int]) -> None:
    """The chi-squared test, for any number of arms."""
    shares = [1 / len(numbers)] * len(numbers)
    expected = [sum(numbers) * share for share in shares]
    assert split_p_value(numbers, shares) == pytest.approx(chisquare(numbers, expected).pvalue, abs=1e-9)


@pytest.mark.parametrize(
    ("looks", "published"), [(1, 1.960), (2, 1.977), (3, 2.004), (4, 2.024), (5, 2.040), (10, 2.087)]
)
def test_the_limits_are_the_published_ones(looks: int, published: float) -> None:
    """Jennison and Turnbull 2000, table 2.3, for a level of 5 %."""
    assert constant(looks) == pytest.approx(published, abs=0.0015)
    assert limit(looks, looks) == constant(looks)


def test_ten_looks_raise_few_false_alarms() -> None:
    """4,000 experiments in which nothing differs: at most 6 % are called different, where naive looks call 18 %."""
    chance = random.Random(7)
    alarms = naive = 0
    for _ in range(4000):
        arms = [[0, 0], [0, 0]]
        z_by_look = []
        for _ in range(LOOKS):
            for arm in arms:
                arm[0] += _binomial(chance, 100, 0.1)
                arm[1] += 100
            z_by_look.append(abs(z_of(Share(*arms[0]), Share(*arms[1]))))
        alarms += any(z >= limit(look, LOOKS) for look, z in enumerate(z_by_look, 1))
        naive += any(z >= 1.96 for z in z_by_look)
    assert alarms / 4000 <= 0.06
    assert naive / 4000 > 0.12


def _binomial(chance: random.Random, number: int, share: float) -> int:
    """Hits of so many draws, by the lengths of the runs between them."""
    hits, place = 0, 0.0
    while True:
        place += math.floor(math.log(1 - chance.random()) / math.log(1 - share)) + 1
        if place > number:
            return hits
        hits += 1
