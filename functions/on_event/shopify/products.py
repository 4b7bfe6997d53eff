"""Shopify's products as catalogue entries.

Stock comes with the product: Shopify tells `products/update` of every change of a variant's `inventory_quantity`. The
`inventory_levels` topics name an inventory item at one location and no product, and add nothing.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from on_event import reading
from on_event.cycles import cycle_of
from perennial.errors import Unintelligible
from perennial.events import Product


def product_of(resource: dict[str, Any], shop: str, currency: str | None, at: str) -> Product:
    """The catalogue entry, rank 2; Unintelligible without id and title.

    The payload names no currency, and without one minor units cannot be told: the price (the lowest of the
    variants) is given only where the shop's `currency` is known.
    """
    product_id, title = reading.identifier(resource.get("id")), reading.text(resource.get("title"))
    if product_id is None or title is None:
        raise Unintelligible("A product without an id or a title.")
    product = Product(id=product_id, title=title, at=at, rank=2)
    if url := _url(resource, shop):
        product["url"] = url
    if image := _image(resource):
        product["image"] = image
    if category := reading.text(resource.get("product_type"), 100):
        product["category"] = category
    price = _lowest_price(resource, currency) if currency else None
    if currency and price is not None:
        product |= {"price": price, "currency": currency}
    available = _available(resource)
    if available is not None:
        product["available"] = available
    if cycle := cycle_of(resource.get("metafields"), _tags(resource)):
        product["cycle_days"] = cycle
    return product


def deleted(resource: dict[str, Any], at: str) -> Product:
    """The entry of a product that is gone, newer than anything told of it; Unintelligible without an id."""
    product_id = reading.identifier(resource.get("id"))
    if product_id is None:
        raise Unintelligible("A deleted product without an id.")
    return Product(id=product_id, at=at, rank=2, available=False, deleted=True)


def _tags(resource: dict[str, Any]) -> list[str]:
    tags = resource.get("tags")
    return tags[:10_000].split(",") if isinstance(tags, str) else []


def _url(resource: dict[str, Any], shop: str) -> str | None:
    handle = reading.text(resource.get("handle"))
    return reading.url(f"https://{shop}/products/{quote(handle)}") if handle and shop else None


def _image(resource: dict[str, Any]) -> str | None:
    images = (reading.mapping(resource.get("image")), *reading.mappings(resource.get("images")))
    return next((url for image in images if (url := reading.url(image.get("src")))), None)


def _lowest_price(resource: dict[str, Any], currency: str) -> int | None:
    prices = (
        reading.amount(variant.get("price"), currency)
        for variant in reading.mappings(resource.get("variants"))
    )
    return min((price for price in prices if price is not None), default=None)


def _available(resource: dict[str, Any]) -> bool | None:
    """Published, and some variant can be bought; None where the payload says nothing of it."""
    if "status" in resource and resource["status"] != "active":
        return False
    if "published_at" in resource and resource["published_at"] is None:
        return False
    if "variants" in resource:
        return any(_in_stock(variant) for variant in reading.mappings(resource["variants"]))
    return True if {"status", "published_at"} & resource.keys() else None


def _in_stock(variant: dict[str, Any]) -> bool:
    """Stock that nobody counts, or that may be oversold, never ends."""
    counted = variant.get("inventory_management", "shopify") is not None
    left = variant.get("inventory_quantity")
    return (
        not counted or variant.get("inventory_policy") == "continue" or not isinstance(left, int) or left > 0
    )
