"""We ask how an order is, once it was there for a week."""

from __future__ import annotations

from perennial.events import Name
from tests.stories.telling import Story, orders, says


def leaves_shop(when: str, placed):
    return says(when, Name.ORDER_FULFILLED, {"order": placed.properties["order"]})


def arrives(when: str, order_id: str):
    return says(when, Name.ORDER_DELIVERED, {"order_id": order_id})


def test_a_week_after_the_parcel_arrived_we_ask():
    """By the day it was handed over."""
    story = Story("review")
    placed = orders("2026-03-02 10:00", "pot", order_id="1")
    story.happens("2026-03-02 10:00", placed)
    story.happens("2026-03-03 16:00", leaves_shop("2026-03-03 16:00", placed))
    story.happens("2026-03-06 11:00", arrives("2026-03-06 11:00", "1"))
    assert story.until("2026-04-12 10:00") == [
        "03-13 11:00 request"
    ]  # on the clock, though it was put forward


def test_where_no_arrival_is_told_it_is_reckoned_from_the_dispatch():
    """Five days on its way."""
    story = Story("review")
    placed = orders("2026-04-02 10:00", "pot", order_id="1")
    story.happens("2026-04-02 10:00", placed)
    story.happens("2026-04-03 16:00", leaves_shop("2026-04-03 16:00", placed))
    assert story.until("2026-05-12 10:00") == ["04-15 16:00 request"]


def test_it_stays_silent_while_the_order_is_here_and_once_it_was_reviewed():
    """Nobody can judge what never came, and nobody is asked twice."""
    story = Story("review")
    placed = orders("2026-04-02 10:00", "pot", order_id="1")
    story.happens("2026-04-02 10:00", placed)
    assert story.finding().facts["why"] == "no order has left the shop yet"
    story.happens("2026-04-03 16:00", leaves_shop("2026-04-03 16:00", placed))
    story.happens("2026-04-10 10:00", says("2026-04-10 10:00", Name.PRODUCT_REVIEWED, {"product_id": "pot"}))
    assert story.until("2026-05-12 10:00") == []


def test_the_key_is_the_order():
    """Several parcels of one order are one question."""
    story = Story("review")
    for order_id, day in (("1", "2026-04-02"), ("2", "2026-06-02")):
        placed = orders(f"{day} 10:00", "pot", order_id=order_id)
        story.happens(f"{day} 10:00", placed, leaves_shop(f"{day} 10:00", placed))
        story.happens(f"{day} 17:00", arrives(f"{day} 17:00", order_id), arrives(f"{day} 18:00", order_id))
    story.until("2026-07-01 10:00")
    assert story.keys() == ["1", "2"]
