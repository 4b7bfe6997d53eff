"""WooCommerce's orders as canonical orders."""

from __future__ import annotations

import html
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from on_event import reading
from on_event.woocommerce.delivery import time
from perennial.events import Line, Order, OrderStatus, Product, Refund
from perennial.folding.refunds import KEPT
from perennial.insight.referrals import code_in
from perennial.money import NO_CURRENCY

# An order waits in `pending` while its customer stands at the payment page, and most that stay there are never paid; one in
# `on-hold` was placed, its goods are reserved, and a transfer is awaited. So the first counts only once it is paid.
_STATUSES = {
    "pending": OrderStatus.PENDING,
    "checkout-draft": OrderStatus.PENDING,
    "draft": OrderStatus.PENDING,
    "auto-draft": OrderStatus.PENDING,
    "failed": OrderStatus.PENDING,
    "on-hold": OrderStatus.OPEN,
    "processing": OrderStatus.PAID,
    "completed": OrderStatus.PAID,
    "refunded": OrderStatus.REFUNDED,
    "cancelled": OrderStatus.CANCELLED,
    "trash": OrderStatus.CANCELLED,
}


def order_of(resource: dict[str, Any], order_id: str, placed_at: str, updated_at: str) -> Order:
    """The canonical order. Its list of refunds is always the whole one: a refund that was undone is missing from it."""
    currency = reading.currency(resource.get("currency")) or NO_CURRENCY
    lines = list(_lines(resource, currency))
    total = reading.amount(resource.get("total"), currency)
    order = Order(
        id=order_id,
        placed_at=placed_at,
        updated_at=updated_at,
        status=_status(resource),
        total=sum(line["price"] * line["quantity"] for line in lines) if total is None else total,
        currency=currency,
        trusted=True,
        lines=lines,
    )
    if code := code_in(_may_hold_a_code(resource)):
        order["referral"] = code
    if isinstance(resource.get("refunds"), list):
        order["refunds_at"] = updated_at
        if refunds := dict(_refunds(resource, currency, updated_at)):
            order["refunds"] = refunds
    return order


def products_of(resource: dict[str, Any], currency: str, at: str) -> list[Product]:
    """What the lines of an order tell about products: title and price at the time."""
    found: dict[str, Product] = {}
    for line in reading.mappings(resource.get("line_items")):
        product_id, title = _product_id(line), title_of(line.get("name"))
        if product_id and title:
            found[product_id] = Product(id=product_id, title=title, at=at, rank=1)
            price = _unit_price(line, currency)
            if price is not None and currency != NO_CURRENCY:
                found[product_id] |= {"price": price, "currency": currency}
    return list(found.values())


def title_of(value: Any, limit: int = 255) -> str | None:
    """A name as people read it; WooCommerce writes it as HTML (`&ndash;`)."""
    return reading.text(html.unescape(value[: limit * 8]), limit) if isinstance(value, str) else None


def _may_hold_a_code(resource: dict[str, Any]) -> Iterator[Any]:
    """Coupons, and the page by which the customer came in, as WooCommerce's order attribution notes it."""
    yield from (each.get("code") for each in reading.mappings(resource.get("coupon_lines")))
    for each in reading.mappings(resource.get("meta_data")):
        if each.get("key") == "_wc_order_attribution_session_entry":
            yield each.get("value")


def _status(resource: dict[str, Any]) -> OrderStatus:
    """A status that some plugin added says nothing to us: then the payment does."""
    told = resource.get("status")
    known = _STATUSES.get(told.removeprefix("wc-")) if isinstance(told, str) else None
    paid = OrderStatus.PAID if time(resource.get("date_paid_gmt")) else OrderStatus.PENDING
    return known or paid


def _refunds(resource: dict[str, Any], currency: str, at: str) -> Iterator[tuple[str, Refund]]:
    """Amounts only, told below nothing: an order does not say which goods came back."""
    for entry in reading.mappings(resource.get("refunds"), at_most=KEPT):
        refund_id = reading.identifier(entry.get("id"))
        amount = reading.amount(str(entry.get("total")).lstrip("-"), currency)
        if refund_id and amount is not None:
            yield refund_id, Refund(updated_at=at, amount=amount, currency=currency, returned={})


def _lines(resource: dict[str, Any], currency: str) -> Iterator[Line]:
    for entry in reading.mappings(resource.get("line_items")):
        product_id = _product_id(entry)
        quantity = reading.quantity(entry.get("quantity", 1))
        if product_id and quantity:
            price = _unit_price(entry, currency) or 0
            line = Line(product_id=product_id, quantity=quantity, price=price)
            variant_id = reading.identifier(entry.get("variation_id"))
            if variant_id and variant_id != "0":
                line["variant_id"] = variant_id
            yield line


def _product_id(line: dict[str, Any]) -> str | None:
    """None for a product that was deleted since: its id is told as 0."""
    product_id = reading.identifier(line.get("product_id"))
    return None if product_id == "0" else product_id


def _unit_price(line: dict[str, Any], currency: str) -> int | None:
    """One piece's share of what the line came to; `price` is the same as a float, cut off somewhere."""
    quantity = reading.quantity(line.get("quantity", 1))
    total = reading.amount(line.get("total"), currency)
    if quantity is None or total is None:
        return reading.amount(line.get("price"), currency)
    return int((Decimal(total) / quantity).to_integral_value())
