"""Refold: an order that came too late for the sums is counted by the next night, and nothing else is lost."""

from __future__ import annotations

from perennial.folding import orders
from perennial.folding.orders import OPEN
from perennial.people.identities import Identity, Kind
from perennial.refolding import refold
from perennial.times import stamp
from tests.making import days, ordered, signed_up
from tests.unit.nightly.conftest import Nights


def full(nights: Nights) -> None:
    """A customer whose open window is full, with one order closed."""
    start = nights.now - days(100)
    nights.record(signed_up(start), *(ordered(start + days(number), "tea") for number in range(OPEN + 1)))


def test_an_order_from_before_the_window_is_counted_by_the_next_night(nights: Nights) -> None:
    """Spend, count and first order are as if it had come in time."""
    full(nights)
    nights.record(ordered(nights.now - days(300), "tea", order_id="late"))
    assert (orders.count(nights.customer()), nights.customer()["refold"]) == (OPEN + 1, True)
    nights.run()
    mended = nights.customer()
    assert (orders.count(mended), mended["refold"]) == (OPEN + 2, False)
    assert orders.spent(mended) == {"GBP": 900 * (OPEN + 2)}
    assert orders.first_and_last(mended)[0] == stamp(nights.now - days(300))  # type: ignore[index]
    assert nights.fresh().intervals.orders.number == OPEN + 1
    nights.run()
    assert nights.customer() == mended


def test_what_is_not_yet_on_the_timeline_waits_for_another_night(nights: Nights) -> None:
    """It was folded, and the process died before the timeline: a refold from there would lose it."""
    full(nights)
    nights.record(ordered(nights.now - days(300), "tea"))
    real = nights.world.timeline.read
    nights.world.timeline.read = lambda customer_id: real(customer_id)[:-1]
    assert refold(nights.world, nights.customer()["id"]) is None
    nights.world.timeline.read = real
    assert refold(nights.world, nights.customer()["id"])


def test_who_writes_meanwhile_wins(nights: Nights) -> None:
    """The mark stays for the next night."""
    full(nights)
    nights.record(ordered(nights.now - days(300), "tea"))
    real = nights.world.timeline.read

    def overtaken(customer_id: str):
        nights.world.timeline.read = real
        nights.record(ordered(nights.now, "cup"))
        return real(customer_id)

    nights.world.timeline.read = overtaken
    assert refold(nights.world, nights.customer()["id"]) is None
    assert nights.customer()["refold"]
    nights.run()
    assert orders.count(nights.customer()) == OPEN + 3


def test_what_a_browser_told_is_no_order(nights: Nights) -> None:
    """Neither when it came nor when it is read again."""
    full(nights)
    someone = (Identity(Kind.STORE, "1"),)
    nights.record(ordered(nights.now - days(1), "cup", trusted=False, identities=someone))
    nights.record(ordered(nights.now - days(300), "tea"))
    nights.run()
    assert orders.count(nights.customer()) == OPEN + 2
    assert "cup" not in orders.purchases(nights.customer())


def test_orders_of_a_guest_who_became_the_customer_are_among_them(nights: Nights) -> None:
    """Two closed sums cannot be joined exactly: the refold does it from both timelines."""
    start = nights.now - days(200)
    guest = (Identity(Kind.EMAIL, "ada@example.com"),)
    nights.record(*(ordered(start + days(number), "tea", identities=guest) for number in range(OPEN + 3)))
    others = [
        ordered(start + days(number + 0.5), "tea", identities=(Identity(Kind.STORE, "1"),))
        for number in range(OPEN + 2)
    ]
    nights.record(*others)
    nights.record(ordered(nights.now, "tea"))
    assert nights.customer()["refold"]
    nights.run()
    mended = nights.customer()
    assert (mended["refold"], orders.count(mended)) == (False, 2 * OPEN + 6)
    assert orders.spent(mended) == {"GBP": 900 * (2 * OPEN + 6)}
