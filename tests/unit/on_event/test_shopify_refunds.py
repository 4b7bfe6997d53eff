"""Shopify's refunds: what they say, and what an order counts for after them."""

from __future__ import annotations

import hashlib
import json
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perennial.customer import Customer
from perennial.errors import Unintelligible
from perennial.events import Event
from perennial.folding import orders
from perennial.insight.profile import profile
from perennial.money import Money
from perennial.people.identities import Kind
from tests.unit.on_event.sending import Json, fixture, raw, shopify, webhook
from tests.unit.on_event.sending_woocommerce import customer, deliver, shop

ORDER, REFUND = "6128374650192837461", "940112233445566778"
MIRA = "7012345678901234567"
COMPOST, SEEDS = "9007199254740993", "48213377"


def refund(content: Any = None, currency: str | None = None) -> Event:
    """The event of one refund webhook."""
    body = raw("shopify/refund_created") if content is None else content
    [event] = shopify("refunds/create", body, currency).events
    return event


def order(**changes: Any) -> Json:
    """Mira's order."""
    return fixture("shopify/order_created") | changes


def sent(topic: str, content: Any) -> Json:
    """A signed delivery with an event id of its own."""
    body = json.dumps(content).encode()
    return webhook(topic, body, event_id=hashlib.sha256(body).hexdigest())


def mira_after(*requests: Json) -> Customer:
    """Mira as recorded after the webhooks, each in a batch of its own."""
    at = shop()
    for each in requests:
        deliver(at, each)
    return customer(at, Kind.STORE, MIRA)


def test_a_refund() -> None:
    """The money that was paid back, in the shop's currency, and the pieces that came back."""
    event = refund()
    assert (event.name, event.source, event.trusted) == ("order_refunded", "shopify", True)
    assert event.identities == ((Kind.ORDER, ORDER),)
    assert event.properties["order_id"] == ORDER and event.properties["refund_id"] == REFUND
    assert event.properties["refund"]["amount"] == 1000
    assert event.properties["refund"]["currency"] == "EUR"
    assert event.properties["refund"]["returned"] == {COMPOST: 1}


@pytest.mark.parametrize(
    ("change", "amount"),
    [
        ({"transactions": []}, 1290),
        ({"transactions": [{"kind": "refund", "status": "failure", "amount": "10.00"}]}, 1290),
        ({"transactions": [{"kind": "refund", "status": "success", "amount": "0.00"}]}, 0),
        ({"transactions": [{"kind": "refund", "status": "success", "amount": 2.5}] * 2}, 500),
        ({"transactions": [{"kind": "refund", "status": "pending", "amount": "-5"}]}, 0),
        (
            {
                "transactions": [
                    {
                        "kind": "refund",
                        "status": "success",
                        "amount": "11.00",
                        "currency": "USD",
                        "amount_set": {"shop_money": {"amount": "9.50", "currency_code": "EUR"}},
                    }
                ]
            },
            950,
        ),
        (
            {"transactions": [{"kind": "refund", "status": "success", "amount": "11.00", "currency": "USD"}]},
            0,
        ),
        ({"transactions": None, "refund_line_items": None}, 0),
    ],
)
def test_amounts(change: Json, amount: int) -> None:
    """Where money moved it counts, in the shop's currency; where none did, the price of the goods."""
    assert refund(fixture("shopify/refund_created") | change).properties["refund"]["amount"] == amount


def test_a_currency_nobody_tells_is_the_shops() -> None:
    """Yen have no cents."""
    content = {"id": 1, "order_id": 2, "transactions": [{"kind": "refund", "amount": "1200"}]}
    assert refund(content, "JPY").properties["refund"]["amount"] == 1200
    assert refund(content).properties["refund"]["currency"] == "XXX"


def test_one_refund_has_one_id_whatever_tells_of_it() -> None:
    """Its own webhook and the list in its order are copies; another refund of the order is not."""
    own = refund()
    told = order(refunds=[fixture("shopify/refund_created")])
    in_order = shopify("orders/updated", told).events
    assert [event.name for event in in_order] == ["order_updated", "order_refunded"]
    assert in_order[1].id == own.id
    assert refund(fixture("shopify/refund_created") | {"id": 5}).id != own.id


@pytest.mark.parametrize("field", ["id", "order_id"])
def test_a_refund_without_its_ids_is_unintelligible(field: str) -> None:
    """There is nothing it could be kept with."""
    with pytest.raises(Unintelligible):
        refund(fixture("shopify/refund_created") | {field: None})


def test_a_refund_lowers_what_the_order_counts_for() -> None:
    """The order stays one, its money is less, and what came back as a whole was not bought."""
    torn = fixture("shopify/refund_created")
    mira = mira_after(sent("orders/create", order()), sent("refunds/create", torn))
    assert (orders.count(mira), orders.spent(mira)) == (1, {"EUR": 4130 - 1000})
    assert set(orders.purchases(mira)) == {COMPOST, SEEDS}
    assert profile(mira, "EUR")["total_spent"] == Money(amount=3130, currency="EUR")
    torn["refund_line_items"][0]["quantity"] = 2
    mira = mira_after(sent("orders/create", order()), sent("refunds/create", torn))
    assert set(orders.purchases(mira)) == {SEEDS}


@pytest.mark.parametrize(
    "told",
    [
        ("refunds/create", {"transactions": [{"kind": "refund", "status": "success", "amount": "41.30"}]}),
        ("orders/updated", {"financial_status": "refunded", "updated_at": "2026-03-04T00:00:00Z"}),
    ],
)
def test_a_full_refund_is_no_purchase(told: tuple[str, Json]) -> None:
    """By its amount, or by what the store says of the order."""
    topic, change = told
    content = fixture("shopify/refund_created") if topic == "refunds/create" else order()
    mira = mira_after(sent("orders/create", order()), sent(topic, content | change))
    assert (orders.count(mira), orders.spent(mira), orders.purchases(mira)) == (0, {}, {})
    assert orders.last(mira) is None and len(mira["orders"]) == 1


def test_a_refund_that_comes_before_its_order_waits_for_it() -> None:
    """It is kept under the order's id until the order says whose it is."""
    at = shop()
    deliver(at, sent("refunds/create", fixture("shopify/refund_created")))
    deliver(at, sent("orders/create", order()))
    mira = customer(at, Kind.STORE, MIRA)
    assert orders.spent(mira) == {"EUR": 3130}
    assert customer(at, Kind.ORDER, ORDER)["id"] == mira["id"]
    names = [item["name"] for item in at.timeline.read(mira["id"])]
    assert sorted(names) == ["order_completed", "order_refunded"]


def test_told_twice_a_refund_is_given_back_once() -> None:
    """By its webhook, by that again, and by the order that lists it."""
    listed = order(refunds=[fixture("shopify/refund_created")], updated_at="2026-03-05T11:00:00Z")
    own = sent("refunds/create", fixture("shopify/refund_created"))
    mira = mira_after(sent("orders/create", order()), own, own, sent("orders/updated", listed))
    assert orders.spent(mira) == {"EUR": 3130}


def test_a_deleted_order_counts_no_more() -> None:
    """Whatever came before it comes after it."""
    told = [sent("orders/create", order()), sent("orders/delete", {"id": int(ORDER)})]
    for some in permutations(told):
        assert orders.count(mira_after(*some)) == 0


def facts(document: Customer) -> Json:
    """Of a document, what a campaign can see of orders."""
    return {
        "orders": document["orders"],
        "count": orders.count(document),
        "spent": orders.spent(document),
        "purchases": orders.purchases(document),
    }


def refund_of_any(number: int, amount: str, pieces: int) -> Json:
    """A refund, older than anything the order says of it."""
    return {
        "id": number,
        "order_id": int(ORDER),
        "created_at": "2026-03-02T08:20:00Z",
        "transactions": [{"kind": "refund", "status": "success", "amount": amount, "currency": "EUR"}],
        "refund_line_items": [{"quantity": pieces, "line_item": {"product_id": int(COMPOST)}}],
        "total_duties_set": {"shop_money": {"amount": "0.00", "currency_code": "EUR"}},
    }


_AT = st.integers(3, 5).map(lambda day: f"2026-03-0{day}T08:00:00Z")
_LISTED = st.builds(
    refund_of_any, st.integers(1, 3), st.sampled_from(["1.00", "20.00", "41.30"]), st.integers(1, 2)
)
_MADE = st.sampled_from(
    [refund_of_any(1, "5.00", 1), refund_of_any(2, "41.30", 2), refund_of_any(3, "1.00", 2)]
)
_TELLINGS = st.one_of(
    st.tuples(st.just("refunds/create"), _MADE),
    st.tuples(st.just("orders/delete"), st.just({"id": int(ORDER)})),
    st.tuples(
        st.sampled_from(
            ["orders/create", "orders/paid", "orders/updated", "orders/cancelled", "orders/fulfilled"]
        ),
        st.builds(
            lambda at, status, cancelled, refunds: order(
                updated_at=at, financial_status=status, cancelled_at=cancelled, refunds=refunds
            ),
            _AT,
            st.sampled_from(["pending", "paid", "partially_refunded", "refunded", "voided"]),
            st.sampled_from([None, None, "2026-03-02T09:00:00Z"]),
            st.lists(_LISTED, max_size=2, unique_by=lambda each: str(each["id"])),
        ),
    ),
)


@given(st.lists(_TELLINGS, min_size=1, max_size=5), st.data())
@settings(max_examples=60, deadline=None)
def test_refunds_cancellations_and_updates_may_come_in_any_order(
    told: list[tuple[str, Json]], data: st.DataObject
) -> None:
    """One order, told by any topics in any order, some of them twice, is one order with one worth."""
    first = sent("orders/create", order())
    webhooks = [first, *(sent(topic, content) for topic, content in told)]
    shuffled = data.draw(
        st.permutations([*webhooks, *data.draw(st.lists(st.sampled_from(webhooks), max_size=3))])
    )
    assert facts(mira_after(*webhooks)) == facts(mira_after(*shuffled))
