"""Something was left in the cart."""

from __future__ import annotations

from perennial.deciding.verdicts import Verdict
from perennial.events import Cart, Line, Name
from perennial.times import stamp
from tests.stories.telling import Story, at, checks_out, fills_cart, orders, puts_in, says, takes_out


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


def test_a_browser_alone_tells_enough_for_a_reminder():
    """Two things put in one after the other: four hours after the second both are named, with what they cost."""
    story = Story("cart")
    story.happens("2026-03-02 10:00", puts_in("2026-03-02 10:00", "tea", 2))
    story.happens("2026-03-02 10:30", puts_in("2026-03-02 10:30", "pot"))
    assert story.until("2026-03-12 10:00") == ["03-02 14:30 reminder", "03-04 14:30 related"]
    mail = story.mail(0)
    assert "Tea" in mail and "Pot" in mail and "52.00" in mail
    assert "Cup" in story.mail(1)


def test_one_more_thing_put_in_before_it_is_due_moves_it():
    """However often that happens."""
    story = Story("cart")
    for when, product in (("10:00", "tea"), ("13:00", "cup"), ("15:30", "pot")):
        story.happens(f"2026-03-02 {when}", puts_in(f"2026-03-02 {when}", product))
    assert story.until("2026-03-03 10:00") == ["03-02 19:30 reminder"]


def test_it_stays_silent_once_everything_was_taken_out():
    """One by one, or all of a product at once."""
    story = Story("cart")
    story.happens(
        "2026-03-02 10:00", puts_in("2026-03-02 10:00", "tea", 2), puts_in("2026-03-02 10:05", "pot")
    )
    story.happens("2026-03-02 10:10", takes_out("2026-03-02 10:10", "pot"))
    story.happens("2026-03-02 10:20", *(takes_out(f"2026-03-02 10:2{n}", "tea", quantity=1) for n in (0, 1)))
    assert story.until("2026-03-12 10:00") == []
    assert story.finding().facts == {"why": "the cart is empty", "changed_at": stamp(at("2026-03-02 10:21"))}


def test_it_stays_silent_about_what_a_browser_told_of_and_was_ordered():
    """What is put in after the order is a cart of its own, and alone in its mail."""
    story = Story("cart")
    story.happens("2026-03-02 10:00", puts_in("2026-03-02 10:00", "tea"))
    story.happens("2026-03-02 10:20", orders("2026-03-02 10:20", "tea"))
    assert story.until("2026-03-12 10:00") == []
    story.happens("2026-03-12 10:00", puts_in("2026-03-12 10:00", "pot"))
    assert story.until("2026-03-13 10:00") == ["03-12 14:00 reminder"]
    assert "Pot" in story.mail() and "Tea" not in story.mail()


def test_a_browsers_own_order_ends_its_cart_too():
    """No revenue, and nobody is reminded of what they have bought by all appearances."""
    story = Story("cart")
    story.happens("2026-03-02 10:00", puts_in("2026-03-02 10:00", "tea"))
    bought = orders("2026-03-02 10:20", "tea").properties
    story.happens("2026-03-02 10:20", says("2026-03-02 10:20", Name.ORDER_COMPLETED, bought, trusted=False))
    story.happens("2026-03-02 12:00", puts_in("2026-03-02 12:00", "cup"))
    assert story.until("2026-03-04 10:00") == ["03-02 16:00 reminder"]
    assert "Cup" in story.mail() and "Tea" not in story.mail()


def test_it_leaves_a_browsers_checkout_to_the_campaign_about_checkouts():
    """Also when one more thing is put in some time later on the way to the till."""
    story = Story("cart")
    story.happens("2026-03-02 10:00", puts_in("2026-03-02 10:00", "tea"))
    story.happens("2026-03-02 10:05", checks_out("2026-03-02 10:05", "tea"))
    story.happens("2026-03-02 10:40", puts_in("2026-03-02 10:40", "cup"))
    assert story.until("2026-03-12 10:00") == []
    assert story.finding().facts["why"] == "the cart went on to the checkout"


def test_the_key_is_the_addition_that_began_a_cart_without_a_name():
    """Whoever looks at it again after the reminder, or takes part of it out, is not reminded of the same cart once more."""
    story = Story("cart")
    first = puts_in("2026-03-02 10:00", "tea")
    story.happens("2026-03-02 10:00", first, puts_in("2026-03-02 10:01", "pot"))
    lines = [Line(product_id=each, quantity=1, price=900) for each in ("tea", "pot")]
    seen = Cart(token="", at=stamp(at("2026-03-08 10:00")), currency="USD", lines=lines)
    story.happens(
        "2026-03-08 10:00", says("2026-03-08 10:00", Name.CART_VIEWED, {"cart": seen}, trusted=False)
    )
    story.happens("2026-03-20 10:00", takes_out("2026-03-20 10:00", "pot"))
    story.until("2026-04-01 10:00")
    assert story.keys() == [first.id]
    assert story.told() == ["03-02 14:01 reminder", "03-04 14:01 related"]
