"""Orders that leave the open window, in sums: the one step that cannot be undone, but by a refold."""

from __future__ import annotations

import math
from datetime import date

from perennial.customer import Closed, ClosedPurchases, Customer
from perennial.events import Order
from perennial.folding.refunds import counts, kept_products, net

DAYS_KEPT = 8
PRODUCTS_KEPT = 100
MONTHS_KEPT = 13
OTHERS = ""  # the product under which those beyond PRODUCTS_KEPT are summed


def close(draft: Customer, order: Order) -> None:
    """An order leaves the open window: it is counted for good."""
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
    _close_month(closed, order["placed_at"][:7], order["currency"], net(order))
    closed["first_at"] = closed["first_at"] or order["placed_at"]
    closed["last_at"] = order["placed_at"]
    for product_id in sorted(kept_products(order)):  # which one is summed up must not depend on the process
        _close_purchase(draft, product_id, order["placed_at"][:10])


def _close_month(closed: Closed, month: str, currency: str, amount: int) -> None:
    """Orders are closed in the order in which they were placed, so what falls out of the year is the oldest."""
    months = closed.setdefault("months", {})
    spent = months.setdefault(month, {})
    spent[currency] = spent.get(currency, 0) + amount
    year_before = f"{int(month[:4]) - 1:04}{month[4:]}"
    closed["months"] = {each: months[each] for each in sorted(months) if each >= year_before}


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
            months=_joined_months(mine, theirs),
        )
    for product, entry in other["products"].items():
        _join_product(draft["products"], product, entry)


def _joined_months(mine: Closed, theirs: Closed) -> dict[str, dict[str, int]]:
    both: dict[str, dict[str, int]] = {}
    for months in (mine.get("months", {}), theirs.get("months", {})):
        for month, sums in months.items():
            held = both.setdefault(month, {})
            for currency, amount in sums.items():
                held[currency] = held.get(currency, 0) + amount
    return dict(sorted(both.items())[-MONTHS_KEPT:])


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
