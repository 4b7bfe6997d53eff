"""What goes with an order."""

from __future__ import annotations

from dataclasses import replace

from tests.stories.telling import TABLES, Story, orders


def test_two_weeks_later_what_others_bought_with_it():
    """Nothing that they have already."""
    story = Story("cross_sell")
    story.happens("2026-03-10 10:00", orders("2026-03-10 10:00", "tea", "cup"))
    assert story.until("2026-04-12 10:00") == ["03-24 10:00 suggestion"]
    assert story.finding().facts["suggested"] == ["pot", "filter"]
    assert "Pot" in story.mail()


def test_it_stays_silent_where_nothing_is_known_to_go_with_it():
    """Bestsellers are no answer to what was bought."""
    story = Story("cross_sell")
    story.change(tables=replace(TABLES, related={}))
    story.happens("2026-03-10 10:00", orders("2026-03-10 10:00", "tea"))
    assert story.until("2026-04-12 10:00") == []
    assert story.finding().facts["why"] == "nothing is known that goes with what was bought"


def test_it_stays_silent_after_another_order():
    """They came back by themselves; that order has its own two weeks."""
    story = Story("cross_sell")
    story.happens("2026-03-10 10:00", orders("2026-03-10 10:00", "tea", order_id="1"))
    story.happens("2026-03-20 10:00", orders("2026-03-20 10:00", "soap", order_id="2"))
    assert story.until("2026-04-12 10:00") == ["04-03 10:00 suggestion"]
    assert story.keys() == ["2"]


def test_the_key_is_the_order():
    """Each order is followed up once."""
    story = Story("cross_sell")
    story.happens("2026-03-10 10:00", orders("2026-03-10 10:00", "tea", order_id="1"))
    story.happens("2026-06-10 10:00", orders("2026-06-10 10:00", "soap", order_id="2"))
    story.until("2026-07-01 10:00")
    assert story.keys() == ["1", "2"]
