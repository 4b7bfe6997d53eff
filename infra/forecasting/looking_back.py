"""A file of orders as it was known on an earlier day: the shop's tables, and customers and pairs as the models see them."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from infra.forecasting.reading import Book, Person, gaps_of
from perennial.forecast.gaps import Gaps, IntervalTables, Level, shop_level
from perennial.forecast.goods import FORTNIGHT, KEPT, Goods
from perennial.forecast.views import DAYS_OF_ORDERS, DAYS_OF_PRODUCT, Bought, Ordered

_GUESS_DAYS = 60.0  # between two orders, in a file without any

class Past(NamedTuple):
    """The file up to a day, that day included. goods: what its tables say of products. level: of gaps between orders.

    followed: days that were seen after it.
    """

    book: Book
    today: int
    tables: IntervalTables
    goods: Goods
    level: Level
    followed: int


class Sales(NamedTuple):
    """How much was sold, in fortnights back from the end of the file: by product, and in all."""

    by_product: dict[str, list[int]]
    in_all: list[int]


def sales(book: Book, today: int) -> Sales:
    """Days of customers with the product."""
    by_product: dict[str, list[int]] = {}
    in_all = [0] * KEPT
    since = today - KEPT * FORTNIGHT
    for person in book.people.values():
        at = bisect_right(person.days, since)
        for day, products in zip(person.days[at:], person.products[at:], strict=True):
            ago = max(0, today - day) // FORTNIGHT
            in_all[ago] += len(products)
            for product in products:
                counts = by_product.get(product)
                if counts is None:
                    counts = by_product[product] = [0] * KEPT
                counts[ago] += 1
    return Sales(by_product, in_all)


def look_back(book: Book, sold: Sales, today: int, fortnights: int) -> Past:
    """The file as of so many fortnights before `today`."""
    cut = today - fortnights * FORTNIGHT
    orders, repurchases = [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]
    products: dict[str, list[float]] = {}
    categories: dict[str, list[float]] = {}
    buyers: Counter[str] = Counter()
    repeaters: Counter[str] = Counter()
    for person in book.people.values():
        until = person.orders_until(cut)
        if not until:
            continue
        _add(orders, gaps_of(person.days[:until]))
        buyers.update([product for product, first in person.first_bought.items() if first <= cut])
        for each in person.repeated:
            if each.days[1] > cut:
                continue
            product, (_, gaps) = each.product, each.until(cut)
            repeaters[product] += 1
            _add(products.setdefault(product, [0.0, 0.0, 0.0]), gaps)
            _add(categories.setdefault(book.category_of.get(product, ""), [0.0, 0.0, 0.0]), gaps)
            _add(repurchases, gaps)
    tables = IntervalTables(
        orders=Gaps(*orders),
        repurchases=Gaps(*repurchases),
        products={product: Gaps(*sums) for product, sums in products.items()},
        buyers=buyers,
        repeaters=repeaters,
        categories={category: Gaps(*sums) for category, sums in categories.items()},
        category_of=book.category_of,
        sold=sold.by_product,
        sold_in_all=sold.in_all,
    )
    return Past(book, cut, tables, Goods(tables, fortnights), shop_level(tables.orders, _GUESS_DAYS), fortnights * FORTNIGHT)


def _add(sums: list[float], gaps: Gaps) -> None:
    sums[0] += gaps[0]
    sums[1] += gaps[1]
    sums[2] += gaps[2]


def ordered(person: Person, past: Past, *, with_goods: bool = True) -> Ordered | None:
    """The customer as of then, None before their first order. with_goods: also what they bought, ever."""
    until = person.orders_until(past.today)
    if not until:
        return None
    days = person.days[:until]
    variety, items, again = 0, 0, 0.0
    if with_goods:
        for product, first in person.first_bought.items():
            if first <= past.today:
                variety += 1
                again += past.goods[product].again
        items = sum(map(len, person.products[:until]))
    return Ordered(
        days=days[-DAYS_OF_ORDERS:],
        number=until,
        gaps=gaps_of(days),
        first=days[0],
        products=person.products[max(0, until - DAYS_OF_ORDERS) : until],
        variety=variety,
        items=items,
        again=again / max(1, variety),
    )


def bought_again(person: Person, past: Past) -> Iterator[tuple[str, Bought, int | None]]:
    """Products bought on two days or more by then; and in how many days they were bought next, None for not yet."""
    for each in person.repeated:
        if each.days[1] > past.today:
            continue
        days, gaps = each.until(past.today)
        next_in = each.days[len(days)] - past.today if len(days) < len(each.days) else None
        yield each.product, Bought(days[-DAYS_OF_PRODUCT:], len(days), gaps), next_in
