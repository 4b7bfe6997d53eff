"""Time as text."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from perennial.times import moment, stamp


def test_the_hour_that_comes_twice_has_two_stamps():
    """When clocks go back both hours look alike, and Python calls them equal."""
    first = datetime(2026, 10, 25, 1, 30, tzinfo=ZoneInfo("Europe/London"))
    second = first.replace(fold=1)
    assert first == second
    assert [stamp(each) for each in (first, second)] == [
        "2026-10-25T00:30:00.000Z",
        "2026-10-25T01:30:00.000Z",
    ]


def test_a_stamp_is_read_as_the_moment_it_was():
    """To the millisecond."""
    at = moment("2026-03-29T01:30:00.123Z")
    assert stamp(at) == "2026-03-29T01:30:00.123Z"
