"""Something was left in the cart."""

from __future__ import annotations

from perennial.verdicts import Verdict
from tests.stories.telling import Story, checks_out, fills_cart, orders


def test_a_cart_that_was_left_is_remembered_once_and_then_something_related():
    """Four hours after its last change, and two days later what goes with it."""
    story = Story("cart")
    story.happens("2026-03-02 10:00", fills_cart("2026-03-02 10:00", "tea"))
    story.happens("2026-03-02 10:30", fills_cart("2026-03-02 10:30", "tea", "pot"))
    assert story.until("2026-03-12 10:00") == ["03-02 14:30 reminder", "03-04 14:30 related"]
    assert "Pot" in story.mail(0)
    assert "Cup" in story.mail(1)


def test_it_stays_silent_after_an_order():
    """Also when the store tells of the cart once more, some minutes after the order that came of it."""
    story = Story("cart")
    story.happens("2026-03-02 10:00", fills_cart("2026-03-02 10:00", "tea"))
    story.happens("2026-03-02 10:20", orders("2026-03-02 10:20", "tea", order_id="77"))
    story.happens("2026-03-02 10:25", fills_cart("2026-03-02 10:25", "tea"))
    assert story.until("2026-03-12 10:00") == []
    found = story.finding()
    assert (found.verdict, found.facts["order"]) == (Verdict.EXITED_BY, "77")


def test_an_order_after_the_reminder_ends_it():
    """Nothing related is suggested to who has bought."""
    story = Story("cart")
    story.happens("2026-03-02 10:00", fills_cart("2026-03-02 10:00", "tea"))
    story.happens("2026-03-03 10:00", orders("2026-03-03 10:00", "tea"))
    assert story.until("2026-03-12 10:00") == ["03-02 14:00 reminder"]


def test_it_stays_silent_about_an_emptied_cart():
    """Whoever puts everything back has decided."""
    story = Story("cart")
    story.happens("2026-03-02 10:00", fills_cart("2026-03-02 10:00", "tea"))
    story.happens("2026-03-02 11:00", fills_cart("2026-03-02 11:00"))
    assert story.until("2026-03-12 10:00") == []
    assert story.finding().facts["why"] == "the cart is empty"


def test_it_leaves_a_checkout_to_the_campaign_about_checkouts():
    """The same purchase under another token, and a cart that is told of again afterwards."""
    story = Story("cart")
    story.happens("2026-03-02 10:00", fills_cart("2026-03-02 10:00", "tea"))
    story.happens("2026-03-02 10:10", checks_out("2026-03-02 10:10", "tea"))
    story.happens("2026-03-02 10:30", fills_cart("2026-03-02 10:30", "tea"))
    assert story.until("2026-03-12 10:00") == []
    assert story.finding().facts["why"] == "the cart went on to the checkout"


def test_the_key_is_the_carts_token():
    """One cart is written about once, whatever happens to it later and whatever other cart came in between."""
    story = Story("cart")
    story.happens("2026-03-02 10:00", fills_cart("2026-03-02 10:00", "tea", cart="a"))
    story.happens("2026-03-10 10:00", fills_cart("2026-03-10 10:00", "cup", cart="b"))
    story.happens("2026-03-20 10:00", fills_cart("2026-03-20 10:00", "tea", "pot", cart="a"))
    story.until("2026-04-01 10:00")
    assert story.keys() == ["a", "b"]
