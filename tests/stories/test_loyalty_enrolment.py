"""The third order makes a customer a regular."""

from __future__ import annotations

from tests.stories.telling import Story, orders


def test_two_days_after_the_third_order_and_an_offer_if_nothing_comes_of_it():
    """The second message offers something the first did not."""
    story = Story("loyalty_enrolment")
    for day in ("2026-03-02", "2026-03-12", "2026-04-02"):
        story.happens(f"{day} 10:00", orders(f"{day} 10:00"))
    assert story.until("2026-06-01 10:00") == ["04-04 10:00 enrolment", "05-04 10:00 second_offer"]
    assert "REGULARS10" in story.mail()


def test_whoever_orders_meanwhile_needs_no_offer():
    """An order is what it was about."""
    story = Story("loyalty_enrolment")
    for day in ("2026-03-02", "2026-03-12", "2026-04-02", "2026-04-20"):
        story.happens(f"{day} 10:00", orders(f"{day} 10:00"))
    assert story.until("2026-06-01 10:00") == ["04-04 10:00 enrolment"]


def test_it_stays_silent_before_the_third_order():
    """A cancelled one does not count."""
    story = Story("loyalty_enrolment")
    for day in ("2026-03-02", "2026-03-12"):
        story.happens(f"{day} 10:00", orders(f"{day} 10:00"))
    gone = orders("2026-03-20 10:00")
    gone.properties["order"]["status"] = "cancelled"
    story.happens("2026-03-20 10:00", gone)
    assert story.finding().facts == {"why": "too few orders", "orders": 3}
    assert story.until("2026-06-01 10:00") == []


def test_the_key_is_the_day_of_the_order_that_made_them_one():
    """Whatever they order later."""
    story = Story("loyalty_enrolment")
    for day in (1, 2, 3, *range(10, 29)):
        story.happens(f"2026-03-{day:02} 10:00", orders(f"2026-03-{day:02} 10:00"))
    story.until("2026-06-01 10:00")
    assert story.keys() == ["enrolment:2026-03-03"]
