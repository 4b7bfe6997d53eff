"""Next order and winback on a file: when will this customer order, and is this customer lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from infra.forecasting.looking_back import Past, Sales, look_back, ordered, sales
from infra.forecasting.reading import Book
from perennial.forecast.goods import FORTNIGHT
from perennial.forecast.logistic import chance
from perennial.forecast.models import LOST, ORDER, Model, expected_days, model
from perennial.forecast.training import CustomerExample, fit_lost, fit_order
from perennial.forecast.views import FAR, customer_features

CUTS = (2, 3, 5, 7, 9, 11)  # fortnights before today at which examples are taken
LEAST_HISTORY = 45  # days before a cut
MOST_EXAMPLES = 10_000


class NextOrder(NamedTuple):
    """days: from today, after which an order has become likelier than not."""

    customer: str
    days: float


class Loss(NamedTuple):
    """score: larger when it is surer that no order comes. p_lost: chance that none comes within 90 days."""

    customer: str
    score: float
    p_lost: float


def next_orders(book: Book, today: int) -> list[NextOrder]:
    """Every customer."""
    sold = sales(book, today)
    learned = learn_order(book, sold, today)
    past = look_back(book, sold, today, 0)
    return [
        NextOrder(customer, expected_days(learned, example.features))
        for customer, example in customers(past)
    ]


def losses(book: Book, today: int) -> list[Loss]:
    """Every customer."""
    sold = sales(book, today)
    horizon, learned = learn_lost(book, sold, today)
    found = []
    for customer, example in customers(look_back(book, sold, today, 0)):
        odds = learned.line.log_odds(example.features)
        found.append(Loss(customer, odds, chance(odds) ** (FAR / horizon)))
    return found


def learn_order(book: Book, sold: Sales, today: int) -> Model:
    """From what was seen after earlier days."""
    examples = _examples(book, sold, today, [cut for cut in CUTS if _may(book, today, cut)])
    return fit_order(examples) if examples else model({}, ORDER)


def learn_lost(book: Book, sold: Sales, today: int) -> tuple[int, Model]:
    """The horizon in days, and the model for it: a short file has to do with a shorter one than 90 days."""
    horizon = min(FAR, max(FORTNIGHT, (today - book.first) * 2 // 5))
    nearest = -(-horizon // FORTNIGHT)
    cuts = [cut for cut in range(nearest, nearest + 6, 2) if _may(book, today, cut)]
    examples = _examples(book, sold, today, cuts)
    if not examples:
        return FAR, model({}, LOST)
    learned = fit_lost(examples, horizon)
    return (horizon if learned.rows else FAR), learned


def _may(book: Book, today: int, cut: int) -> bool:
    return today - cut * FORTNIGHT - book.first >= LEAST_HISTORY


def _examples(book: Book, sold: Sales, today: int, cuts: list[int]) -> list[CustomerExample]:
    found: list[CustomerExample] = []
    every = max(1, round(len(book.people) * len(cuts) / MOST_EXAMPLES))
    for cut in cuts:
        found += [example for _, example in customers(look_back(book, sold, today, cut), every)]
    return found


def customers(past: Past, every: int = 1) -> Iterator[tuple[str, CustomerExample]]:
    """Who had ordered by then: all of them, or one of so many."""
    for place, (customer, person) in enumerate(past.book.people.items(), start=past.followed):
        if place % every:
            continue
        known = ordered(person, past)
        if known is None:
            continue
        features = customer_features(known, past.level, past.goods, past.today)
        next_in = person.days[until] - past.today if (until := person.orders_until(past.today)) < len(person.days) else None
        yield customer, CustomerExample(features, next_in, past.followed)
