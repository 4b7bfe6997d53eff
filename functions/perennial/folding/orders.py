"""Orders in the customer document: the last 20 open to change, older ones closed into sums.

A product's purchases are read from the open orders and the closed sums together, so an update or a cancellation inside
the window changes them without any bookkeeping; closing an order is the only step that cannot be undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from perennial.customer import ClosedPurchases, Customer
from perennial.deciding.remembering import remembered
from perennial.events import Order
from perennial.folding.closing import OTHERS, close
from perennial.folding.refunds import counts, is_silent, joined, kept_products, net
from perennial.forecast.gaps import Gaps

OPEN = 20
_NO_GAPS = Gaps()
_NEVER: frozenset[date] = frozenset()


class Purchases(NamedTuple):
    """Purchases of one product.

    days: the distinct days still known, oldest first; bought: on how many days in all; gaps: between them.
    """

    days: list[date]
    bought: int
    gaps: Gaps


@remembered
def counted(customer: Customer) -> tuple[Order, ...]:
    """Open orders that count, oldest first."""
    return tuple(order for order in customer["orders"] if counts(order))


@remembered
def bought_on(customer: Customer) -> list[tuple[date, set[str]]]:
    """Of each open order that counts, oldest first: the day, and the products of which something was kept."""
    return [
        (date.fromisoformat(order["placed_at"][:10]), kept_products(order)) for order in counted(customer)
    ]


def fold(draft: Customer, order: Order) -> None:
    """Take in one telling of an order: the newest `updated_at` wins, whatever source tells it.

    An order from before the open window cannot be told apart from one already summed: it sets `refold`; so does a refund or
    deletion of an order that is not open.
    """
    held = {each["id"]: each for each in draft["orders"]}
    known = held.get(order["id"])
    closed = draft["closed"]
    if known is None and closed and (is_silent(order) or order["placed_at"] <= closed["through"]):
        draft["refold"] = True
        if order["placed_at"] <= closed["through"]:
            return
    held[order["id"]] = order if known is None else joined(known, order)
    draft["orders"] = sorted(held.values(), key=lambda each: (each["placed_at"], each["id"]))
    while len(draft["orders"]) > OPEN:
        close(draft, draft["orders"].pop(0))


def refold(draft: Customer, told: Iterable[Order]) -> None:
    """All orders anew from everything that was ever told of them, in any order: sums and open window as they should be."""
    held: dict[str, Order] = {}
    for order in told:
        known = held.get(order["id"])
        held[order["id"]] = order if known is None else joined(known, order)
    draft["closed"], draft["products"], draft["refold"] = None, {}, False
    draft["orders"] = sorted(held.values(), key=lambda each: (each["placed_at"], each["id"]))
    while len(draft["orders"]) > OPEN:
        close(draft, draft["orders"].pop(0))


@remembered
def count(customer: Customer) -> int:
    """Orders that count, ever."""
    closed = customer["closed"]
    return (closed["orders"] if closed else 0) + len(counted(customer))


@remembered
def spent(customer: Customer) -> Mapping[str, int]:
    """Total of the orders that count, without what was given back, in minor units by currency."""
    totals = dict(customer["closed"]["spent"]) if customer["closed"] else {}
    for order in counted(customer):
        totals[order["currency"]] = totals.get(order["currency"], 0) + net(order)
    return totals


def spent_since(customer: Customer, currency: str, month: str) -> int:
    """Of `spent`, what was spent from the beginning of a month ("2025-11") on, of the last 13; in one currency."""
    closed = sum(sums.get(currency, 0) for each, sums in _months(customer).items() if each >= month)
    return closed + sum(
        net(order)
        for order in counted(customer)
        if order["placed_at"] >= month and order["currency"] == currency
    )


def reached(customer: Customer, currency: str, month: str, amount: int) -> str:
    """Stamp of the order by which `spent_since` came to an amount; of a closed one, that of the last closed.

    "" where it did not.
    """
    total = sum(sums.get(currency, 0) for each, sums in _months(customer).items() if each >= month)
    if total >= amount and customer["closed"]:
        return customer["closed"]["last_at"]
    for order in counted(customer):
        if order["placed_at"] >= month and order["currency"] == currency:
            total += net(order)
            if total >= amount:
                return order["placed_at"]
    return ""


def _months(customer: Customer) -> Mapping[str, Mapping[str, int]]:
    closed = customer["closed"]
    return closed.get("months", {}) if closed else {}


def placed(customer: Customer, number: int) -> str | None:
    """When the order was placed that counts as the first, second ..., None without one.

    Of one that is closed, a time not before it.
    """
    closed = customer["closed"]
    known = closed["orders"] if closed else 0
    if number <= known and closed:
        return closed["last_at"]
    stamps = [order["placed_at"] for order in counted(customer)][number - known - 1 : number - known]
    return stamps[0] if stamps else None


def last(customer: Customer) -> Order | None:
    """The newest open order that counts."""
    counting = counted(customer)
    return counting[-1] if counting else None


@remembered
def first_and_last(customer: Customer) -> tuple[str, str] | None:
    """Stamps of the first and the last order that counts, None without one."""
    stamps = [order["placed_at"] for order in counted(customer)]
    closed = customer["closed"]
    if closed and closed["last_at"]:
        stamps = [closed["first_at"], closed["last_at"], *stamps]
    return (stamps[0], stamps[-1]) if stamps else None


@remembered
def gaps_between(customer: Customer) -> Gaps:
    """Log gaps between the days of all orders that count."""
    closed = customer["closed"]
    days = {day for day, _ in bought_on(customer)}
    if closed is None:
        return _gaps_of(sorted(days))
    if closed["last_at"]:
        days.add(date.fromisoformat(closed["last_at"][:10]))
    return Gaps(closed["gaps"], closed["log_sum"], closed["log_sum_sq"]) + _gaps_of(sorted(days))


@remembered
def purchases(customer: Customer) -> Mapping[str, Purchases]:
    """Per product: closed and open purchases together."""
    recent: dict[str, set[date]] = {}
    for day, products in bought_on(customer):
        for product in products:
            recent.setdefault(product, set()).add(day)
    closed = customer["products"]
    return {
        product: _joined(closed.get(product), recent.get(product, _NEVER))
        for product in sorted(recent.keys() | (closed.keys() - {OTHERS}))
    }


def _joined(closed: ClosedPurchases | None, recent: set[date] | frozenset[date]) -> Purchases:
    if closed is None:
        return Purchases(days := sorted(recent), len(days), _gaps_of(days))
    gaps = Gaps(closed["gaps"], closed["log_sum"], closed["log_sum_sq"])
    known = [date.fromisoformat(day) for day in closed["days"]]
    new = recent.difference(known)
    if not new:
        return Purchases(known, closed["count"], gaps)
    since_closed = sorted({*known[-1:], *new})
    return Purchases(sorted({*known, *new}), closed["count"] + len(new), gaps + _gaps_of(since_closed))


def _gaps_of(days: list[date]) -> Gaps:
    if len(days) < 2:
        return _NO_GAPS  # most products are bought once: this is asked for each of them in every decision
    return Gaps.of_days((later - earlier).days for earlier, later in pairwise(days))
