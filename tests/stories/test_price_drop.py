"""A product that somebody watches has become cheaper."""

from __future__ import annotations

from perennial.events import Name
from perennial.times import stamp
from tests.stories.telling import Story, at, orders, says


def drops(when: str, was: int, price: int, product: str = "pot"):
    told = {"product_id": product, "was": was, "price": price, "currency": "USD"}
    return says(when, Name.PRICE_DROPPED, told)


def test_whoever_watches_it_hears_of_a_better_price():
    """An hour later, in case it was a slip."""
    story = Story("price_drop")
    story.happens("2026-03-02 10:00", drops("2026-03-02 10:00", 3400, 2550))
    assert story.until("2026-03-05 10:00") == ["03-02 11:00 notice"]
    assert story.finding().facts["percent"] == 25


def test_it_stays_silent_about_a_few_cents():
    """Five percent are no news."""
    story = Story("price_drop")
    story.happens("2026-03-02 10:00", drops("2026-03-02 10:00", 3400, 3230))
    assert story.until("2026-03-05 10:00") == []


def test_it_stays_silent_for_who_bought_it_the_week_before():
    """Nobody likes to hear that."""
    story = Story("price_drop")
    story.happens("2026-03-02 10:00", orders("2026-03-02 10:00", "pot"))
    story.happens("2026-03-09 10:00", drops("2026-03-09 10:00", 3400, 2550))
    assert story.until("2026-03-15 10:00") == []


def test_the_key_is_the_product_and_its_change():
    """Each new price is another one."""
    story = Story("price_drop")
    days = ("2026-03-02 10:00", "2026-04-02 10:00")
    for when, was, price in ((days[0], 3400, 2550), (days[1], 2550, 1900)):
        story.happens(when, drops(when, was, price))
    story.until("2026-05-01 10:00")
    assert story.keys() == [f"pot:{stamp(at(when))}" for when in days]
