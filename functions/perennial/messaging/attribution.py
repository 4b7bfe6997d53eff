"""Which message an order is owed to: the last one that a person clicked within its channel's window before the order.

Clicks only: machines open mails, so opens are counted only where somebody asks for them, and they are marked. An order
that is owed to a message need not be caused by it; what is caused, the holdout tells (`perennial.experiments`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

from perennial.customer import Customer
from perennial.events import Order
from perennial.folding import orders
from perennial.folding.refunds import net
from perennial.messaging.messages import Settled
from perennial.times import moment

WINDOWS: Mapping[str, timedelta] = {
    "email": timedelta(days=5),
    "sms": timedelta(days=5),
    "push": timedelta(hours=24),
}


class Touch(NamedTuple):
    """A message that a person answered: `at` is the stamp of the click (or open)."""

    at: str
    message: Settled


@dataclass(slots=True)
class Owed:
    """What a campaign's messages brought: orders, and revenue in minor units by currency."""

    orders: int = 0
    revenue: dict[str, int] = field(default_factory=dict)

    def add(self, order: Order) -> None:
        """One more order."""
        self.orders += 1
        self.revenue[order["currency"]] = self.revenue.get(order["currency"], 0) + net(order)


def attributed(
    customer: Customer, opened: Mapping[str, str] | None = None, windows: Mapping[str, timedelta] = WINDOWS
) -> list[tuple[Order, Settled]]:
    """Each order with the message it is owed to; orders that are owed to none are left out.

    opened: stamps of opens by message id, for whoever wants them counted too.
    """
    touches = sorted(_touches(customer, opened or {}), key=lambda touch: (touch.at, touch.message["id"]))
    pairs = ((order, _last(order, touches, windows)) for order in orders.counted(customer))
    return [(order, touch.message) for order, touch in pairs if touch is not None]


def owed_to(customers: Iterable[Customer]) -> dict[str, Owed]:
    """By campaign, over all customers."""
    found: dict[str, Owed] = {}
    for customer in customers:
        for order, message in attributed(customer):
            found.setdefault(message["campaign"], Owed()).add(order)
    return found


def _touches(customer: Customer, opened: Mapping[str, str]) -> Iterable[Touch]:
    for message in customer["settled"]:
        stamps = [at for at in (message.get("clicked_at"), opened.get(message["id"])) if at]
        if stamps:
            yield Touch(min(stamps), message)


def _last(order: Order, touches: list[Touch], windows: Mapping[str, timedelta]) -> Touch | None:
    within = (touch for touch in reversed(touches) if _is_within(order, touch, windows))
    return next(within, None)


def _is_within(order: Order, touch: Touch, windows: Mapping[str, timedelta]) -> bool:
    window = windows.get(touch.message["channel"])
    if window is None or touch.at > order["placed_at"]:
        return False
    return moment(order["placed_at"]) - moment(touch.at) <= window
