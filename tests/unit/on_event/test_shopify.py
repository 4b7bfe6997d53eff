"""Shopify's orders and customers as canonical events."""

from __future__ import annotations

import json
from typing import Any

import pytest

from perennial.errors import Unintelligible
from perennial.events import Event
from perennial.people.identities import Kind
from tests.unit.on_event.sending import NOW, fixture, raw, shopify

MIRA = "7012345678901234567"
COMPOST = "9007199254740993"
ORDER_TOPICS = [
    f"orders/{word}"
    for word in ("create", "paid", "updated", "partially_fulfilled", "fulfilled", "cancelled")
]


def one(topic: str, content: Any, **headers: str) -> Event:
    """The only event of a webhook."""
    [event] = shopify(topic, content, **headers).events
    return event


def test_an_order() -> None:
    """The canonical order: ids as text, money in minor units, only lines of the catalogue, UTC stamps."""
    event = one("orders/create", raw("shopify/order_created"))
    assert (event.name, event.source, event.trusted) == ("order_completed", "shopify", True)
    assert event.properties["order"] == {
        "id": "6128374650192837461",
        "placed_at": "2026-03-02T07:15:02.000Z",
        "updated_at": "2026-03-02T07:15:06.000Z",
        "status": "open",
        "total": 4130,
        "currency": "EUR",
        "trusted": True,
        "lines": [
            {"product_id": COMPOST, "quantity": 2, "price": 1290, "variant_id": "9007199254740995"},
            {"product_id": "48213377", "quantity": 3, "price": 350, "variant_id": "77120001"},
        ],
    }


def test_who_ordered() -> None:
    """Store customer, e-mail and phone, then the tokens of cart and checkout and the order; never the order's own token."""
    identities = one("orders/create", raw("shopify/order_created")).identities
    assert identities == (
        (Kind.STORE, MIRA),
        (Kind.EMAIL, "mira.okafor@garden.example"),
        (Kind.PHONE, "+436501112233"),
        (Kind.CART, "c1-9f2b7d50e4"),
        (Kind.CART, "ch-41aa0b7c93"),
        (Kind.ORDER, "6128374650192837461"),
    )


def test_what_is_known_of_who_ordered() -> None:
    """Traits of the customer, with locale and country from the order."""
    assert one("orders/create", raw("shopify/order_created")).properties["traits"] == {
        "first_name": "Mira",
        "last_name": "Okafor",
        "email": "mira.okafor@garden.example",
        "phone": "+436501112233",
        "locale": "de-AT",
        "country": "AT",
    }


@pytest.mark.parametrize(
    ("topic", "name", "told_at"),
    [
        ("orders/create", "order_completed", "2026-03-02T07:15:04+00:00"),
        ("orders/paid", "order_paid", "2026-03-02T07:15:06+00:00"),
        ("orders/updated", "order_updated", "2026-03-02T07:15:06+00:00"),
        ("orders/partially_fulfilled", "order_updated", "2026-03-02T07:15:06+00:00"),
        ("orders/fulfilled", "order_fulfilled", "2026-03-02T07:15:06+00:00"),
        ("orders/cancelled", "order_cancelled", "2026-03-04T00:00:00+00:00"),
    ],
)
def test_times_come_from_the_body(topic: str, name: str, told_at: str) -> None:
    """The same in every delivery: what was created, updated or cancelled when."""
    event = one(topic, fixture("shopify/order_created") | {"cancelled_at": "2026-03-04T00:00:00Z"})
    assert event.name == name
    assert event.sent_at and event.sent_at.isoformat() == told_at
    assert event.occurred_at == event.sent_at


@pytest.mark.parametrize(
    ("topic", "change", "status"),
    [
        ("orders/create", {}, "open"),
        ("orders/create", {"financial_status": "paid"}, "paid"),
        ("orders/create", {"financial_status": "authorized"}, "open"),
        ("orders/paid", {"financial_status": "authorized"}, "paid"),
        ("orders/updated", {"financial_status": "partially_refunded"}, "paid"),
        ("orders/updated", {"financial_status": "refunded"}, "refunded"),
        ("orders/paid", {"financial_status": "refunded"}, "refunded"),
        ("orders/updated", {"financial_status": "voided"}, "pending"),
        ("orders/updated", {"financial_status": []}, "open"),
        ("orders/updated", {"cancelled_at": "2026-03-04T00:00:00Z", "financial_status": "paid"}, "cancelled"),
        ("orders/cancelled", {}, "cancelled"),
        ("orders/cancelled", {"test": True}, "test"),
    ],
)
def test_status(topic: str, change: dict[str, Any], status: str) -> None:
    """A test outranks a cancellation, that a payment; the topic speaks where the fields do not."""
    assert one(topic, fixture("shopify/order_created") | change).properties["order"]["status"] == status


@pytest.mark.parametrize(
    ("currency", "total", "minor"),
    [
        ("EUR", "19.99", 1999),
        ("JPY", "1200", 1200),
        ("KWD", "1.234", 1234),
        ("usd", 0.29, 29),
        ("EUR", "-5.00", 0),
    ],
)
def test_money_is_exact(currency: str, total: Any, minor: int) -> None:
    """By the currency's own minor unit, and never below nothing."""
    order = one(
        "orders/create", fixture("shopify/order_created") | {"currency": currency, "total_price": total}
    )
    assert order.properties["order"]["total"] == minor


def test_an_order_moved_from_another_shop_system() -> None:
    """It was placed when it was processed there, not when it was copied here."""
    content = fixture("shopify/order_created") | {"processed_at": "2023-06-01T10:00:00Z"}
    assert one("orders/create", content).properties["order"]["placed_at"] == "2023-06-01T10:00:00.000Z"


def test_a_guest_is_known_by_the_address_given() -> None:
    """Without a customer the order's address, phone and name speak; with one they do not."""
    content = fixture("shopify/order_created") | {"customer": None, "phone": "+43 660 5550000"}
    guest = one("orders/create", content)
    assert (Kind.EMAIL, "mira.okafor@garden.example") in guest.identities
    assert (Kind.PHONE, "+436605550000") in guest.identities
    assert guest.properties["traits"]["email"] == "Mira.Okafor@garden.example"
    assert guest.properties["traits"]["first_name"] == "Mira"
    assert "consent" not in guest.properties
    gift = fixture("shopify/order_created") | {
        "email": "friend@other.example",
        "contact_email": "friend@other.example",
    }
    assert (Kind.EMAIL, "friend@other.example") not in one("orders/create", gift).identities


def test_a_sale_to_nobody_is_no_event() -> None:
    """A till's sale without customer, address or cart has nobody to belong to; it is no error either."""
    nobody = dict.fromkeys(("customer", "email", "contact_email", "phone", "cart_token", "checkout_token"))
    translation = shopify("orders/create", fixture("shopify/order_created") | nobody)
    assert (translation.events, translation.rejected) == ([], [])
    assert translation.products


@pytest.mark.parametrize(
    ("topic", "name"), [("customers/create", "customer_created"), ("customers/update", "customer_updated")]
)
def test_a_customer(topic: str, name: str) -> None:
    """The resource is the customer itself."""
    event = one(topic, raw("shopify/customer_created"))
    assert event.name == name
    assert event.identities[0] == (Kind.STORE, MIRA)
    assert event.properties["traits"]["first_name"] == "Mira"


def test_a_deleted_order_leads_to_whoever_ordered() -> None:
    """Its body holds nothing but the id."""
    event = one("orders/delete", {"id": 6128374650192837461})
    assert (event.name, event.identities) == ("order_deleted", ((Kind.ORDER, "6128374650192837461"),))
    assert event.properties == {"order_id": "6128374650192837461"}


@pytest.mark.parametrize(
    "topic",
    [
        "checkouts/delete",
        "inventory_levels/update",
        "inventory_levels/connect",
        "inventory_levels/disconnect",
    ],
)
def test_what_says_nothing_new_is_no_dead_letter(topic: str) -> None:
    """Stock comes with the product, and a deleted checkout names nobody."""
    translation = shopify(topic, {"inventory_item_id": 1, "available": None, "id": 3})
    assert (translation.events, translation.products, translation.rejected) == ([], [], [])


def test_ids_of_events() -> None:
    """Equal for the copies of one event, different by topic and shop; without ids the body decides."""
    body = raw("shopify/order_created")
    first = one("orders/create", body, webhook_id="w-1").id
    assert first == one("orders/create", body, webhook_id="w-2").id
    assert first != one("orders/updated", body).id
    assert first != one("orders/create", body, shop="other.example").id
    by_webhook = {one("orders/create", body, event_id="", webhook_id=each).id for each in ("w-1", "w-2")}
    assert len(by_webhook) == 2
    by_body = {one("orders/create", each, event_id="").id for each in (body, body, body + b" ")}
    assert len(by_body) == 2


@pytest.mark.parametrize("topic", ORDER_TOPICS)
def test_an_order_of_almost_no_fields(topic: str) -> None:
    """`include_fields` may leave out nearly all: what is there is enough for an order."""
    event = one(topic, {"id": 7, "email": "a@b.example"}, triggered_at="2026-03-05T11:00:00.123456789Z")
    order = event.properties["order"]
    assert (order["id"], order["total"], order["lines"]) == ("7", 0, [])
    assert order["placed_at"] == order["updated_at"] == "2026-03-05T11:00:00.123Z"
    assert event.sent_at is None


def test_a_total_that_was_left_out_is_summed() -> None:
    """From the lines, as far as they are told."""
    content = fixture("shopify/order_created")
    del content["total_price"]
    assert one("orders/create", content).properties["order"]["total"] == 2 * 1290 + 3 * 350


@pytest.mark.parametrize("field", sorted(fixture("shopify/order_created")))
@pytest.mark.parametrize(
    "odd", [None, True, -1, 1e300, "\x00\ud800", "x" * 10_000, [], [[]], [None, 3], {}, {"id": []}]
)
def test_no_odd_field_loses_an_order(field: str, odd: Any) -> None:
    """Whatever stands in a field, except the id, the order is told."""
    if field != "id":
        event = one("orders/create", json.dumps(fixture("shopify/order_created") | {field: odd}).encode())
        assert event.properties["order"]["id"] == "6128374650192837461"


def test_a_time_in_the_future_is_not_believed() -> None:
    """An `updated_at` of 2099 would otherwise hold against every later change."""
    content = fixture("shopify/order_created") | {"updated_at": "2099-01-01T00:00:00Z"}
    event = one("orders/updated", content)
    assert event.occurred_at == NOW
    assert event.properties["order"]["updated_at"] == "2026-03-05T12:00:00.000Z"


@pytest.mark.parametrize(
    ("topic", "body"),
    [
        ("themes/publish", b"{}"),
        ("", b"{}"),
        ("orders/create", b""),
        ("orders/create", b"[]"),
        ("orders/create", b"{}"),
        ("orders/create", b'{"id": {}}'),
        ("carts/update", b"{}"),
        ("products/update", b'{"id": 5}'),
        ("products/delete", b"{}"),
        ("orders/delete", b'{"id": null}'),
        ("customers/create", b"{}"),
        ("customers/delete", b'{"id": "null"}'),
        ("orders/create", b'{"id": NaN}'),
        ("orders/create", b'{"id": ' + b"9" * 5_000 + b"}"),
    ],
)
def test_what_cannot_be_understood(topic: str, body: bytes) -> None:
    """It is said so, with a reason, and nothing else is raised."""
    with pytest.raises(Unintelligible, match=r"\.$"):
        shopify(topic, body)
