"""A file of orders as each customer's days and products."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from perennial.errors import Unintelligible
from perennial.forecast.gaps import Gaps

SHOWN = 10  # bad lines told of one by one; the others are counted
Kept = dict[str, dict[int, dict[str, float]]]  # by customer and day, the products with what was paid for them

_LOGS = [0.0, *(math.log(gap) for gap in range(1, 2000))]


def gaps_of(days: Sequence[int]) -> Gaps:
    """Log gaps between days, ascending."""
    if len(days) < 2:
        return Gaps()
    logs = [
        _LOGS[later - earlier] if later - earlier < len(_LOGS) else math.log(later - earlier)
        for earlier, later in pairwise(days)
    ]
    return Gaps(len(logs), sum(logs), sum([log * log for log in logs]))


class Repeated(NamedTuple):
    """A product that a customer bought on two days or more. days: ascending; gaps: between all of them."""

    product: str
    days: list[int]
    gaps: Gaps

    def until(self, day: int) -> tuple[list[int], Gaps]:
        """As it was known on a day."""
        if self.days[-1] <= day:
            return self.days, self.gaps
        days = self.days[: bisect_right(self.days, day)]
        return days, gaps_of(days)


@dataclass(slots=True)
class Person:
    """One customer. days: of orders, ascending; products, values: of each of them; first_bought: the first day, by product.

    values: of the lines, as the file tells them, 0 where it does not.
    """

    days: list[int] = field(default_factory=list)
    products: list[list[str]] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    first_bought: dict[str, int] = field(default_factory=dict)
    repeated: list[Repeated] = field(default_factory=list)

    def orders_until(self, day: int) -> int:
        """On how many days, that day included."""
        return bisect_right(self.days, day)


@dataclass(slots=True)
class Book:
    """All orders of a file. first, last: the days it spans. lines: taken; returns: lines with no quantity bought.

    bad: lines left out; remarks: what is wrong with the first of them.
    """

    people: dict[str, Person] = field(default_factory=dict)
    category_of: dict[str, str] = field(default_factory=dict)
    first: int = 0
    last: int = 0
    lines: int = 0
    returns: int = 0
    bad: int = 0
    remarks: list[str] = field(default_factory=list)

    def complain(self, line: int, reason: str) -> None:
        """Of a line that was left out."""
        self.bad += 1
        if len(self.remarks) < SHOWN:
            self.remarks.append(f"line {line}: {reason}")


def close(book: Book, kept: Kept) -> None:
    """When all lines are read. Unintelligible when there are none."""
    if not kept:
        told = "".join(f"\n{remark}" for remark in book.remarks)
        raise Unintelligible(
            f"There is no order in the file. Its lines need a customer, and a day such as 2026-03-31.{told}"
        )
    for customer, orders in kept.items():
        days = sorted(orders)
        products = [[product for product in orders[day] if product] for day in days]
        book.people[customer] = _person(days, products, [sum(orders[day].values()) for day in days])
    _bound(book)


def until(book: Book, day: int) -> Book:
    """The file as it was at the end of that day. Unintelligible when it had no order yet."""
    past = Book(category_of=book.category_of)
    for customer, person in book.people.items():
        if kept := person.orders_until(day):
            past.people[customer] = _person(person.days[:kept], person.products[:kept], person.values[:kept])
    if not past.people:
        raise Unintelligible(f"The file knows no order until {date.fromordinal(day)}.")
    _bound(past)
    return past


def _bound(book: Book) -> None:
    book.first = min(person.days[0] for person in book.people.values())
    book.last = max(person.days[-1] for person in book.people.values())


def _person(days: list[int], products: list[list[str]], values: list[float]) -> Person:
    person = Person(days, products, values)
    bought: dict[str, list[int]] = {}
    for day, named in zip(days, products, strict=True):
        for product in named:
            bought.setdefault(product, []).append(day)
    person.first_bought = {product: days[0] for product, days in bought.items()}
    person.repeated = [Repeated(each, days, gaps_of(days)) for each, days in bought.items() if len(days) > 1]
    return person
