"""WooCommerce's products as catalogue entries."""

from __future__ import annotations

from typing import Any

from on_event import reading
from on_event.cycles import cycle_of
from on_event.woocommerce.orders import title_of
from perennial.errors import Unintelligible
from perennial.events import Product

_IN_STOCK = ("instock", "onbackorder")


def product_of(resource: dict[str, Any], product_id: str, currency: str | None, at: str) -> Product:
    """The catalogue entry, rank 2; Unintelligible without a title.

    The payload names no currency, and without one minor units cannot be told: the price (the lowest of the variations) is
    given only where the shop's `currency` is known.
    """
    title = title_of(resource.get("name"))
    if title is None:
        raise Unintelligible("A product without a title.")
    product = Product(id=product_id, title=title, at=at, rank=2)
    if url := reading.url(resource.get("permalink")):
        product["url"] = url
    if image := _image(resource):
        product["image"] = image
    if category := _category(resource):
        product["category"] = category
    price = reading.amount(resource.get("price"), currency) if currency else None
    if currency and price is not None:
        product |= {"price": price, "currency": currency}
    available = _available(resource)
    if available is not None:
        product["available"] = available
    tags = (tag.get("name") for tag in reading.mappings(resource.get("tags")))
    if cycle := cycle_of(resource.get("meta_data"), tags):
        product["cycle_days"] = cycle
    return product


def is_variation(resource: dict[str, Any]) -> bool:
    """One size or colour of a product: the product itself is told of beside it."""
    return resource.get("type") == "variation"


def _image(resource: dict[str, Any]) -> str | None:
    images = reading.mappings(resource.get("images"))
    return next((url for image in images if (url := reading.url(image.get("src")))), None)


def _category(resource: dict[str, Any]) -> str | None:
    categories = reading.mappings(resource.get("categories"))
    return next((name for each in categories if (name := title_of(each.get("name"), 100))), None)


def _available(resource: dict[str, Any]) -> bool | None:
    """Published, shown in the shop, and to be had; None where the payload says nothing of it."""
    if resource.get("status", "publish") != "publish" or resource.get("catalog_visibility") == "hidden":
        return False
    if resource.get("purchasable") is False and resource.get("type") != "external":
        return False
    if "stock_status" in resource:
        return resource["stock_status"] in _IN_STOCK
    return True if "status" in resource else None
