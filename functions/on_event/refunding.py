"""Refunds that an order tells of, as events of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from perennial.events import Event, Name, Refund
from perennial.people.identities import short_id


def refund_id(source: str, order_id: str, refund: str) -> str:
    """The event's id: the same whatever webhook tells of the refund."""
    return short_id(source, "refund", order_id, refund)


def refunds_in(event: Event, times: Mapping[str, datetime]) -> Iterator[Event]:
    """One event for each refund of the order in `event`. times: when each was made, else it is the order's change."""
    order = event.properties["order"]
    refunds: dict[str, Refund] = order.get("refunds", {})
    for refund, told in refunds.items():
        yield replace(
            event,
            id=refund_id(event.source, order["id"], refund),
            name=Name.ORDER_REFUNDED,
            occurred_at=times.get(refund, event.occurred_at),
            properties={"order_id": order["id"], "refund_id": refund, "refund": told},
            sent_at=None,  # it is told again with each change of the order, so only its id shows it is a copy
        )
