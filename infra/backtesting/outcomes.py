"""What followed a message, and what the usual practice would have sent to whom: both judged alike."""

from __future__ import annotations

import zlib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from infra.backtesting.replaying import Message
from infra.forecasting.book import Book, Person

SOON = 14  # days within which a purchase counts as an answer to a reminder
FAR = 90  # days without an order after which a customer counts as lost
_NOON = 12
Practice = Callable[
    [Sequence[int]], float | None
]  # days from the last purchase to the message, by those until then


class Outcome(NamedTuple):
    """Of one message about one product, or about the customer (product ""). day: ordinal, when it would have gone out.

    surety: larger for those that its sender is surest of. bought_in: days to the next purchase after it, None when the file
    shows none. followed: days that the file goes on after it.
    """

    customer: str
    product: str
    day: int
    surety: float
    bought_in: int | None
    followed: int

    @property
    def is_answered(self) -> bool:
        """Bought within 14 days."""
        return self.bought_in is not None and self.bought_in < SOON

    @property
    def is_lost(self) -> bool:
        """No order within 90 days."""
        return self.bought_in is None or self.bought_in > FAR

    def is_known(self, days: int) -> bool:
        """Whether the file shows what followed within so many days."""
        return self.followed >= days or (self.bought_in is not None and self.bought_in <= days)


class Bought:
    """Days by customer and product; of "", those of orders of any kind."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._days: dict[tuple[str, str], list[int]] = {}
        for name, person in book.people.items():
            self._days[name, ""] = person.days
            for each in person.repeated:
                self._days[name, each.product] = each.days

    def of(self, customer: str, product: str) -> list[int]:
        """Ascending."""
        days = self._days.get((customer, product))
        return days if days is not None else [self._book.people[customer].first_bought[product]]

    def outcome(self, message: Message, product: str, surety: float) -> Outcome:
        """Orders of a day are placed at noon: one of the same day may come before the message or after it."""
        day = message.at.toordinal()
        days = self.of(message.customer, product)
        at = bisect_left(days, day + _is_afternoon(message.at))
        bought_in = days[at] - day if at < len(days) else None
        return Outcome(message.customer, product, day, surety, bought_in, self._book.last - day)


def _is_afternoon(at: datetime) -> bool:
    return at.hour >= _NOON


def of_products(messages: Iterable[Message], bought: Bought) -> list[Outcome]:
    """Each product of each message is a reminder of its own."""
    return [
        bought.outcome(message, product, chance)
        for message in messages
        for product, chance in message.products.items()
    ]


def of_customers(messages: Iterable[Message], bought: Bought) -> list[Outcome]:
    """Each message, by the customer's next order of any kind."""
    return [bought.outcome(message, "", message.surety) for message in messages]


def own_mean_gap(days: Sequence[int]) -> float | None:
    """What most tools do: the last purchase and the mean of the own gaps."""
    return (days[-1] - days[0]) / (len(days) - 1) if len(days) > 1 else None


def fixed(number: int) -> Practice:
    """So many days after the last purchase."""
    return lambda _: float(number)


class Rules(NamedTuple):
    """The days in which messages go out, and how many days apart those about the same thing are at least."""

    first: int
    last: int
    apart: int


def practised(book: Book, practice: Practice, rules: Rules, *, products: bool) -> list[Outcome]:
    """What a practice would have sent under these rules: of products bought twice or more, or to customers.

    Who bought before it was due is not written to. Surest where most was bought; of customers by lot.
    """
    found: list[Outcome] = []
    for name, person in book.people.items():
        for product, days, least in _series(person, products=products):
            sent_at = rules.first - rules.apart
            for number, day, bought_in in _dues(days, practice, least):
                if rules.first <= day <= rules.last and day >= sent_at + rules.apart:
                    sent_at = day
                    surety = (number if products else 0) + _lot(name, product, day)
                    found.append(Outcome(name, product, day, surety, bought_in, book.last - day))
    return found


def _dues(days: Sequence[int], practice: Practice, least: int) -> Iterator[tuple[int, int, int | None]]:
    """After how many purchases, on which day, and in how many days from then the next one came."""
    for number in range(least, len(days) + 1):
        gap = practice(days[:number])
        if gap is None:
            continue
        day = days[number - 1] + max(1, round(gap))
        following = days[number] if number < len(days) else None
        if following is None or following >= day:
            yield number, day, None if following is None else following - day


def _series(person: Person, *, products: bool) -> Iterator[tuple[str, Sequence[int], int]]:
    if products:
        for each in person.repeated:
            yield each.product, each.days, 2
    else:
        yield "", person.days, 1


def _lot(*of: object) -> float:
    return zlib.crc32(repr(of).encode("utf-8", "surrogateescape")) / (1 << 32)


def surest(outcomes: Iterable[Outcome], number: int) -> list[Outcome]:
    """So many of them."""
    return sorted(outcomes, key=lambda each: (-each.surety, each.day, each.customer, each.product))[:number]
