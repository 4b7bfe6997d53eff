"""Orders in the customer document: the last 20 open to change, older ones closed into sums.

A product's purchases are read from the open orders and the closed sums together, so an update or a cancellation inside
the window changes them without any bookkeeping; closing an order is the only step that cannot be undone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from perennial.customer import Closed, ClosedPurchases, Customer
from perennial.events import Order
from perennial.forecast.gaps import Gaps
from perennial.refunds import counts, is_silent, joined, kept_products, net
from perennial.remembering import remembered

OPEN = 20
DAYS_KEPT = 8
PRODUCTS_KEPT = 100
OTHERS = ""  # the product under which those beyond PRODUCTS_KEPT are summed


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
        _close(draft, draft["orders"].pop(0))


def refold(draft: Customer, told: Iterable[Order]) -> None:
    """All orders anew from everything that was ever told of them, in any order: sums and open window as they should be."""
    held: dict[str, Order] = {}
    for order in told:
        known = held.get(order["id"])
        held[order["id"]] = order if known is None else joined(known, order)
    draft["closed"], draft["products"], draft["refold"] = None, {}, False
    draft["orders"] = sorted(held.values(), key=lambda each: (each["placed_at"], each["id"]))
    while len(draft["orders"]) > OPEN:
        _close(draft, draft["orders"].pop(0))


def _close(draft: Customer, order: Order) -> None:
    closed = draft["closed"] or Closed(
        orders=0, spent={}, through="", first_at="", last_at="", gaps=0, log_sum=0.0, log_sum_sq=0.0
    )
    draft["closed"] = closed
    closed["through"] = max(closed["through"], order["placed_at"])
    if not counts(order):
        return
    gap = _days_between(closed["last_at"], order["placed_at"]) if closed["last_at"] else 0
    if gap:
        closed["gaps"], closed["log_sum"], closed["log_sum_sq"] = _plus(
            (closed["gaps"], closed["log_sum"], closed["log_sum_sq"]), gap
        )
    closed["orders"] += 1
    closed["spent"][order["currency"]] = closed["spent"].get(order["currency"], 0) + net(order)
    closed["first_at"] = closed["first_at"] or order["placed_at"]
    closed["last_at"] = order["placed_at"]
    for product_id in kept_products(order):
        _close_purchase(draft, product_id, order["placed_at"][:10])


def _close_purchase(draft: Customer, product_id: str, day: str) -> None:
    entry = draft["products"].setdefault(product_id, _no_purchases())
    if entry["days"] and entry["days"][-1] == day:
        return
    if entry["days"]:
        entry["gaps"], entry["log_sum"], entry["log_sum_sq"] = _plus(
            (entry["gaps"], entry["log_sum"], entry["log_sum_sq"]), _days_between(entry["days"][-1], day)
        )
    entry["count"] += 1
    entry["days"] = [*entry["days"], day][-DAYS_KEPT:]
    if len(draft["products"]) > PRODUCTS_KEPT + 1:
        _sum_up_oldest(draft["products"])


def _no_purchases() -> ClosedPurchases:
    return ClosedPurchases(days=[], count=0, gaps=0, log_sum=0.0, log_sum_sq=0.0)


def _sum_up_oldest(products: dict[str, ClosedPurchases]) -> None:
    """Keep the document bounded: the product not bought for the longest time joins the sums of the others."""
    oldest = min(
        (key for key in products if key != OTHERS), key=lambda key: (products[key]["days"][-1:], key)
    )
    entry, others = products.pop(oldest), products.setdefault(OTHERS, _no_purchases())
    others["count"] += entry["count"]
    others["gaps"] += entry["gaps"]
    others["log_sum"] += entry["log_sum"]
    others["log_sum_sq"] += entry["log_sum_sq"]


def _plus(sums: tuple[int, float, float], gap: int) -> tuple[int, float, float]:
    log = math.log(max(1, gap))
    return sums[0] + 1, sums[1] + log, sums[2] + log * log


def _days_between(earlier: str, later: str) -> int:
    return (date.fromisoformat(later[:10]) - date.fromisoformat(earlier[:10])).days


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
    days = sorted({order["placed_at"][:10] for order in counted(customer)})
    if closed and closed["last_at"]:
        days = sorted({closed["last_at"][:10], *days})
    gaps = Gaps(closed["gaps"], closed["log_sum"], closed["log_sum_sq"]) if closed else Gaps()
    return gaps + _gaps_of([date.fromisoformat(day) for day in days])


@remembered
def purchases(customer: Customer) -> Mapping[str, Purchases]:
    """Per product: closed and open purchases together."""
    recent: dict[str, set[str]] = {}
    for order in counted(customer):
        for product_id in kept_products(order):
            recent.setdefault(product_id, set()).add(order["placed_at"][:10])
    products = recent.keys() | (customer["products"].keys() - {OTHERS})
    return {
        product: _joined(customer["products"].get(product), recent.get(product, set()))
        for product in sorted(products)
    }


def _joined(closed: ClosedPurchases | None, recent: set[str]) -> Purchases:
    if closed is None:
        days = [date.fromisoformat(day) for day in sorted(recent)]
        return Purchases(days, len(days), _gaps_of(days))
    new = recent - set(closed["days"])
    since_closed = [date.fromisoformat(day) for day in sorted({*closed["days"][-1:], *new})]
    return Purchases(
        [date.fromisoformat(day) for day in sorted({*closed["days"], *new})],
        closed["count"] + len(new),
        Gaps(closed["gaps"], closed["log_sum"], closed["log_sum_sq"]) + _gaps_of(since_closed),
    )


def _gaps_of(days: list[date]) -> Gaps:
    if len(days) < 2:
        return Gaps()  # most products are bought once: this is asked for each of them in every decision
    return Gaps.of_days((later - earlier).days for earlier, later in pairwise(days))


def join_closed(draft: Customer, other: Customer) -> None:
    """Add another document's closed orders to the sums. The gap between the two is unknown, so it is left to the refold."""
    mine, theirs = draft["closed"], other["closed"]
    if theirs is None:
        return
    draft["refold"] = True
    if mine is None:
        draft["closed"] = theirs
    else:
        for currency, amount in theirs["spent"].items():
            mine["spent"][currency] = mine["spent"].get(currency, 0) + amount
        firsts = [each["first_at"] for each in (mine, theirs) if each["first_at"]]
        draft["closed"] = Closed(
            orders=mine["orders"] + theirs["orders"],
            spent=mine["spent"],
            through=max(mine["through"], theirs["through"]),
            first_at=min(firsts, default=""),
            last_at=max(mine["last_at"], theirs["last_at"]),
            gaps=mine["gaps"] + theirs["gaps"],
            log_sum=mine["log_sum"] + theirs["log_sum"],
            log_sum_sq=mine["log_sum_sq"] + theirs["log_sum_sq"],
        )
    for product, entry in other["products"].items():
        _join_product(draft["products"], product, entry)


def _join_product(products: dict[str, ClosedPurchases], product: str, entry: ClosedPurchases) -> None:
    held = products.get(product, _no_purchases())
    products[product] = ClosedPurchases(
        days=sorted({*held["days"], *entry["days"]})[-DAYS_KEPT:],
        count=held["count"] + entry["count"],
        gaps=held["gaps"] + entry["gaps"],
        log_sum=held["log_sum"] + entry["log_sum"],
        log_sum_sq=held["log_sum_sq"] + entry["log_sum_sq"],
    )
    if len(products) > PRODUCTS_KEPT + 1:
        _sum_up_oldest(products)
