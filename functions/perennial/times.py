"""Time, as Perennial keeps it: aware datetimes in code, fixed-width UTC text in documents.

The text form (`2026-11-22T09:30:00.000Z`) has one width, so comparing texts compares times; documents, index keys and
timeline items are compared and sorted without parsing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
Stamp = str  # what `stamp` returns


class Span(NamedTuple):
    """A marketer's duration. Days keep the local clock time across daylight-saving changes; seconds elapse."""

    days: int = 0
    seconds: int = 0


def utc_now() -> datetime:
    """The clock of production; everything else gets its time handed in."""
    return datetime.now(UTC)


def stamp(at: datetime) -> Stamp:
    """Text of an aware datetime in UTC, milliseconds; ValueError for a naive one."""
    if at.tzinfo is None:
        raise ValueError("a datetime without a time zone")
    if at.tzinfo is not UTC:
        at = at.astimezone(UTC)
    return at.isoformat(timespec="milliseconds")[:-6] + "Z"


def moment(text: Stamp) -> datetime:
    """The aware datetime of a stamp."""
    return datetime.fromisoformat(text)


def after(at: datetime, span: Span, zone: str) -> datetime:
    """`at` plus a span as a person in `zone` counts it: days on the wall clock, then elapsed seconds; UTC."""
    if span.days:
        local = at.astimezone(zone_of(zone))
        at = (local + timedelta(days=span.days)).astimezone(UTC)
    return at + timedelta(seconds=span.seconds)


@lru_cache(maxsize=512)
def zone_of(name: str) -> ZoneInfo:
    """The zone of an IANA name; ZoneInfoNotFoundError or ValueError when there is none such."""
    return ZoneInfo(name)
