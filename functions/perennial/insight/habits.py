"""A customer's document as the forecast's models see it, today or on an earlier day. Days are ordinals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from perennial.customer import Customer
from perennial.deciding.remembering import remembered
from perennial.folding import orders
from perennial.folding.orders import Purchases
from perennial.forecast.gaps import Gaps
from perennial.forecast.goods import Goods
from perennial.forecast.views import DAYS_OF_ORDERS, Bought, Ordered


class _Orders(NamedTuple):
    """Of the open window: days, ascending, and what was bought on each."""

    days: list[int]
    products: list[list[str]]


@remembered
def _open(customer: Customer) -> _Orders:
    by_day: dict[int, dict[str, None]] = {}
    for day, products in orders.bought_on(customer):
        by_day.setdefault(day.toordinal(), {}).update(dict.fromkeys(sorted(products)))
    days = sorted(by_day)[-DAYS_OF_ORDERS:]
    return _Orders(days, [list(by_day[day]) for day in days])


@remembered
def ordered(customer: Customer) -> Ordered | None:
    """As of now, without what the goods say (`again`); None for nobody who ordered."""
    days, products = _open(customer)
    if not days:
        return None
    gaps, bought = orders.gaps_between(customer), orders.purchases(customer)
    placed = orders.first_and_last(customer)
    return Ordered(
        days=days,
        number=int(gaps.number) + 1,
        gaps=gaps,
        first=date.fromisoformat(placed[0][:10]).toordinal() if placed else days[0],
        products=products,
        variety=len(bought),
        items=sum(each.bought for each in bought.values()),
        again=0.0,
    )


def ordered_by(customer: Customer, day: int) -> Ordered | None:
    """As it was known on that day; None when nothing is known of it any more, or nothing had been ordered."""
    now = ordered(customer)
    if now is None or now.days[0] > day:
        return None
    later = sum(each > day for each in now.days)
    kept = len(now.days) - later
    bought = dict(_bought_by(customer, day))
    return now._replace(
        days=now.days[:kept],
        number=now.number - later,
        gaps=_minus(now.gaps, now.days[kept - 1 :]),
        products=now.products[:kept],
        variety=len(bought),
        items=sum(each.number for each in bought.values()),
    )


def with_goods(known: Ordered, customer: Customer, goods: Goods) -> Ordered:
    """What the goods say of all that the customer ever bought."""
    bought = orders.purchases(customer)
    return known._replace(again=sum([goods[each].again for each in bought]) / max(1, len(bought)))


def bought(purchases: Purchases) -> Bought:
    """As of now."""
    return Bought([day.toordinal() for day in purchases.days], purchases.bought, purchases.gaps)


def bought_again_by(customer: Customer, day: int) -> Iterator[tuple[str, Bought, int | None]]:
    """What had been bought on two days or more by then; and in how many days it was bought next, None for not yet."""
    now = orders.purchases(customer)
    for product, known in _bought_by(customer, day):
        if known.number > 1:
            later = [each.toordinal() for each in now[product].days if each.toordinal() > day]
            yield product, known, later[0] - day if later else None


def _bought_by(customer: Customer, day: int) -> Iterator[tuple[str, Bought]]:
    for product, purchases in orders.purchases(customer).items():
        now = bought(purchases)
        kept = sum(each <= day for each in now.days)
        if kept:
            number = now.number - (len(now.days) - kept)
            yield product, Bought(now.days[:kept], number, _minus(now.gaps, now.days[kept - 1 :]))


def _minus(gaps: Gaps, days: Sequence[int]) -> Gaps:
    """Without those between these days."""
    later = Gaps.of_days(later - earlier for earlier, later in pairwise(days))
    return Gaps(gaps.number - later.number, gaps.log_sum - later.log_sum, gaps.log_sum_sq - later.log_sum_sq)
