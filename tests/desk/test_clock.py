"""The clock jumps to what is due, and the sweep runs in the minutes that have something due."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest

from infra.desk.clock import moment_of, next_minute, span_of
from infra.desk.desk import Desk
from tests.desk import sweeper
from tests.desk.conftest import START

MINUTE = timedelta(minutes=1)


def test_nothing_due_runs_no_sweep(desk: Desk) -> None:
    """A year passes without one."""
    desk.advance("365d")
    assert sweeper.runs == [] and desk.now == START + timedelta(days=365)


def test_sweeps_run_at_the_minute_after_each_wake_time(desk: Desk) -> None:
    """Exactly then, in order, once for those that share a minute."""
    wakes = [
        START + timedelta(days=300, seconds=1),
        START + timedelta(days=2),
        START + timedelta(days=2, seconds=-30),
    ]
    for number, at in enumerate(wakes):
        sweeper.wake(desk, str(number), at)
    desk.advance("365d")
    assert sweeper.runs == [START + timedelta(days=2), START + timedelta(days=300, minutes=1)]


def test_the_target_itself_is_included(desk: Desk) -> None:
    """What is due exactly then has happened when the answer comes."""
    sweeper.wake(desk, "a", START + timedelta(hours=1))
    desk.to(START + timedelta(hours=1) - timedelta(seconds=1))
    assert sweeper.runs == []
    desk.to("2026-11-22T10:00:00Z")
    assert sweeper.runs == [START + timedelta(hours=1)]


def test_a_wake_time_in_the_past_is_swept_at_the_next_minute(desk: Desk) -> None:
    """As the real schedule would."""
    desk.advance("90s")
    sweeper.wake(desk, "a", START)
    desk.advance("1h")
    assert sweeper.runs == [START + 2 * MINUTE]


def test_a_customer_who_stays_due_slows_only_himself(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """The clock arrives, with a warning, and who becomes due later is still swept in time."""
    sweeper.wake(desk, "stuck", START + MINUTE, stays=True)
    sweeper.wake(desk, "fine", START + timedelta(days=20, seconds=1))
    with caplog.at_level(logging.WARNING):
        desk.advance("400d")
    assert START + timedelta(days=20, minutes=1) in sweeper.runs
    assert 400 < len(sweeper.runs) < 500
    assert [record for record in caplog.records if "stay due" in record.getMessage()]


def test_time_goes_forward_only(desk: Desk) -> None:
    """A moment that is past is an error, and changes nothing."""
    with pytest.raises(ValueError, match="only moves forward"):
        desk.to(START - MINUTE)
    assert desk.now == START


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("15m", 900), ("36h", 129_600), ("400d", 34_560_000), ("1.5h", 5400)]
)
def test_spans(text: str, seconds: int) -> None:
    """Seconds, minutes, hours and days."""
    assert span_of(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "h", "36", "-1h", "1w", "36 h"])
def test_what_is_no_span(text: str) -> None:
    """Is refused with an example."""
    with pytest.raises(ValueError, match="36h"):
        span_of(text)


def test_moments_need_a_zone() -> None:
    """A naive time would be somebody's guess."""
    assert moment_of("2026-11-22T10:00:00+01:00") == datetime(2026, 11, 22, 9, tzinfo=UTC)
    with pytest.raises(ValueError, match="time zone"):
        moment_of("2026-11-22T10:00:00")


def test_next_minute_keeps_a_whole_one() -> None:
    """The first whole minute not before."""
    assert next_minute(START) == START
    assert next_minute(START + timedelta(microseconds=1)) == START + MINUTE
