"""When a purchase counts as made, which is known by its day: shared by the triggers about products that were bought."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from perennial.times import Stamp

_NOON = time(12)


def noon(day: date) -> datetime:
    """From when waiting is counted, UTC: noon keeps the error under half a day anywhere."""
    return datetime.combine(day, _NOON, UTC)


def end(day: date) -> Stamp:
    """What comes after it is another purchase; whatever comes that day is not."""
    return f"{day.isoformat()}T23:59:59.999Z"
