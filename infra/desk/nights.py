"""The Scheduler's part that fires once a day, at a time of day in a zone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from infra.desk.intrinsics import TemplateError
from infra.desk.stack import Function, Schedule

EACH_MINUTE = "rate(1 minute)"
_DAILY = re.compile(r"cron\((\d{1,2}) (\d{1,2}) \* \* \? \*\)")


class Nights:
    """When the daily schedules of these functions fire, from `now` on. TemplateError for a schedule of another kind."""

    def __init__(self, functions: Iterable[Function], now: datetime) -> None:
        self._next = [
            (next_of(schedule, now), schedule, function)
            for function in functions
            for schedule in function.schedules
            if schedule.expression != EACH_MINUTE
        ]

    @property
    def functions(self) -> list[Function]:
        """Those that have such a schedule."""
        return [function for _, _, function in self._next]

    def next(self) -> datetime | None:
        """When the next one fires; None when there is none."""
        return min((at for at, _, _ in self._next), default=None)

    def due(self, now: datetime) -> list[Function]:
        """Those whose time has come; the next time is a day later."""
        due = [function for at, _, function in self._next if at <= now]
        self._next = [
            (next_of(schedule, now) if at <= now else at, schedule, function)
            for at, schedule, function in self._next
        ]
        return due


def next_of(schedule: Schedule, now: datetime) -> datetime:
    """The first time after now."""
    match = _DAILY.fullmatch(schedule.expression)
    if match is None:
        raise TemplateError(
            f"A schedule says {schedule.expression}; the desk knows {EACH_MINUTE} and cron(30 2 * * ? *) only."
        )
    zone = ZoneInfo(schedule.zone)
    local = now.astimezone(zone)
    at = local.replace(hour=int(match[2]), minute=int(match[1]), second=0, microsecond=0, fold=0)
    while at.astimezone(UTC) <= now:
        at += timedelta(days=1)
    return at.astimezone(UTC)
