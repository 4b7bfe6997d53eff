"""Shopify webhooks with anything in them: signed by the shop, and written by its customers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from perennial.events import Event
from perennial.folding import orders
from perennial.people.identities import Kind
from tests.unit.on_event.sending import Json, answer, fixture, raw, shopify, webhook
from tests.unit.on_event.sending_woocommerce import customer, deliver, shop

MIRA = "7012345678901234567"


def order(**changes: Any) -> Event:
    """The event of Mira's order."""
    return shopify("orders/create", fixture("shopify/order_created") | changes).events[0]


def mira(**changes: Any) -> Json:
    """The customer of it."""
    found: Json = fixture("shopify/order_created")["customer"] | changes
    return found


def test_a_replay_has_one_effect() -> None:
    """The same event of another delivery too."""
    at = shop()
    body = raw("shopify/order_created")
    deliver(at, *(webhook("orders/create", body, webhook_id=each) for each in ("w-1", "w-1", "w-2")))
    deliver(at, webhook("orders/create", body, webhook_id="w-3"))
    document = customer(at, Kind.STORE, MIRA)
    assert orders.count(document) == 1
    assert [item["name"] for item in at.timeline.read(document["id"])] == ["order_completed"]


@pytest.mark.parametrize(
    "body",
    [
        b"<xml/>",
        b"--form\r\n\r\na",
        b"\x1f\x8b\x08",
        b'{"id": "\xff"}',
        b"{" * 100_000,
        b"[" * 100_000,
        b"null",
    ],
    ids=["xml", "multipart", "gzip", "latin", "objects", "lists", "null"],
)
def test_a_signed_body_that_is_no_json_is_kept_with_its_reason(body: bytes) -> None:
    """Answered 200, for a shop that gets errors drops its subscription, and put before the operator."""
    at = shop()
    deliver(at, webhook("orders/create", body))
    assert len(at.rejected.bodies) == 1 and at.rejected.reasons[0]


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example,c@d.example",
        "Ada <a@b.example>",
        "x" * 400 + "@b.example",
        {},
    ],
)
def test_an_odd_address_is_dropped_and_the_order_kept(address: Any) -> None:
    """It never reaches a header."""
    event = order(customer=mira(email=address), email=address, contact_email=address)
    assert Kind.EMAIL not in {kind for kind, _ in event.identities}
    assert "email" not in event.properties["traits"]


@pytest.mark.parametrize("number", ["0600 123", "call me", "+" + "1" * 40, 436501112233, ["+436501112233"]])
def test_a_phone_is_one_only_with_its_country(number: Any) -> None:
    """No message goes to a guess."""
    assert "phone" not in order(customer=mira(phone=number)).properties["traits"]


@pytest.mark.parametrize(("currency", "kept"), [("XXX", "XXX"), ("usd", "USD"), ("€", "XXX"), ([], "XXX")])
def test_odd_currencies(currency: Any, kept: str) -> None:
    """The amount is kept under no currency, and sums of the shop's leave it out."""
    lines = [{"product_id": 1, "quantity": 1, "price": "2.00"}]
    event = order(currency=currency, total_price_set=None, line_items=lines)
    assert event.properties["order"]["currency"] == kept


@pytest.mark.parametrize("name", ["{{7*7}} {% include 'x' %}", "<script>alert(1)</script>", "{{config}}"])
def test_names_are_kept_literally(name: str) -> None:
    """They are text; escaping them is the affair of whoever prints them."""
    event = order(customer=mira(first_name=name))
    assert event.properties["traits"]["first_name"] == name
    [product] = shopify("products/update", fixture("shopify/product_updated") | {"title": name}).products
    assert product["title"] == name


def test_control_characters_are_left_out() -> None:
    """And a lone surrogate is replaced, for no store takes it."""
    event = order(customer=mira(first_name="Mi\x00ra\u202e \ud800"))
    assert event.properties["traits"]["first_name"] == "Mi ra  \ufffd"


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "file:///etc/passwd", "https://user:pass@shop.example/", "https://a b", 5]
)
def test_only_links_of_the_web_are_kept(link: Any) -> None:
    """The way back to a checkout leads to http or https, or nowhere."""
    [event] = shopify(
        "checkouts/create", fixture("shopify/checkout_created") | {"abandoned_checkout_url": link}
    ).events
    assert "url" not in event.properties["cart"]


@pytest.mark.parametrize("number", [2**53 + 1, 10**18 + 7, "9007199254740993"])
def test_ids_are_exact(number: Any) -> None:
    """None of them is ever a float: two refunds that differ in the last digit are two."""
    content = fixture("shopify/refund_created") | {"id": number, "order_id": number}
    [event] = shopify("refunds/create", content).events
    assert event.properties["refund_id"] == event.properties["order_id"] == str(number)


@pytest.mark.parametrize("price", ["-3.00", "0", -3, 0, "1e3", "1" * 41, "NaN"])
def test_nothing_counts_below_nothing(price: Any) -> None:
    """Negative and absurd amounts are no revenue, and lose no order."""
    event = order(total_price=price, line_items=[{"product_id": 1, "quantity": 1, "price": price}])
    assert 0 <= event.properties["order"]["total"] <= 100_000


def test_an_unknown_topic_is_kept_for_later() -> None:
    """200, and the raw body waits in the dead letters with its reason."""
    at = shop()
    assert answer(at, webhook("themes/publish", b'{"id": 1}'))[0] == 200
    deliver(at)
    assert at.rejected.reasons == ["There is no translation for the Shopify topic 'themes/publish'."]
    assert json.loads(at.rejected.bodies[0])["headers"]["topic"] == "themes/publish"
