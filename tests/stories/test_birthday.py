"""Somebody's birthday."""

from __future__ import annotations

import pytest

from perennial.events import Name
from tests.stories.telling import Story, says


def born(story: Story, birthday: str, **traits: str) -> None:
    when = f"{story.now:%Y-%m-%d} 12:00"
    told = {"traits": {"birthday": birthday, **traits}}
    story.happens(when, says(when, Name.CUSTOMER_UPDATED, told))
    story.world.coupons.add("birthday", [f"CODE{number}" for number in range(10)])


def test_a_present_on_the_morning_of_the_day():
    """Nine o'clock where they live, which is six hours earlier in Paris; with a code of their own."""
    story = Story("birthday", "2026-03-01 10:00")
    born(story, "1984-05-20", timezone="Europe/Paris")
    assert story.until("2026-12-01 10:00") == ["05-20 03:00 gift"]
    assert "CODE" in story.mail()


@pytest.mark.parametrize(("year", "day"), [(2027, "02-28"), (2028, "02-29")])
def test_who_was_born_on_a_leap_day_has_a_birthday_each_year(year, day):
    """On the 28th, where there is no 29th."""
    story = Story("birthday", f"{year}-01-10 10:00")
    born(story, "1984-02-29")
    assert story.until(f"{year}-12-01 10:00") == [f"{day} 09:00 gift"]


def test_it_stays_silent_when_the_birthday_is_not_known():
    """And when it became known a week too late."""
    story = Story("birthday", "2026-03-01 10:00")
    assert story.finding().facts["why"] == "the birthday is not known"
    born(story, "1984-02-20")
    assert story.until("2026-12-01 10:00") == []


def test_the_key_is_the_year():
    """Once each year, and not again when the date is corrected."""
    story = Story("birthday", "2026-03-01 10:00")
    born(story, "1984-05-20")
    story.until("2026-06-01 10:00")
    born(story, "1984-06-20")
    story.until("2027-07-01 10:00")
    assert story.keys() == ["2026", "2027"]
