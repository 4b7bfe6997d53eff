"""Shopify's carts and checkouts."""

from __future__ import annotations

from typing import Any

import pytest

from perennial.events import Event
from perennial.people.identities import Kind
from tests.unit.on_event.sending import fixture, raw, shopify

COMPOST = "9007199254740993"


def one(topic: str, content: Any, **headers: str) -> Event:
    """The only event of a webhook."""
    [event] = shopify(topic, content, **headers).events
    return event


def test_a_checkout() -> None:
    """A cart with its way back; the guest is known by address and tokens, and a tick grants nothing."""
    event = one("checkouts/create", raw("shopify/checkout_created"))
    assert event.name == "checkout_started"
    assert event.properties["cart"] == {
        "token": "ch-41aa0b7c93",
        "at": "2026-03-01T20:42:55.000Z",
        "currency": "EUR",
        "lines": [{"product_id": COMPOST, "quantity": 1, "price": 1290, "variant_id": "9007199254740995"}],
        "url": "https://garden.example/checkouts/ac/ch-41aa0b7c93/recover?key=k1",
    }
    assert {kind for kind, _ in event.identities} == {Kind.EMAIL, Kind.PHONE, Kind.CART}
    assert "consent" not in event.properties
    assert one("checkouts/update", raw("shopify/checkout_created")).name == "checkout_updated"


def test_a_completed_checkout_is_an_empty_cart() -> None:
    """Its order may have been told before: nobody is to be reminded of it."""
    content = fixture("shopify/checkout_created") | {"completed_at": "2026-03-01T21:50:00Z"}
    assert one("checkouts/update", content).properties["cart"]["lines"] == []


@pytest.mark.parametrize("topic", ["carts/create", "carts/update"])
def test_a_cart(topic: str) -> None:
    """Known by its token alone, its currency told by its lines."""
    event = one(topic, raw("shopify/cart_updated"))
    assert (event.name, event.identities) == ("cart_updated", ((Kind.CART, "c1-9f2b7d50e4"),))
    assert event.properties["cart"]["currency"] == "EUR"
    assert event.properties["cart"]["lines"][0]["quantity"] == 2


def test_a_storefront_token_is_that_of_the_webhooks() -> None:
    """Storefronts append a key to the token; both are one cart."""
    content = fixture("shopify/cart_updated") | {"token": "c1-9f2b7d50e4?key=abc"}
    assert one("carts/update", content).identities == ((Kind.CART, "c1-9f2b7d50e4"),)
