"""Whether to remind of a product, and on which day.

A reminder costs the customer's patience, so it goes out only where a purchase in the fortnight after it is likely enough,
and on the day that makes it likeliest; who buys before is not reminded. How likely is enough is chosen by what reminders
would have brought at an earlier day: the best balance of reminders that a purchase followed and of purchases reminded of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from perennial.forecast.gaps import Rhythm
from perennial.forecast.logistic import Line, chance
from perennial.forecast.models import window_features
from perennial.forecast.views import SOON

STARTS = (1, 8, 15, 22, 28)  # days from today on which a reminder may go out
REACH = STARTS[-1] + SOON  # days within which a purchase could have been reminded of
LATER = 0.15  # a later day must be better by this share of today's chance: what is far is known badly
LEAST_DUE = 60  # purchases from which a threshold is chosen
_GRID = tuple(round(0.02 * 1.25**step, 4) for step in range(15))


class PairExample(NamedTuple):
    """A pair at a day. next_in: days to the next purchase, None if none was seen in the `followed` days after it."""

    features: Sequence[float]
    rhythm: Rhythm
    passed: int
    next_in: int | None = None
    followed: int = 0


def chances(line: Line, pair: PairExample) -> list[float]:
    """Of a purchase within the fortnight that begins on each day of `STARTS`."""
    here = line.log_odds(pair.features)
    width = len(pair.features)
    beyond = Line(here, line.weights[width:])
    return [
        chance(beyond.log_odds(window_features(pair.features, pair.rhythm, pair.passed, start)))
        for start in STARTS
    ]


def best_start(soon: Sequence[float], threshold: float) -> int | None:
    """The day of the reminder; None where it is not worth one. soon: as `chances` says."""
    best, start = 0.0, None
    for at, likely in zip(STARTS, soon, strict=True):
        still_waiting = 1.0 - min(0.95, soon[0] * (at - 1) / SOON)
        worth = likely - threshold * still_waiting - (LATER * soon[0] if at > 1 else 0.0)
        if worth > best:
            best, start = worth, at
    return start


def threshold_for(line: Line, pairs: Iterable[PairExample], otherwise: float) -> float:
    """The one that would have served best; `otherwise` where too little was seen."""
    seen = [
        (chances(line, pair), REACH + 1 if pair.next_in is None else pair.next_in)
        for pair in pairs
        if pair.followed >= REACH
    ]
    due = sum(next_in <= REACH for _, next_in in seen)
    if due < LEAST_DUE:
        return otherwise
    served = [_balance(seen, threshold, due) for threshold in _GRID]
    smooth = [sum(served[max(0, at - 1) : at + 2]) for at in range(1, len(served) - 1)]
    return _GRID[1 + smooth.index(max(smooth))]


def _balance(seen: Sequence[tuple[Sequence[float], int]], threshold: float, due: int) -> float:
    """F1: of reminders that went out, and of purchases that were due."""
    sent = hits = 0
    for soon, next_in in seen:
        start = best_start(soon, threshold)
        if start is not None and next_in >= start:
            sent += 1
            hits += next_in < start + SOON
    return 2 * hits / (sent + due)
