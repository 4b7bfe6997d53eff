"""A regular has a part of what goes together."""

from __future__ import annotations

from perennial.insight.bundles import Bundle
from tests.stories.telling import Story, orders

BUNDLES = {"table": Bundle("table", "The tea table", ("tea", "pot", "cup"))}


def regular(*days: str, product: str = "tea") -> Story:
    story = Story("bundle")
    story.change(bundles=BUNDLES)
    for day in days:
        story.happens(f"{day} 10:00", orders(f"{day} 10:00", product))
    return story


def test_ten_days_after_the_last_part_a_regular_sees_the_rest():
    """With an offer for it; what they have is left out."""
    story = regular("2026-03-02", "2026-03-12", "2026-04-02")
    assert story.until("2026-05-01 10:00") == ["04-12 09:00 offer"]
    text = story.mail()
    assert "Pot" in text
    assert "Cup" in text
    assert "Tea" not in text
    assert "TOGETHER12" in text


def test_it_stays_silent_for_who_is_no_regular_and_for_who_has_all_of_it():
    """The campaign is for the segment of regulars."""
    story = regular("2026-03-02", "2026-03-12")
    assert story.until("2026-05-01 10:00") == []
    story = regular("2026-03-02", "2026-03-12")
    story.happens("2026-03-15 10:00", orders("2026-03-15 10:00", "pot", "cup"))
    assert story.finding().facts["why"] == "they have nothing of a bundle, or all of it"
    assert story.until("2026-05-01 10:00") == []


def test_the_key_is_the_bundle_and_the_day_of_the_last_purchase():
    """Buying of it again is another reason, though not within ninety days."""
    story = regular("2026-03-02", "2026-03-12", "2026-04-02", "2026-05-20", "2026-09-01")
    story.until("2026-10-01 10:00")
    assert story.keys() == ["table:2026-04-02", "table:2026-09-01"]
