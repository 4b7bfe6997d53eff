"""Shopify's products as catalogue entries."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.on_event.sending import fixture, raw, shopify, world

COMPOST = "9007199254740993"


def test_order_lines_teach_the_catalogue() -> None:
    """Title and price at the time, with the rank of an order line; nothing of a custom item."""
    products = shopify("orders/create", raw("shopify/order_created")).products
    assert [product["id"] for product in products] == [COMPOST, "48213377"]
    assert products[0] == {
        "id": COMPOST,
        "title": "Peat-free compost",
        "at": "2026-03-02T07:15:06.000Z",
        "rank": 1,
        "price": 1290,
        "currency": "EUR",
    }


def test_a_product() -> None:
    """A product webhook teaches the catalogue and concerns no customer."""
    translation = shopify("products/update", raw("shopify/product_updated"), currency="EUR")
    assert translation.events == []
    assert translation.products == [
        {
            "id": COMPOST,
            "title": "Peat-free compost",
            "at": "2026-02-20T15:20:00.000Z",
            "rank": 2,
            "url": "https://garden.myshopify.example/products/peat-free-compost",
            "image": "https://cdn.garden.example/compost.jpg",
            "category": "Soil",
            "price": 1290,
            "currency": "EUR",
            "available": True,
        }
    ]


def test_a_price_needs_a_currency() -> None:
    """The payload names none: without the shop's the price is left out, not guessed."""
    [product] = shopify("products/create", raw("shopify/product_updated")).products
    assert "price" not in product and "currency" not in product


@pytest.mark.parametrize(
    ("change", "available"),
    [
        ({"status": "draft"}, False),
        ({"status": "archived"}, False),
        ({"published_at": None}, False),
        ({"variants": []}, False),
        ({"variants": [{"inventory_quantity": 0, "inventory_policy": "deny"}]}, False),
        ({"variants": [{"inventory_quantity": 0, "inventory_policy": "continue"}]}, True),
        ({"variants": [{"inventory_quantity": 0, "inventory_management": None}]}, True),
    ],
)
def test_availability(change: dict[str, Any], available: bool) -> None:
    """Published, and some variant may be bought."""
    [product] = shopify("products/update", fixture("shopify/product_updated") | change).products
    assert product["available"] is available


def test_a_partial_product_says_nothing_of_stock() -> None:
    """A subscription for some fields only leaves the others as they are known."""
    [product] = shopify("products/update", {"id": 5, "title": "Pot"}).products
    assert product == {"id": "5", "title": "Pot", "at": "2026-03-05T12:00:00.000Z", "rank": 2}


def test_a_deleted_product_is_never_shown_again() -> None:
    """It has a mark that is news even of what was sold out, and the time of its deletion."""
    at = "2026-03-05T11:00:00Z"
    [product] = shopify("products/delete", {"id": 9007199254740993}, triggered_at=at).products
    assert product == {
        "id": COMPOST,
        "at": "2026-03-05T11:00:00.000Z",
        "rank": 2,
        "available": False,
        "deleted": True,
    }


@pytest.mark.parametrize("known_stock", [0, 5])
@pytest.mark.parametrize("deleted_first", [True, False])
def test_an_older_update_does_not_revive_a_product(deleted_first: bool, known_stock: int) -> None:
    """Whichever comes first, and also where the product was sold out before."""
    catalogue = world().catalogue
    content = fixture("shopify/product_updated")
    content["variants"] = [{"id": 1, "price": "1.00", "inventory_quantity": known_stock}]
    catalogue.learn(shopify("products/update", content | {"updated_at": "2026-02-01T00:00:00Z"}).products)
    late = shopify("products/update", raw("shopify/product_updated")).products
    gone = shopify("products/delete", {"id": content["id"]}).products
    for facts in (gone, late) if deleted_first else (late, gone):
        catalogue.learn(facts)
    product = catalogue.load([COMPOST])[COMPOST]
    assert (product["available"], product["deleted"]) == (False, True)


def test_an_order_line_does_not_revive_a_product() -> None:
    """It teaches a title, and nothing of stock."""
    catalogue = world().catalogue
    catalogue.learn(shopify("products/delete", {"id": 9007199254740993}).products)
    catalogue.learn(shopify("orders/create", raw("shopify/order_created")).products)
    product = catalogue.load([COMPOST])[COMPOST]
    assert (product["title"], product["available"]) == ("Peat-free compost", False)
