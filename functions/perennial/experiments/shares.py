"""Comparing two shares: the pooled z test, Newcombe's interval, the smallest difference that would show, and the split.

Sources: Newcombe 1998, "Interval estimation for the difference between independent proportions", method 10; Fleiss, Levin
and Paik 2003, chapter 4, for the sizes; Pearson's chi-squared test for the split. No library is needed for any of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import NamedTuple

_NORMAL = NormalDist()
POWER = 0.8
LEVEL = 0.05


class Share(NamedTuple):
    """`hits` of `number` customers."""

    hits: int
    number: int

    @property
    def value(self) -> float:
        """0 of nobody is 0."""
        return self.hits / self.number if self.number else 0.0


class Interval(NamedTuple):
    """Of a difference, both ends inclusive."""

    low: float
    high: float


def z_of(one: Share, other: Share) -> float:
    """The pooled z of `one` minus `other`; 0 where nothing can differ."""
    if not one.number or not other.number:
        return 0.0
    pooled = (one.hits + other.hits) / (one.number + other.number)
    variance = pooled * (1 - pooled) * (1 / one.number + 1 / other.number)
    return (one.value - other.value) / math.sqrt(variance) if variance > 0 else 0.0


def p_value(z: float) -> float:
    """How often chance alone gives a z this far from 0, on either side."""
    return math.erfc(abs(z) / math.sqrt(2))


def difference(one: Share, other: Share, level: float = LEVEL) -> Interval:
    """Newcombe's interval of `one` minus `other`, which is right for small shares too; (-1, 1) where one is of nobody."""
    if not one.number or not other.number:
        return Interval(-1.0, 1.0)
    low_one, high_one = _wilson(one, level)
    low_other, high_other = _wilson(other, level)
    middle = one.value - other.value
    return Interval(
        middle - math.hypot(one.value - low_one, high_other - other.value),
        middle + math.hypot(high_one - one.value, other.value - low_other),
    )


def _wilson(share: Share, level: float) -> Interval:
    z = _NORMAL.inv_cdf(1 - level / 2)
    n, p = share.number, share.value
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return Interval(middle - half, middle + half)


def detectable(base: float, number: int, other_number: int, level: float = LEVEL) -> float:
    """The smallest rise over the share `base` of `other_number` customers that `number` would show, four times out of five.

    1 - base (everything) when not even that would show.
    """
    if number < 1 or other_number < 1:
        return 1 - base
    low, high = 0.0, 1 - base
    for _ in range(60):
        middle = (low + high) / 2
        if power(base + middle, number, base, other_number, level) < POWER:
            low = middle
        else:
            high = middle
    return high


def power(share: float, number: int, base: float, other_number: int, level: float = LEVEL) -> float:
    """How often the test shows that `share` of `number` is more than `base` of `other_number`."""
    pooled = (share * number + base * other_number) / (number + other_number)
    under_null = math.sqrt(pooled * (1 - pooled) * (1 / number + 1 / other_number))
    real = math.sqrt(share * (1 - share) / number + base * (1 - base) / other_number)
    if real <= 0:
        return 1.0 if share > base else 0.0
    return _NORMAL.cdf((share - base - _NORMAL.inv_cdf(1 - level / 2) * under_null) / real)


def split_p_value(numbers: Sequence[int], shares: Sequence[float]) -> float:
    """How often chance alone divides customers this far from the planned shares (sample-ratio mismatch).

    numbers: customers of each arm; shares: as planned, which add up to 1.
    """
    total = sum(numbers)
    if total == 0 or len(numbers) < 2:
        return 1.0
    squares = sum(
        (seen - total * share) ** 2 / (total * share) for seen, share in zip(numbers, shares, strict=True)
    )
    return _chi_squared_tail(squares, len(numbers) - 1)


def _chi_squared_tail(value: float, freedom: int) -> float:
    """The upper tail, by its closed forms for whole degrees of freedom (Abramowitz and Stegun 26.4.4 and 26.4.5)."""
    half = value / 2
    if freedom % 2:
        tail, term, step = math.erfc(math.sqrt(half)), math.sqrt(half) * 2 / math.sqrt(math.pi), 1.5
    else:
        tail, term, step = 0.0, 1.0, 1.0
    for _ in range(freedom // 2):
        tail += term * math.exp(-half)
        term *= half / step
        step += 1
    return min(1.0, tail)
