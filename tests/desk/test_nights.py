"""Schedules of each day fire on the virtual clock, at their time of day in their zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from infra.desk.intrinsics import TemplateError
from infra.desk.nights import Nights, next_of
from infra.desk.stack import Schedule
from infra.desk.template import load_template

NIGHT = Schedule("cron(30 2 * * ? *)", "Europe/Berlin")


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-01-10T00:00", "2026-01-10T01:30"),
        ("2026-01-10T01:30", "2026-01-11T01:30"),
        ("2026-07-10T12:00", "2026-07-11T00:30"),
        (
            "2026-03-28T12:00",
            "2026-03-29T01:30",
        ),  # the hour that does not exist: as the clock would read without the change
        ("2026-10-24T12:00", "2026-10-25T00:30"),  # the hour that comes twice: the first time
    ],
)
def test_the_time_of_day_is_that_of_the_zone(now: str, then: str) -> None:
    """Also in the nights in which the clocks change; never the same moment again."""
    assert next_of(NIGHT, datetime.fromisoformat(now).replace(tzinfo=UTC)) == datetime.fromisoformat(
        then
    ).replace(tzinfo=UTC)


def test_another_kind_of_schedule_is_an_error() -> None:
    """The desk says what it knows instead of doing something else."""
    with pytest.raises(TemplateError, match="cron"):
        next_of(Schedule("rate(5 minutes)"), datetime(2026, 1, 1, tzinfo=UTC))


def test_nights_come_one_by_one() -> None:
    """Each is due once, and the next one a day later."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    nights = Nights(load_template().functions.values(), start)
    assert [each.id for each in nights.functions] == ["NightlyFunction"]
    first = start.replace(hour=2, minute=30)
    assert (nights.next(), nights.due(start)) == (first, [])
    assert [each.id for each in nights.due(first)] == ["NightlyFunction"]
    assert nights.next() == first + timedelta(days=1)
