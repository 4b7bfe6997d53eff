"""A file of orders as it was known on an earlier day: the shop's tables, and customers and pairs as the models see them."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from infra.forecasting.book import Book, Person, gaps_of
from perennial.forecast.gaps import Gaps, IntervalTables, Level, shop_level
from perennial.forecast.goods import FORTNIGHT, KEPT, Goods
from perennial.forecast.views import DAYS_OF_ORDERS, DAYS_OF_PRODUCT, Bought, Ordered

GUESS_DAYS = 60.0  # between two orders, in a file without any


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


class Lookout:
    """A file from one day on, back in time by fortnights."""

    def __init__(self, book: Book, today: int) -> None:
        self.book, self.today = book, today
        self._sold, self._sold_in_all = _sales(book, today)

    def has(self, fortnights: int, days: int) -> bool:
        """Whether the file was at least so many days long by then."""
        return self.today - fortnights * FORTNIGHT - self.book.first >= days

    def back(self, fortnights: int) -> Past:
        """The file as of then."""
        cut = self.today - fortnights * FORTNIGHT
        sums = _Sums()
        for person in self.book.people.values():
            sums.add(person, cut, self.book.category_of)
        tables = IntervalTables(
            orders=Gaps(*sums.orders),
            repurchases=Gaps(*sums.repurchases),
            products={product: Gaps(*each) for product, each in sums.products.items()},
            buyers=sums.buyers,
            repeaters=sums.repeaters,
            categories={category: Gaps(*each) for category, each in sums.categories.items()},
            category_of=self.book.category_of,
            sold=self._sold,
            sold_in_all=self._sold_in_all,
        )
        level = shop_level(tables.orders, GUESS_DAYS)
        return Past(self.book, cut, tables, Goods(tables, fortnights), level, fortnights * FORTNIGHT)


def _sales(book: Book, today: int) -> tuple[dict[str, list[int]], list[int]]:
    """Days of customers with a product, in fortnights back from today: by product, and in all."""
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
    return by_product, in_all


class _Sums:
    """Gaps as lists of three sums: they are added to for each pair of a file."""

    def __init__(self) -> None:
        self.orders, self.repurchases = [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]
        self.products: dict[str, list[float]] = {}
        self.categories: dict[str, list[float]] = {}
        self.buyers: Counter[str] = Counter()
        self.repeaters: Counter[str] = Counter()

    def add(self, person: Person, cut: int, category_of: dict[str, str]) -> None:
        until = person.orders_until(cut)
        if not until:
            return
        _add(self.orders, gaps_of(person.days[:until]))
        self.buyers.update([product for product, first in person.first_bought.items() if first <= cut])
        for each in person.repeated:
            if each.days[1] > cut:
                continue
            product, gaps = each.product, each.until(cut)[1]
            self.repeaters[product] += 1
            _add(self.products.setdefault(product, [0.0, 0.0, 0.0]), gaps)
            _add(self.categories.setdefault(category_of.get(product, ""), [0.0, 0.0, 0.0]), gaps)
            _add(self.repurchases, gaps)


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
