"""Refold: the orders of a customer anew from the timeline, where an order came too late for the sums.

Everything else in a document does not depend on the order of events, or is kept on the timeline for a while only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime

from perennial.customer import Customer, copied
from perennial.errors import Conflict
from perennial.events import Name, Order
from perennial.folding import orders, refunds
from perennial.ports.data import TimelineItem
from perennial.ports.world import World
from perennial.times import stamp

_ORDERS = frozenset(
    {
        Name.ORDER_COMPLETED, Name.ORDER_PAID, Name.ORDER_UPDATED, Name.ORDER_CANCELLED,
    }
)  # fmt: skip


def refolded(customer: Customer, items: Iterable[TimelineItem], now: datetime) -> Customer:
    """The customer with orders and sums from these items and the open orders. To be looked at by the next sweep. Pure."""
    draft = copied(customer)
    erased_at = customer.get("erased_at", "")
    told = (each for item in items if item["received_at"] > erased_at for each in tellings(item))
    orders.refold(draft, [*told, *draft["orders"]])
    draft["wake_at"] = min(filter(None, (draft["wake_at"], stamp(now))))
    return draft


def tellings(item: TimelineItem) -> Iterator[Order]:
    """What an item of the timeline says of an order, as `apply` takes it."""
    name, properties = item["name"], item["properties"]
    if not item.get("trusted", True):
        return
    if name == Name.ORDER_FULFILLED:
        order: Order = properties["order"]
        yield {**order, "fulfilled_at": item["occurred_at"]}
    elif name in _ORDERS:
        yield properties["order"]
    elif name == Name.ORDER_DELIVERED:
        yield refunds.of_delivery(properties["order_id"], item["occurred_at"])
    elif name == Name.ORDER_REFUNDED and "refund" in properties:
        yield refunds.of_refund(properties["order_id"], properties["refund_id"], properties["refund"])
    elif name == Name.ORDER_DELETED:
        yield refunds.of_deletion(properties["order_id"], item["occurred_at"])


def refold(world: World, customer_id: str) -> Customer | None:
    """Refold one document, if it is marked, and put it; None if nothing was put: it keeps its mark for another night.

    Not before each event of the ring is on the timeline: one that was folded and not yet put there would be lost.
    """
    customer = world.documents.load([customer_id]).get(customer_id)
    if customer is None or not customer["refold"] or "merged_into" in customer or "erasing" in customer:
        return None
    items = {
        item["id"]: item
        for place in (customer_id, *customer.get("absorbed", []))
        for item in world.timeline.read(place)
    }
    if not customer["ids"].keys() <= items.keys():
        return None
    with suppress(Conflict):  # it changed meanwhile
        return world.documents.save(refolded(customer, items.values(), world.clock()))
    return None
