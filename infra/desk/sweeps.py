"""The Scheduler's part: at which minute there is something for the sweep to do.

The real schedule fires each minute. Here the minutes in which nothing is due are left out, so that a year takes seconds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from infra.desk.clock import next_minute
from perennial.times import moment, stamp

MINUTE = timedelta(minutes=1)
PATIENCE = 10  # sweeps, a minute apart, that may leave the same customers due
_SLOWER = ((PATIENCE, MINUTE), (PATIENCE + 24, timedelta(hours=1)))  # then once a day
log = logging.getLogger("perennial.desk")
WakeTimes = Callable[[], list[tuple[str, str]]]


class Sweeps:
    """When to sweep. `wake_times`: (stamp, key) of every item of the due index."""

    def __init__(self, wake_times: WakeTimes) -> None:
        self._wake_times = wake_times
        self._last: datetime | None = None
        self._left: frozenset[tuple[str, str]] = frozenset()
        self._in_vain = 0

    def next(self, now: datetime) -> datetime | None:
        """The first minute, not before `now`, at which the sweep has something to do; None when nothing waits."""
        wakes = self._wake_times()
        if self._last is None:
            return next_minute(max(now, moment(min(wakes)[0]))) if wakes else None
        last = stamp(self._last)
        candidates = [self._last + self._pause()] if any(at <= last for at, _ in wakes) else []
        if fresh := [at for at, _ in wakes if at > last]:
            candidates.append(max(moment(min(fresh)), self._last + MINUTE))
        return next_minute(max(now, min(candidates))) if candidates else None

    def done(self, at: datetime) -> None:
        """The sweep ran at `at`."""
        left = frozenset(wake for wake in self._wake_times() if wake[0] <= stamp(at))
        self._in_vain = self._in_vain + 1 if left and left == self._left else 0
        self._last, self._left = at, left
        if self._in_vain == PATIENCE:
            log.warning(
                "%d customer(s) stay due and %d sweeps did not move them; they are swept less often now. First: %s",
                len(left),
                PATIENCE,
                min(left)[1],
            )

    def _pause(self) -> timedelta:
        return next((pause for limit, pause in _SLOWER if self._in_vain < limit), timedelta(days=1))
