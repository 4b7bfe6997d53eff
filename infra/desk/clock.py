"""The desk's time: it stands still, and moves only forward, when it is told to."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)([smhd])")
_MINUTE = timedelta(minutes=1)


class VirtualClock:
    """Called, it answers what time it is."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def __call__(self) -> datetime:
        return self._now

    def restart(self, now: datetime) -> None:
        """The one way back: a new beginning."""
        self._now = now

    def move(self, to: datetime) -> None:
        """No effect for a moment that is past."""
        self._now = max(self._now, to)


def start_of_the_desk() -> datetime:
    """The real time, to the millisecond, as everything stored is."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def span_of(text: str) -> timedelta:
    """Of "90s", "15m", "36h" or "400d"; ValueError for anything else."""
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no span of time. Write a number and s, m, h or d, such as 36h.")
    return timedelta(**{_UNITS[match[2]]: float(match[1])})


def moment_of(text: str) -> datetime:
    """Of an ISO time with a zone; ValueError without one."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone. Write it as 2026-11-22T09:30:00Z.")
    return at.astimezone(UTC)


def next_minute(at: datetime) -> datetime:
    """The first whole minute not before `at`."""
    whole = at.replace(second=0, microsecond=0)
    return whole if whole == at else whole + _MINUTE
