"""When one may stop before the planned end: O'Brien and Fleming's limits for a number of equally spaced looks.

Ten naive looks at 1.96 call nearly every fifth difference real that is none. These limits ask for much more in the beginning
and for little more at the end, and keep the promise as a whole. Source: O'Brien and Fleming 1979; the constant by Armitage,
McPherson and Rowe's recursion (1969), on a grid.
"""

from __future__ import annotations

import math
from functools import cache
from statistics import NormalDist

from perennial.experiments.shares import LEVEL

LOOKS = 10
_POINTS = 61  # of the grid, odd for Simpson's rule: more change nothing in four places
_NORMAL = NormalDist()


def limit(look: int, looks: int = LOOKS, level: float = LEVEL) -> float:
    """How far from 0 the z of that look (1 to `looks`) must be."""
    return constant(looks, level) * math.sqrt(looks / look)


@cache
def constant(looks: int, level: float = LEVEL) -> float:
    """The z that is asked for at the last look."""
    low, high = _NORMAL.inv_cdf(1 - level / 2), _NORMAL.inv_cdf(1 - level / 2 / looks) + 0.5
    for _ in range(24):
        middle = (low + high) / 2
        if _ever_beyond(middle, looks) > level:
            low = middle
        else:
            high = middle
    return high


def _ever_beyond(last: float, looks: int) -> float:
    """How often chance alone passes the limits at any look: the sum of steps of variance 1, limits at last * sqrt(looks)."""
    edge = last * math.sqrt(looks)
    step = 2 * edge / (_POINTS - 1)
    places = [-edge + step * each for each in range(_POINTS)]
    weights = [
        step / 3 * (1 if each in (0, _POINTS - 1) else 4 if each % 2 else 2) for each in range(_POINTS)
    ]
    bell = [_NORMAL.pdf(step * each) for each in range(_POINTS)]
    inside = [_NORMAL.pdf(place) for place in places]
    beyond = 2 * (1 - _NORMAL.cdf(edge))
    for _ in range(looks - 1):
        weighted = [density * weight for density, weight in zip(inside, weights, strict=True)]
        beyond += sum(
            each * (2 - _NORMAL.cdf(edge - place) - _NORMAL.cdf(edge + place))
            for each, place in zip(weighted, places, strict=True)
        )
        inside = [
            sum(each * bell[abs(there - here)] for here, each in enumerate(weighted))
            for there in range(_POINTS)
        ]
    return beyond
