"""What is bought again and again could come by itself."""

from __future__ import annotations

from perennial.events import Name
from tests.stories.telling import Story, orders, says


def buys_tea(story: Story, *days: str) -> None:
    for day in days:
        story.happens(f"{day} 12:00", orders(f"{day} 12:00", "tea"))


def test_after_the_third_purchase_a_subscription_is_offered():
    """Not after the second."""
    story = Story("subscription_offer", "2026-01-01 10:00")
    buys_tea(story, "2026-01-02", "2026-02-01")
    assert story.until("2026-02-28 10:00") == []
    buys_tea(story, "2026-03-03")
    (offered,) = story.until("2026-04-01 10:00")
    assert offered.startswith("03-06")
    assert story.finding().facts["times_bought"] == 3


def test_it_stays_silent_for_who_has_a_subscription_or_had_one():
    """Who cancelled knows it."""
    story = Story("subscription_offer", "2026-01-01 10:00")
    for day, name in (("2026-01-05", Name.SUBSCRIPTION_STARTED), ("2026-02-05", Name.SUBSCRIPTION_CANCELLED)):
        buys_tea(story, day)
        story.happens(f"{day} 13:00", says(f"{day} 13:00", name, {"product_id": "tea"}))
    buys_tea(story, "2026-03-03")
    assert story.until("2026-04-01 10:00") == []
    assert story.finding().facts["why"] == "they have a subscription, or had one"


def test_the_key_is_the_product_and_its_last_purchase_day():
    """Asked again half a year later, about the purchase of then."""
    story = Story("subscription_offer", "2026-01-01 10:00")
    buys_tea(story, "2026-01-02", "2026-02-01", "2026-03-03", "2026-04-03", "2026-10-01")
    story.until("2026-11-01 10:00")
    assert story.keys() == ["tea:2026-03-03", "tea:2026-10-01"]
