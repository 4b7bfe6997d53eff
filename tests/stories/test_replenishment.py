"""Something is about to run out."""

from __future__ import annotations

from perennial.events import Name
from tests.stories.telling import Story, orders, says


def buys_tea(story: Story, *days: str) -> None:
    for day in days:
        story.happens(f"{day} 10:00", orders(f"{day} 10:00", "tea"))


def test_a_reminder_before_it_runs_out_and_an_incentive_when_it_has():
    """Bought every thirty days; the fourth purchase does not come."""
    story = Story("replenishment", "2026-01-01 10:00")
    buys_tea(story, "2026-01-01", "2026-01-31", "2026-02-28")
    first, second = story.until("2026-05-15 10:00")
    assert first.endswith("reminder")
    assert "03-22" < first < "03-31"
    assert second.endswith("incentive")
    assert "REFILL15" in story.mail()


def test_products_due_close_together_share_a_message():
    """Tea and soap are bought together, so nobody gets two mails within a week."""
    story = Story("replenishment", "2026-01-01 10:00")
    for day in ("2026-01-01", "2026-01-31", "2026-02-28"):
        story.happens(f"{day} 10:00", orders(f"{day} 10:00", "tea", "soap"))
    assert len(story.until("2026-04-01 10:00")) == 1
    assert ["Tea" in story.mail(), "Soap" in story.mail()] == [True, True]


def test_it_stays_silent_for_subscribers_until_they_cancel():
    """It comes by itself; once it does not any more, they are reminded again."""
    story = Story("replenishment", "2026-01-01 10:00")
    buys_tea(story, "2026-01-01", "2026-01-31", "2026-02-28")
    started = says("2026-03-03 10:00", Name.SUBSCRIPTION_STARTED, {"product_id": "tea"})
    story.happens("2026-03-03 10:00", started)
    assert story.until("2026-03-20 10:00") == []
    assert story.finding().facts["why"] == "all of it comes by itself"
    ended = says("2026-03-20 10:00", Name.SUBSCRIPTION_CANCELLED, {"product_id": "tea"})
    story.happens("2026-03-20 10:00", ended)
    assert len(story.until("2026-04-03 10:00")) == 1


def test_an_order_of_the_product_ends_it_and_another_does_not():
    """Buying soap says nothing about the tea."""
    story = Story("replenishment", "2026-01-01 10:00")
    buys_tea(story, "2026-01-01", "2026-01-31", "2026-02-28")
    story.happens("2026-03-20 10:00", orders("2026-03-20 10:00", "soap"))
    assert len(story.until("2026-04-01 10:00")) == 1
    buys_tea(story, "2026-04-02")
    assert len(story.until("2026-04-20 10:00")) == 1


def test_the_key_is_the_product_and_its_last_purchase_day():
    """The next purchase is the next occasion."""
    story = Story("replenishment", "2026-01-01 10:00")
    buys_tea(story, "2026-01-01", "2026-01-31", "2026-03-02", "2026-04-01")
    story.until("2026-05-01 10:00")
    assert story.keys()[-1] == "tea:2026-04-01"
    assert len(story.keys()) == len(set(story.keys()))
