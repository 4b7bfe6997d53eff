"""WooCommerce's customers, products and coupons."""

from __future__ import annotations

from typing import Any

import pytest

from perennial.events import Event
from perennial.people.identities import Kind
from tests.unit.on_event.sending import Json, fixture, raw
from tests.unit.on_event.sending_woocommerce import woocommerce


def one(topic: str, content: Any, **headers: str) -> Event:
    """The only event of a webhook."""
    [event] = woocommerce(topic, content, **headers).events
    return event


@pytest.mark.parametrize(
    ("topic", "name", "at"),
    [
        ("customer.created", "customer_created", "2026-02-01T09:00:00+00:00"),
        ("customer.updated", "customer_updated", "2026-02-10T09:00:00+00:00"),
    ],
)
def test_a_customer(topic: str, name: str, at: str) -> None:
    """The account's own address counts, not the one on the bill."""
    event = one(topic, raw("woocommerce/customer_created"))
    assert (event.name, event.occurred_at.isoformat()) == (name, at)
    assert event.identities == ((Kind.STORE, "83"), (Kind.EMAIL, "noor.haddad@garden.example"))
    assert event.properties == {
        "traits": {
            "first_name": "Noor",
            "last_name": "Haddad",
            "email": "noor.haddad@garden.example",
            "country": "BE",
        }
    }


def test_a_deleted_customer_is_not_written_to() -> None:
    """Only the id is told; what was agreed to with the account ends on both channels."""
    event = one("customer.deleted", {"id": 83})
    assert (event.name, event.identities) == ("customer_deleted", ((Kind.STORE, "83"),))
    assert {each["state"] for each in event.properties["consent"].values()} == {"not_subscribed"}


def test_a_product() -> None:
    """A product webhook teaches the catalogue and concerns no customer."""
    translation = woocommerce("product.updated", raw("woocommerce/product_updated"), "EUR")
    assert translation.events == []
    assert translation.products == [
        {
            "id": "311",
            "title": "Seed tray \N{EN DASH} 24 cells",
            "at": "2026-02-20T15:20:00.000Z",
            "rank": 2,
            "url": "https://shop.garden.example/product/seed-tray-24/",
            "image": "https://shop.garden.example/wp-content/uploads/tray.jpg",
            "category": "Sowing & growing",
            "price": 1000,
            "currency": "EUR",
            "available": True,
        }
    ]


@pytest.mark.parametrize(
    ("change", "available"),
    [
        ({"status": "draft"}, False),
        ({"status": "private"}, False),
        ({"status": "trash"}, False),
        ({"catalog_visibility": "hidden"}, False),
        ({"catalog_visibility": "search"}, True),
        ({"stock_status": "outofstock"}, False),
        ({"stock_status": "onbackorder"}, True),
        ({"stock_status": []}, False),
        ({"purchasable": False}, False),
        ({"purchasable": False, "type": "external"}, True),
    ],
)
def test_availability(change: Json, available: bool) -> None:
    """Published, shown, and to be had."""
    [product] = woocommerce("product.updated", fixture("woocommerce/product_updated") | change).products
    assert product["available"] is available


@pytest.mark.parametrize(
    ("price", "kept"), [("", None), (None, None), ("free", None), ("0", 0), (12.5, 1250)]
)
def test_prices(price: Any, kept: int | None) -> None:
    """None where none is told; and none without a currency."""
    content = fixture("woocommerce/product_updated") | {"price": price}
    [product] = woocommerce("product.updated", content, "EUR").products
    assert product.get("price") == kept
    assert "price" not in woocommerce("product.updated", content).products[0]


def test_a_variation_is_no_product_of_its_own() -> None:
    """Its product is told of beside it."""
    translation = woocommerce(
        "product.updated", fixture("woocommerce/product_updated") | {"type": "variation"}
    )
    assert (translation.events, translation.products, translation.rejected) == ([], [], [])


@pytest.mark.parametrize("event", ["created", "updated", "deleted", "restored"])
def test_coupons_are_understood_and_say_nothing(event: str) -> None:
    """A coupon concerns nobody until an order uses it."""
    translation = woocommerce(f"coupon.{event}", {"id": 719, "code": "10off"})
    assert (translation.events, translation.products, translation.rejected) == ([], [], [])
