"""A customer asks for a mail with their cart."""

from __future__ import annotations

from perennial.events import Name
from tests.stories.telling import Story, fills_cart, orders, says


def asks(when: str):
    return says(when, Name.CART_REQUESTED, trusted=False)


def test_they_get_it_at_once_without_having_subscribed_and_at_night():
    """They asked for it."""
    story = Story("cart_on_request", "2026-03-02 23:00", subscribed=None)
    story.happens("2026-03-02 23:00", orders("2025-03-02 23:00"))
    address = says("2026-03-02 23:00", Name.CUSTOMER_UPDATED, {"traits": {"email": "ada@example.com"}})
    story.happens("2026-03-02 23:00", address, fills_cart("2026-03-02 23:00", "pot"))
    story.happens("2026-03-02 23:05", asks("2026-03-02 23:05"))
    assert story.until("2026-03-03 10:00") == ["03-02 23:05 cart"]
    assert "Pot" in story.mail()


def test_it_stays_silent_about_an_empty_cart():
    """There is nothing to send."""
    story = Story("cart_on_request")
    story.happens("2026-03-02 10:00", fills_cart("2026-03-02 10:00"), asks("2026-03-02 10:00"))
    assert story.until("2026-03-03 10:00") == []
    assert story.finding().facts["why"] == "the cart is empty"


def test_the_key_is_the_request():
    """Whoever asks again the next day gets it again; pressing the button three times is one mail."""
    story = Story("cart_on_request")
    requests = [asks(when) for when in ("2026-03-02 10:01", "2026-03-02 10:02", "2026-03-03 10:01")]
    story.happens("2026-03-02 10:00", fills_cart("2026-03-02 10:00", "tea"))
    for request in requests:
        story.record(request)
        story.run_until(request.occurred_at)
    assert story.told() == ["03-02 10:01 cart", "03-03 10:01 cart"]
    assert story.keys() == [requests[0].id, requests[2].id]
