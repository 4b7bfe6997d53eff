"""Durations, percentages, times of day and ids."""

from __future__ import annotations

import pytest

from perennial.publishing import values
from perennial.times import Span


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("30 minutes", Span(0, 1800)),
        ("1 hour", Span(0, 3600)),
        ("36 hours", Span(0, 129600)),
        ("1 day", Span(1)),
        ("5 days", Span(5)),
        ("2 weeks", Span(14)),
    ],
)
def test_days_keep_the_clock_and_hours_elapse(text: str, span: Span) -> None:
    """Days and weeks are counted on the wall clock, minutes and hours as elapsed time."""
    assert values.duration(text) == span


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        ("3 dayz", "'3 days'"),
        ("3d", "'3 days'"),
        ("12h", "'12 hours'"),
        ("90 min", "'90 minutes'"),
        ("2 months", "'60 days'"),
        ("1 Year", "'365 days'"),
        ("3  days", "'3 days'"),
        (3, "'3 days'"),
        (True, "'3 days'"),
        (None, "'3 days'"),
        ("1.5 hours", "'30 minutes'"),
        ("-1 days", "'3 days'"),
        ("0 days", "from '1 minute'"),
        ("5000 days", "'1100 days'"),
        ({"days": 3}, "'3 days'"),
    ],
)
def test_what_is_no_duration_gets_one_suggested(value: object, remedy: str) -> None:
    """The nearest right spelling is in the message."""
    with pytest.raises(ValueError) as told:  # noqa: PT011 - the text is checked below
        values.duration(value)
    assert remedy in str(told.value)


def test_percentages() -> None:
    """Written "90%", kept as a share."""
    assert values.percentage("90%") == 0.9
    for wrong, remedy in ((90, "'90%'"), ("90", "'10%'"), ("101%", "'10%'"), (0.9, "'10%'")):
        with pytest.raises(ValueError, match=remedy):
            values.percentage(wrong)


def test_a_window_of_the_day_may_pass_midnight_and_is_never_empty() -> None:
    """Pairs of times, both on the 24-hour clock."""
    assert values.clock_window(["20:00", "02:00"]) == ("20:00", "02:00")
    for wrong in (["9:00", "20:00"], ["09:00", "24:00"], ["09:00"], "09:00", ["09:00", "09:00"], [9, 20]):
        with pytest.raises(ValueError, match='"09:00", "20:00"'):
            values.clock_window(wrong)


def test_once_per_is_a_duration_or_a_word() -> None:
    """Never and always, and nothing else, stand beside durations."""
    assert [values.once_per(each) for each in ("never", "always", "3 days")] == ["never", "always", Span(3)]
    with pytest.raises(ValueError, match="'never'"):
        values.once_per("sometimes")


def test_ids_are_safe_in_keys_and_paths() -> None:
    """Small letters, digits, - and _; the message shows one made from what was written."""
    assert values.identifier("first_mail-2") == "first_mail-2"
    with pytest.raises(ValueError, match="'first_mail'"):
        values.identifier("First Mail!")


def test_template_names_cannot_leave_their_folder() -> None:
    """Paths below templates/ only."""
    assert values.template_name("browse/reminder") == "browse/reminder"
    for wrong in ("../shop", "/etc/passwd", "browse/reminder.html", "browse//x", "", None, {"plain": "a"}):
        with pytest.raises(ValueError, match="template"):
            values.template_name(wrong)


def test_zones_exist() -> None:
    """IANA names."""
    assert values.timezone("Asia/Bangkok") == "Asia/Bangkok"
    for wrong in ("Berlin", "CEST+1", "../etc/passwd", "", None):
        with pytest.raises(ValueError, match="Europe/Berlin"):
            values.timezone(wrong)
