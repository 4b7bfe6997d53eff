"""Somebody who used to come more often comes no more."""

from __future__ import annotations

from dataclasses import replace

from perennial.insight.tables import Tables, Thresholds
from tests.stories.telling import TABLES, Story, orders

KNOWN = replace(TABLES, rfm=Thresholds((20, 40, 80, 160), (1000, 2000, 3000, 4000), 100))
DAYS = ("2026-01-02", "2026-01-20", "2026-02-02", "2026-02-20")


def regular(tables: Tables = KNOWN) -> Story:
    story = Story("at_risk", "2026-01-02 09:00")
    story.change(tables=tables)
    for day in DAYS:
        story.happens(f"{day} 10:00", orders(f"{day} 10:00", "tea", "pot"))
    return story


def lived(story: Story, until: str) -> list[str]:
    """With a night after each month."""
    for month in range(3, int(until[5:7]) + 1):
        story.until(f"2026-{month:02}-28 03:00")
        story.night()
    return story.until(until)


def test_we_ask_when_time_has_moved_them_there():
    """Found by a nightly pass, sent in the morning."""
    story = regular()
    assert lived(story, "2026-07-10 10:00") == ["05-28 09:00 check_in"]
    assert story.customer()["lifecycle"]["rfm"]["previous"] == "Loyal"


def test_it_stays_silent_when_the_shop_can_tell_groups_for_the_first_time():
    """Whoever is found at risk then has not moved."""
    story = regular(TABLES)
    story.until("2026-06-20 10:00")
    story.change(tables=KNOWN)
    story.night()
    assert story.customer()["lifecycle"]["rfm"]["group"] == "At risk"
    assert story.finding().facts["why"] == "nobody knows since when"
    assert story.until("2026-07-10 10:00") == []


def test_the_key_is_the_group_and_the_day_of_the_change():
    """The night that saw it."""
    story = regular()
    lived(story, "2026-07-10 10:00")
    assert story.keys() == ["At risk:2026-05-28"]
