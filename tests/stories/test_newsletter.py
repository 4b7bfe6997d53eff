"""A letter to everybody who wants news."""

from __future__ import annotations

from perennial.deciding.verdicts import Verdict
from perennial.events import Name
from tests.stories.telling import Story, at, orders, says


def test_it_arrives_in_the_morning_of_the_day_where_they_live():
    """In Tokyo that is the evening before, in New York."""
    story = Story("newsletter", "2026-11-20 10:00")
    moved = says("2026-11-20 11:00", Name.CUSTOMER_UPDATED, {"traits": {"timezone": "Asia/Tokyo"}})
    story.happens("2026-11-20 11:00", orders("2026-11-20 11:00"), moved)
    assert story.until("2026-12-20 10:00") == ["12-02 19:00 letter"]


def test_it_stays_silent_for_who_is_not_meant():
    """The audience of this one are customers."""
    story = Story("newsletter", "2026-11-20 10:00")
    assert story.until("2026-12-20 10:00") == []


def test_it_stays_silent_when_it_is_set_live_after_its_day():
    """The past is not caught up with."""
    story = Story("newsletter", "2026-12-04 10:00")
    story.change(live_since=at("2026-12-04 10:00"))
    story.happens("2026-12-04 10:00", orders("2026-12-04 10:00"))
    assert story.until("2026-12-20 10:00") == []
    assert story.finding().verdict == Verdict.NOT_TRIGGERED


def test_the_key_is_its_date():
    """The same campaign on another day is another letter."""
    story = Story("newsletter", "2026-11-20 10:00")
    story.happens("2026-11-20 11:00", orders("2026-11-20 11:00"))
    story.until("2026-12-10 10:00")
    story.change(trigger={"on": "2027-01-15", "at": "09:00"}, never_again=False)
    story.happens("2026-12-11 11:00", orders("2026-12-11 11:00"))
    story.until("2027-02-01 10:00")
    assert story.keys() == ["2026-12-03", "2027-01-15"]
