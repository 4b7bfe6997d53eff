"""The day they first ordered, in a later year."""

from __future__ import annotations

from tests.stories.telling import Story, orders


def test_each_year_on_the_day_of_their_first_order():
    """Counted in years."""
    story = Story("anniversary")
    story.happens("2026-03-10 12:00", orders("2026-03-10 12:00"))
    assert story.until("2028-04-01 10:00") == ["03-10 10:00 thanks", "03-10 10:00 thanks"]
    assert "March 10, 2026" in story.mail()


def test_it_stays_silent_for_who_never_ordered():
    """There is no day to think of."""
    story = Story("anniversary")
    assert story.until("2027-04-01 10:00") == []
    assert story.finding().facts["why"] == "never ordered"


def test_the_key_is_the_year():
    """However many orders came in between."""
    story = Story("anniversary")
    for when in ("2026-03-10 12:00", "2026-05-10 12:00", "2027-02-10 12:00"):
        story.happens(when, orders(when))
    story.until("2028-04-01 10:00")
    assert story.keys() == ["2027", "2028"]
