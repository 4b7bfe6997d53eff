"""The Scheduler's part: at which minute there is something for the sweep to do.

The real schedule fires each minute. Here the minutes in which nothing is due are left out, so that a year takes seconds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from infra.desk.clock import next_minute
from infra.desk.cloud import Wake
from perennial.times import moment, stamp

MINUTE = timedelta(minutes=1)
PATIENCE = 10  # sweeps, a minute apart, that may leave the same customers due
_SLOWER = ((PATIENCE, MINUTE), (PATIENCE + 24, timedelta(hours=1)))  # then once a day
log = logging.getLogger("perennial.desk")


class Sweeps:
    """When to sweep. `wakes`: every item of the due index."""

    def __init__(self, wakes: Callable[[], list[Wake]]) -> None:
        self._wakes = wakes
        self._last: datetime | None = None
        self._left: frozenset[Wake] = frozenset()
        self._in_vain = 0

    def next(self, now: datetime) -> datetime | None:
        """The first minute, not before `now`, at which the sweep has something to do; None when nothing waits."""
        wakes = self._wakes()
        if self._last is None:
            return next_minute(max(now, moment(min(wakes).at))) if wakes else None
        last = stamp(self._last)
        candidates = [self._last + self._pause()] if any(each.at <= last for each in wakes) else []
        if fresh := [each.at for each in wakes if each.at > last]:
            candidates.append(max(moment(min(fresh)), self._last + MINUTE))
        return next_minute(max(now, min(candidates))) if candidates else None

    def done(self, at: datetime) -> None:
        """The sweep ran at `at`."""
        left = frozenset(each for each in self._wakes() if each.at <= stamp(at))
        self._in_vain = self._in_vain + 1 if left and left == self._left else 0
        self._last, self._left = at, left
        if self._in_vain == PATIENCE:
            log.warning(
                "%d customer(s) stay due and %d sweeps did not move them; they are swept less often now. First: %s",
                len(left),
                PATIENCE,
                min(left).key,
            )

    def _pause(self) -> timedelta:
        return next((pause for limit, pause in _SLOWER if self._in_vain < limit), timedelta(days=1))
