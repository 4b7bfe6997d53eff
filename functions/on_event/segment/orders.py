"""Products, carts and orders in the properties of Segment's e-commerce events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from on_event import reading
from on_event.segment import calls
from perennial.events import Cart, Line, Order, OrderStatus, Product, Refund
from perennial.insight.referrals import code_in
from perennial.money import NO_CURRENCY


def order_of(
    properties: Mapping[str, Any], order_id: str, at: str, status: OrderStatus, *, trusted: bool
) -> Order:
    """The canonical order; what the store signs of the same one holds against it.

    `at`: stamp of the call, for its placing and its last change. Only a trusted call's coupon may be a friend's.
    """
    currency = _currency(properties)
    lines = list(_lines(properties, currency))
    order = Order(
        id=order_id,
        placed_at=at,
        updated_at=at,
        status=status,
        total=_total(properties, lines, currency) or 0,
        currency=currency,
        trusted=False,
        lines=lines,
    )
    if trusted and (code := code_in([properties.get("coupon")])):
        order["referral"] = code
    return order


def refund_of(properties: Mapping[str, Any], at: str) -> Refund | None:
    """What was given back; None when neither an amount nor products tell how much."""
    currency = _currency(properties)
    lines = list(_lines(properties, currency))
    amount = _total(properties, lines, currency)
    if amount is None:
        return None
    returned: Counter[str] = Counter()
    for line in lines:
        returned[line["product_id"]] += line["quantity"]
    return Refund(updated_at=at, amount=amount, currency=currency, returned=dict(returned))


def cart_of(properties: Mapping[str, Any], fallback: str, at: str, *, trusted: bool) -> Cart:
    """The canonical cart. `fallback`: its token if none is told. Only a trusted call's link is believed."""
    tokens = (reading.identifier(properties.get(field)) for field in ("checkout_id", "cart_id", "order_id"))
    currency = _currency(properties)
    token = next((token for token in tokens if token), fallback)
    cart = Cart(token=token, at=at, currency=currency, lines=list(_lines(properties, currency)))
    if trusted and (url := reading.url(properties.get("url"))):
        cart["url"] = url
    return cart


def moved(properties: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of one product that was put into a cart or taken out of it, and which cart that was."""
    currency = _currency(properties)
    told = {
        "product_id": calls.product_id(properties),
        "quantity": reading.quantity(properties.get("quantity")),
        "price": reading.amount(properties.get("price"), currency),
        "cart_id": reading.identifier(properties.get("cart_id")),
    }
    known = {name: value for name, value in told.items() if value is not None}
    return known | ({"currency": currency} if "price" in known else {})


def products_of(properties: Mapping[str, Any], at: str) -> list[Product]:
    """What a trusted call teaches about the product it names, or about each of its `products`."""
    listed = properties.get("products")
    entries = reading.mappings(listed) if isinstance(listed, list) else iter((dict(properties),))
    found = (_product(entry, reading.currency(properties.get("currency")), at) for entry in entries)
    return [product for product in found if product]


def _product(entry: Mapping[str, Any], currency: str | None, at: str) -> Product | None:
    product_id, title = calls.product_id(entry), reading.text(entry.get("name"))
    if not product_id or not title:
        return None
    product = Product(id=product_id, title=title, at=at, rank=1)
    if url := reading.url(entry.get("url")):
        product["url"] = url
    if image := reading.url(entry.get("image_url")):
        product["image"] = image
    if category := reading.text(entry.get("category"), 100):
        product["category"] = category
    price = reading.amount(entry.get("price"), currency) if currency else None
    if currency and price is not None:
        product |= {"price": price, "currency": currency}
    return product


def _total(properties: Mapping[str, Any], lines: list[Line], currency: str) -> int | None:
    amounts = (reading.amount(properties.get(field), currency) for field in ("total", "revenue", "value"))
    told = next((amount for amount in amounts if amount is not None), None)
    if told is None and lines:
        return sum(line["price"] * line["quantity"] for line in lines)
    return told


def _lines(properties: Mapping[str, Any], currency: str) -> Iterator[Line]:
    for entry in reading.mappings(properties.get("products")):
        product_id, quantity = calls.product_id(entry), reading.quantity(entry.get("quantity", 1))
        if product_id and quantity:
            yield Line(
                product_id=product_id,
                quantity=quantity,
                price=reading.amount(entry.get("price"), currency) or 0,
            )


def _currency(properties: Mapping[str, Any]) -> str:
    return reading.currency(properties.get("currency")) or NO_CURRENCY
