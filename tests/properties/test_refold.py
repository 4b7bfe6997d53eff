"""After a refold the document is a function of what happened, however late an order was told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from perennial.apply import apply
from perennial.customer import Customer, new
from perennial.events import Event, Name, OrderStatus, Refund
from perennial.people.identities import short_id
from perennial.ports.data import TimelineItem
from perennial.refolding import refolded
from perennial.times import stamp
from tests.making import NOON, days, event, order

MANY = 45  # orders: twice what stays open, and more


def told(name: str, number: int, later: int, properties: dict[str, Any], *, trusted: bool = True) -> Event:
    """One telling of the order of that number, placed on day `number`, told so many minutes later."""
    at = NOON + timedelta(days=number, minutes=later)
    id_ = short_id("test", name, str(number), str(later), repr(properties), str(trusted))
    return event(name, at, properties=properties, id=id_, trusted=trusted)


@st.composite
def tellings(draw: st.DrawFn) -> list[Event]:
    """Most orders as placed; of some a later telling, a refund, a deletion, or a browser's word."""
    numbers = draw(st.lists(st.integers(0, MANY), min_size=15, max_size=MANY, unique=True))
    events = [
        told(Name.ORDER_COMPLETED, each, 0, {"order": order(f"o{each}", NOON + days(each), "tea")})
        for each in numbers
    ]
    for number, later in draw(st.lists(st.tuples(st.sampled_from(numbers), st.integers(1, 5)), max_size=10)):
        at = NOON + timedelta(days=number, minutes=later)
        what = draw(st.sampled_from(["status", "refund", "deletion", "browser"]))
        if what in ("status", "browser"):
            status = draw(st.sampled_from(list(OrderStatus)))
            changed = order(f"o{number}", NOON + days(number), "cup", updated_at=at, status=str(status))
            events.append(
                told(Name.ORDER_UPDATED, number, later, {"order": changed}, trusted=what == "status")
            )
        elif what == "refund":
            refund = Refund(updated_at=stamp(at), amount=900, currency="GBP", returned={"tea": 1})
            parts = {"order_id": f"o{number}", "refund_id": f"r{later}", "refund": refund}
            events.append(told(Name.ORDER_REFUNDED, number, later, parts))
        else:
            events.append(told(Name.ORDER_DELETED, number, later, {"order_id": f"o{number}"}))
    return list({each.id: each for each in events}.values())


def item(each: Event) -> TimelineItem:
    kept = TimelineItem(
        id=each.id,
        name=each.name,
        occurred_at=stamp(each.occurred_at),
        received_at=stamp(each.received_at),
        source=each.source,
        properties=dict(each.properties),
    )
    return kept if each.trusted else {**kept, "trusted": False}


def parts(customer: Customer) -> Any:
    return {key: customer[key] for key in ("orders", "closed", "products", "refold")}


def folded(events: list[Event]) -> Customer:
    customer = new("c")
    for each in events:
        customer = apply(customer, each)
    return customer


@given(tellings(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_any_order_of_events_refolds_to_the_same_document(events, random):
    """However they were shuffled; and a document without a mark is what a refold would make of it."""
    shuffled = random.sample(events, len(events))
    one, other = folded(events), folded(shuffled)
    items = [item(each) for each in events]
    whole = refolded(one, items, NOON)
    assert parts(whole) == parts(refolded(other, reversed(items), NOON))
    for each in (one, other):
        if not each["refold"]:
            assert parts(each) == parts(whole)
    assert parts(refolded(whole, items, NOON)) == parts(whole)
