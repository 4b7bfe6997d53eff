"""A product that somebody watches came back."""

from __future__ import annotations

from perennial.events import Name
from perennial.times import stamp
from tests.stories.telling import Story, at, orders, says


def comes_back(when: str, product: str = "pot"):
    told = {"product_id": product, "price": 3400, "currency": "USD"}
    return says(when, Name.PRODUCT_RESTOCKED, told)


def test_whoever_watches_it_is_told_within_the_hour():
    """The watchers are found by the catalogue; each of them gets the event."""
    story = Story("back_in_stock")
    story.happens("2026-03-02 10:00", comes_back("2026-03-02 10:00"))
    assert story.until("2026-03-05 10:00") == ["03-02 10:15 notice"]
    assert story.finding().facts["price"] == {"amount": 3400, "currency": "USD"}


def test_products_that_came_back_together_share_a_message():
    """A delivery brings many things."""
    story = Story("back_in_stock")
    story.happens("2026-03-02 10:00", comes_back("2026-03-02 10:00"), comes_back("2026-03-02 10:01", "cup"))
    assert len(story.until("2026-03-05 10:00")) == 1


def test_it_stays_silent_about_what_they_bought_lately_or_buy_at_once():
    """They have it."""
    story = Story("back_in_stock")
    story.happens("2026-03-02 10:00", orders("2026-03-02 10:00", "pot"))
    story.happens("2026-03-20 10:00", comes_back("2026-03-20 10:00"), comes_back("2026-03-20 10:00", "cup"))
    story.happens("2026-03-20 10:10", orders("2026-03-20 10:10", "cup"))
    assert story.until("2026-03-25 10:00") == []
    assert story.finding().facts["products"] == ["cup", "pot"]


def test_the_key_is_the_product_and_its_change():
    """Told twice it is one return; sold out and back again is another."""
    story = Story("back_in_stock")
    for when in ("2026-03-02 10:00", "2026-04-02 10:00"):
        story.happens(when, comes_back(when), comes_back(when))
    story.until("2026-05-01 10:00")
    assert story.keys() == [f"pot:{stamp(at(when))}" for when in ("2026-03-02 10:00", "2026-04-02 10:00")]
