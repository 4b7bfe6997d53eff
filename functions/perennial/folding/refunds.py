"""What was given back of an order, what is left of it then, and how its tellings are joined.

Refunds and deletions are told apart from the order, before it or after it, and again inside it. Each is kept beside what the
order itself says, so that neither undoes the other, in whatever order they come.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Literal, cast

from perennial.events import Order, OrderStatus, Refund

KEPT = 50  # refunds of one order
_COUNTED = frozenset({OrderStatus.OPEN, OrderStatus.PAID})
_FINALITY = {status: rank for rank, status in enumerate(OrderStatus)}
_ON_ITS_WAY: tuple[Literal["fulfilled_at"], Literal["delivered_at"]] = ("fulfilled_at", "delivered_at")
_BESIDE = (
    "refunds",
    "refunds_at",
    "deleted_at",
    "referral",
    *_ON_ITS_WAY,
)  # not part of what the order says of itself


def counts(order: Order) -> bool:
    """It is revenue and rhythm: placed, no test, and neither cancelled, deleted nor given back as a whole."""
    if order["status"] not in _COUNTED or order.get("deleted_at", "") >= order["updated_at"]:
        return False
    return "refunds" not in order or not 0 < order["total"] <= refunded(order)


def refunded(order: Order) -> int:
    """Minor units given back in the order's own currency."""
    refunds = order.get("refunds", {}).values()
    return sum(refund["amount"] for refund in refunds if refund["currency"] == order["currency"])


def net(order: Order) -> int:
    """What the shop keeps of the total, in minor units."""
    return max(0, order["total"] - refunded(order))


def kept_products(order: Order) -> set[str]:
    """Ids of the products of which the customer kept at least one piece."""
    if "refunds" not in order:
        return {line["product_id"] for line in order["lines"]}
    bought: Counter[str] = Counter()
    for line in order["lines"]:
        bought[line["product_id"]] += line["quantity"]
    for refund in order["refunds"].values():
        bought.subtract(refund["returned"])
    return {product_id for product_id, pieces in bought.items() if pieces > 0}


def of_refund(order_id: str, refund_id: str, refund: Refund) -> Order:
    """A telling of the order that knows nothing of it but this refund."""
    return _silent(order_id, refund["updated_at"]) | {"refunds": {refund_id: refund}}


def of_deletion(order_id: str, at: str) -> Order:
    """A telling of the order that knows nothing of it but its deletion at a stamp."""
    return _silent(order_id, at) | {"deleted_at": at}


def of_delivery(order_id: str, at: str) -> Order:
    """A telling of the order that knows nothing of it but its arrival at a stamp."""
    return _silent(order_id, at) | {"delivered_at": at}


def is_silent(order: Order) -> bool:
    """Nothing is known of it but what was told beside it."""
    return not order["updated_at"]


def joined(known: Order, told: Order) -> Order:
    """Both tellings of one order: the newest word on itself, every refund still listed, the last deletion."""
    both = cast(
        "Order", {key: value for key, value in max(known, told, key=_recency).items() if key not in _BESIDE}
    )
    listed_at = max(known.get("refunds_at", ""), told.get("refunds_at", ""))
    deleted_at = max(known.get("deleted_at", ""), told.get("deleted_at", ""))
    if refunds := _joined_refunds(known.get("refunds", {}), told.get("refunds", {}), listed_at):
        both["refunds"] = refunds
    if listed_at:
        both["refunds_at"] = listed_at
    if deleted_at:
        both["deleted_at"] = deleted_at
    if codes := [each["referral"] for each in (known, told) if "referral" in each]:
        both["referral"] = min(codes)
    for stage in _ON_ITS_WAY:
        if told_at := [each[stage] for each in (known, told) if stage in each]:
            both[stage] = min(told_at)
    return both


def _silent(order_id: str, at: str) -> Order:
    return Order(
        id=order_id,
        placed_at=at,
        updated_at="",
        status=OrderStatus.PENDING,
        total=0,
        currency="",
        trusted=False,
        lines=[],
    )


def _recency(order: Order) -> tuple[bool, str, int, str]:
    """The signed source first: what the store says of its own order holds against any later copy of it."""
    finality = _FINALITY[OrderStatus(order["status"])]
    itself = {key: value for key, value in order.items() if key not in _BESIDE}
    return order["trusted"], order["updated_at"], finality, json.dumps(itself, sort_keys=True)


def _joined_refunds(known: dict[str, Refund], told: dict[str, Refund], listed_at: str) -> dict[str, Refund]:
    """The newest telling of each; one older than a whole list that leaves it out was taken back."""
    newest = {
        refund_id: max(
            (refunds[refund_id] for refunds in (known, told) if refund_id in refunds), key=_refund_recency
        )
        for refund_id in sorted(known.keys() | told.keys())
    }
    valid = [refund_id for refund_id, refund in newest.items() if refund["updated_at"] >= listed_at]
    return {refund_id: newest[refund_id] for refund_id in valid[:KEPT]}


def _refund_recency(refund: Refund) -> tuple[str, str]:
    return refund["updated_at"], json.dumps(refund, sort_keys=True)
