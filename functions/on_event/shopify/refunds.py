"""Shopify's refunds, told by a webhook of their own and again in their order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from on_event import reading
from perennial.events import Refund
from perennial.folding.refunds import KEPT
from perennial.money import NO_CURRENCY

_NOTHING_MOVED = ("failure", "error")


def refund_of(resource: dict[str, Any], currency: str | None, at: str) -> Refund:
    """The canonical refund. `currency`: the order's or the shop's, for amounts told without one. `at`: of this telling.

    What was paid back counts; where no money moved, as when unpaid goods are taken off an order, their price does.
    """
    spoken = next(_currencies(resource), None) or currency or NO_CURRENCY
    paid_back = list(_paid_back(resource, spoken))
    return Refund(
        updated_at=at,
        amount=sum(paid_back or _prices(resource, spoken)),
        currency=spoken,
        returned=dict(_returned(resource)),
    )


def refunds_of(order: dict[str, Any], currency: str, at: str) -> dict[str, Refund]:
    """Those listed in an order, by id."""
    entries = ((reading.identifier(entry.get("id")), entry) for entry in _entries(order))
    return {refund_id: refund_of(entry, currency, at) for refund_id, entry in entries if refund_id}


def times_of(order: dict[str, Any], received_at: datetime) -> dict[str, datetime]:
    """When each of them was made, as far as told."""
    found = {}
    for entry in _entries(order):
        refund_id = reading.identifier(entry.get("id"))
        made_at = reading.time(entry.get("created_at")) or reading.time(entry.get("processed_at"))
        if refund_id and made_at:
            found[refund_id] = reading.believed(made_at, received_at)
    return found


def _entries(order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return reading.mappings(order.get("refunds"), at_most=KEPT)


def _currencies(resource: dict[str, Any]) -> Iterator[str]:
    holders = [
        *(line.get("subtotal_set") for line in reading.mappings(resource.get("refund_line_items"))),
        *(transaction.get("amount_set") for transaction in reading.mappings(resource.get("transactions"))),
        resource.get("total_duties_set"),
    ]
    codes = (reading.currency(_shop_money(holder).get("currency_code")) for holder in holders)
    return (code for code in codes if code)


def _shop_money(holder: Any) -> dict[str, Any]:
    return reading.mapping(reading.mapping(holder).get("shop_money"))


def _paid_back(resource: dict[str, Any], currency: str) -> Iterator[int]:
    """In the shop's currency: a plain amount may be in the customer's."""
    for transaction in reading.mappings(resource.get("transactions")):
        if transaction.get("kind", "refund") != "refund" or transaction.get("status") in _NOTHING_MOVED:
            continue
        plain = transaction if reading.currency(transaction.get("currency")) in (None, currency) else {}
        amounts = (_shop_money(transaction.get("amount_set")).get("amount"), plain.get("amount"))
        yield next((each for value in amounts if (each := reading.amount(value, currency)) is not None), 0)


def _prices(resource: dict[str, Any], currency: str) -> list[int]:
    found = []
    for line in reading.mappings(resource.get("refund_line_items")):
        amounts = (_shop_money(line.get("subtotal_set")).get("amount"), line.get("subtotal"))
        found.append(
            next((each for value in amounts if (each := reading.amount(value, currency)) is not None), 0)
        )
    return found


def _returned(resource: dict[str, Any]) -> Counter[str]:
    pieces: Counter[str] = Counter()
    for line in reading.mappings(resource.get("refund_line_items")):
        product_id = reading.identifier(reading.mapping(line.get("line_item")).get("product_id"))
        quantity = reading.quantity(line.get("quantity"))
        if product_id and quantity:
            pieces[product_id] += quantity
    return pieces
