"""Shopify's orders, checkouts and carts as canonical orders and carts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from on_event import reading
from on_event.shopify.refunds import refunds_of
from perennial.errors import Unintelligible
from perennial.events import Cart, Line, Order, OrderStatus, Product
from perennial.insight.referrals import code_in
from perennial.money import NO_CURRENCY

TOLD_BY_TOPIC = {"orders/paid": OrderStatus.PAID, "orders/cancelled": OrderStatus.CANCELLED}
# What `financial_status` says; "pending" and "authorized" orders are placed, and paid on delivery or by transfer.
_FINANCIAL = {
    "paid": OrderStatus.PAID,
    "partially_refunded": OrderStatus.PAID,
    "refunded": OrderStatus.REFUNDED,
    "voided": OrderStatus.PENDING,
}


def order_of(
    resource: dict[str, Any], *, trusted: bool, placed_at: str, updated_at: str, told: OrderStatus | None
) -> Order:
    """The canonical order; Unintelligible without an id.

    told: the status that the topic itself implies, for webhooks without the fields that say it.
    """
    order_id = reading.identifier(resource.get("id"))
    if order_id is None:
        raise Unintelligible("An order without an id.")
    currency = _currency(resource)
    lines = list(_lines(resource, currency))
    total = reading.amount(resource.get("total_price"), currency)
    order = Order(
        id=order_id,
        placed_at=placed_at,
        updated_at=updated_at,
        status=_status(resource, told),
        total=sum(line["price"] * line["quantity"] for line in lines) if total is None else total,
        currency=currency,
        trusted=trusted,
        lines=lines,
    )
    if code := code_in(_may_hold_a_code(resource)):
        order["referral"] = code
    if refunds := refunds_of(resource, currency, updated_at):
        order |= {"refunds": refunds, "refunds_at": updated_at}
    return order


def cart_of(resource: dict[str, Any], at: str) -> Cart:
    """The canonical cart of a cart or checkout; Unintelligible without a token.

    A completed checkout is an emptied cart: the order is told by its own webhook, perhaps before this one.
    """
    token = token_of(resource.get("token")) or token_of(resource.get("id"))
    if token is None:
        raise Unintelligible("A cart without a token.")
    currency = _currency(resource)
    cart = Cart(token=token, at=at, currency=currency, lines=[])
    if reading.time(resource.get("completed_at")) is None:
        cart["lines"] = list(_lines(resource, currency))
    if url := reading.url(resource.get("abandoned_checkout_url")):
        cart["url"] = url
    return cart


def products_of(resource: dict[str, Any], currency: str, at: str) -> list[Product]:
    """What the lines of an order tell about products: title and price at the time."""
    found: dict[str, Product] = {}
    for line in reading.mappings(resource.get("line_items")):
        product_id = reading.identifier(line.get("product_id"))
        title = reading.text(line.get("title"))
        if product_id and title:
            found[product_id] = Product(id=product_id, title=title, at=at, rank=1)
            price = reading.amount(line.get("price"), currency)
            if price is not None and currency != NO_CURRENCY:
                found[product_id] |= {"price": price, "currency": currency}
    return list(found.values())


def token_of(value: Any) -> str | None:
    """A cart or checkout token, without the key that storefronts append to it and webhooks do not."""
    token = reading.identifier(value)
    return token.partition("?")[0] or None if token else None


def _may_hold_a_code(resource: dict[str, Any]) -> Iterator[Any]:
    """Discount codes, what the cart's page noted, and the address of the page by which the customer came in."""
    yield from (each.get("code") for each in reading.mappings(resource.get("discount_codes")))
    yield from (each.get("value") for each in reading.mappings(resource.get("note_attributes")))
    yield resource.get("landing_site")


def _status(resource: dict[str, Any], told: OrderStatus | None) -> OrderStatus:
    if resource.get("test") is True:
        return OrderStatus.TEST
    if reading.time(resource.get("cancelled_at")) or told is OrderStatus.CANCELLED:
        return OrderStatus.CANCELLED
    financial = _FINANCIAL.get(str(resource.get("financial_status")), OrderStatus.OPEN)
    return OrderStatus.PAID if told is OrderStatus.PAID and financial is OrderStatus.OPEN else financial


def _currency(resource: dict[str, Any]) -> str:
    """The shop's currency, which all plain amounts are in. Carts tell it only in their lines."""
    totals = _shop_money(resource, "total_price_set")
    lines = (_shop_money(line, "price_set") for line in reading.mappings(resource.get("line_items")))
    codes = (resource.get("currency"), *(money.get("currency_code") for money in (totals, *lines)))
    return next((code for value in codes if (code := reading.currency(value))), NO_CURRENCY)


def _shop_money(holder: dict[str, Any], field: str) -> dict[str, Any]:
    return reading.mapping(reading.mapping(holder.get(field)).get("shop_money"))


def _lines(resource: dict[str, Any], currency: str) -> Iterator[Line]:
    """Lines of the catalogue: custom items and tips have no product, and count in the total alone."""
    for entry in reading.mappings(resource.get("line_items")):
        product_id = reading.identifier(entry.get("product_id"))
        quantity = reading.quantity(entry.get("quantity", 1))
        if product_id and quantity:
            line = Line(
                product_id=product_id,
                quantity=quantity,
                price=reading.amount(entry.get("price"), currency) or 0,
            )
            if variant_id := reading.identifier(entry.get("variant_id")):
                line["variant_id"] = variant_id
            yield line
