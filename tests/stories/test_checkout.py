"""A checkout was begun, and no order came of it."""

from __future__ import annotations

from perennial.deciding.verdicts import Verdict
from perennial.events import Name, OrderStatus
from tests.stories.telling import Story, at, checks_out, fills_cart, orders, puts_in, says


def test_a_checkout_that_was_left_is_remembered_after_an_hour():
    """And two days later with what goes with it."""
    story = Story("checkout")
    story.happens("2026-03-02 10:00", checks_out("2026-03-02 10:00", "tea"))
    assert story.until("2026-03-12 10:00") == ["03-02 11:00 reminder", "03-04 11:00 related"]


def test_it_stays_silent_when_the_order_arrives_before_the_checkout_does():
    """Webhooks overtake each other; what counts is when things happened."""
    story = Story("checkout", "2026-03-02 10:30")
    story.happens("2026-03-02 10:30", orders("2026-03-02 10:20", "tea", order_id="77"))
    story.happens("2026-03-02 10:31", checks_out("2026-03-02 10:10", "tea"))
    assert story.until("2026-03-12 10:00") == []
    assert story.finding().verdict == Verdict.EXITED_BY


def test_it_stays_silent_when_the_cart_behind_it_was_emptied():
    """Stores empty the cart when its order is placed."""
    story = Story("checkout")
    story.happens("2026-03-02 10:00", checks_out("2026-03-02 10:00", "tea"))
    story.happens("2026-03-02 10:05", fills_cart("2026-03-02 10:05"))
    assert story.until("2026-03-12 10:00") == []


def test_a_checkout_that_does_not_say_of_what_is_about_the_cart():
    """A browser tells of single additions, and then only that its visitor began to check out."""
    story = Story("checkout")
    story.happens("2026-03-02 09:50", puts_in("2026-03-02 09:50", "tea"))
    story.happens("2026-03-02 10:00", says("2026-03-02 10:00", Name.CHECKOUT_STARTED, {"value": 20}))
    assert story.until("2026-03-12 10:00") == ["03-02 11:00 reminder", "03-04 11:00 related"]


def test_a_checkout_that_does_not_say_of_what_does_not_empty_the_cart():
    """The campaign about carts leaves it to that about checkouts, and is silent for this reason alone."""
    story = Story("cart")
    story.happens("2026-03-02 09:50", puts_in("2026-03-02 09:50", "tea"))
    story.happens("2026-03-02 10:00", says("2026-03-02 10:00", Name.CHECKOUT_STARTED, {}))
    assert story.until("2026-03-04 10:00") == []
    story.happens("2026-03-09 10:00", puts_in("2026-03-09 10:00", "cup"))
    assert story.until("2026-03-12 10:00") == ["03-09 14:00 reminder", "03-11 14:00 related"]


def test_an_order_that_waits_for_its_payment_is_a_checkout():
    """WooCommerce knows no other; once it is paid, nothing more is said."""
    story = Story("checkout")
    unpaid = orders("2026-03-02 10:00", "tea", order_id="9")
    unpaid.properties["order"]["status"] = OrderStatus.PENDING
    story.happens("2026-03-02 10:00", says("2026-03-02 10:00", Name.ORDER_UPDATED, unpaid.properties))
    assert story.until("2026-03-02 12:00") == ["03-02 11:00 reminder"]
    paid = {"order": {**unpaid.properties["order"], "status": OrderStatus.PAID}}
    paid["order"]["updated_at"] = "2026-03-02T20:00:00.000Z"
    story.happens("2026-03-02 15:00", says("2026-03-02 15:00", Name.ORDER_PAID, paid))
    assert story.until("2026-03-12 10:00") == ["03-02 11:00 reminder"]
    assert story.keys() == ["9"]


def test_the_key_is_the_checkouts_token():
    """Each checkout is written about once, however often it is told again."""
    story = Story("checkout")
    for when in ("2026-03-02 10:00", "2026-03-06 10:00"):
        story.happens(when, checks_out(when, "tea", cart="a"))
    story.happens("2026-03-10 10:00", checks_out("2026-03-10 10:00", "cup", cart="b"))
    assert at("2026-03-10 10:00") == story.now
    story.until("2026-03-20 10:00")
    assert story.keys() == ["a", "b"]
