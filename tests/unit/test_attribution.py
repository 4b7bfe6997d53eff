"""Attribution: the last click within its window, and nothing else unless asked for."""

from __future__ import annotations

from perennial.customer import Customer, new
from perennial.messaging.attribution import attributed, owed_to
from perennial.messaging.messages import Settled
from perennial.times import stamp
from tests.making import NOON, days, hours, order


def message(
    name: str, *, channel: str = "email", clicked: float | None = None, campaign: str = "browse"
) -> Settled:
    """A message sent at noon, clicked so many hours later."""
    sent = Settled(
        id=name,
        campaign=campaign,
        subject="",
        key="k",
        step="first",
        variant="plain",
        channel=channel,
        status="sent",
        at=stamp(NOON),
        marketing=True,
    )
    if clicked is not None:
        sent["clicked_at"] = stamp(NOON + hours(clicked))
    return sent


def customer(*messages: Settled, bought: float = 24) -> Customer:
    """Somebody who ordered so many hours after noon."""
    found = new("c")
    found["settled"] = list(messages)
    found["orders"] = [order("o1", NOON + hours(bought))]
    return found


def owed(*messages: Settled, bought: float = 24) -> list[str]:
    return [each["id"] for _, each in attributed(customer(*messages, bought=bought))]


def test_the_last_click_before_the_order_counts():
    """Not an earlier one, not one after it, and no mail that nobody clicked."""
    assert owed(message("a", clicked=1), message("b", clicked=2), message("c", clicked=30), message("d")) == [
        "b"
    ]


def test_each_channel_has_its_window():
    """Five days for mail and SMS, one day for push."""
    for channel, hours_long in (("email", 120), ("sms", 120), ("push", 24)):
        assert owed(message("a", channel=channel, clicked=0), bought=hours_long) == ["a"]
        assert owed(message("a", channel=channel, clicked=0), bought=hours_long + 0.1) == []


def test_opens_count_only_when_asked_for():
    """As an answer at the moment of the open."""
    one = customer(message("a"))
    assert attributed(one) == []
    assert [each["id"] for _, each in attributed(one, opened={"a": stamp(NOON + hours(1))})] == ["a"]


def test_cancelled_orders_are_owed_to_nobody():
    """They brought nothing."""
    one = customer(message("a", clicked=1))
    one["orders"][0]["status"] = "cancelled"
    assert attributed(one) == []


def test_campaigns_are_summed_over_customers():
    """Orders and revenue by currency."""
    two = customer(message("b", clicked=1, campaign="winback"))
    two["orders"].append(order("o2", NOON + days(2), "tea", "cup"))
    found = owed_to([customer(message("a", clicked=1)), two, customer()])
    assert (found["browse"].orders, found["browse"].revenue) == (1, {"GBP": 900})
    assert (found["winback"].orders, found["winback"].revenue) == (2, {"GBP": 2700})
