"""Next order and winback on a file: when will this customer order, and is this customer lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from infra.forecasting.book import Book
from infra.forecasting.looking_back import Lookout, Past, ordered
from perennial.forecast.goods import FORTNIGHT
from perennial.forecast.logistic import chance
from perennial.forecast.models import LOST, ORDER, Model, expected_days, model
from perennial.forecast.training import CustomerExample, fit_lost, fit_order
from perennial.forecast.views import FAR, customer_features

CUTS = (2, 3, 5, 7, 9, 11)  # fortnights before the file's end at which examples are taken
CUTS_OF_LOST = 3  # of them every other fortnight, once the horizon is seen
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


def next_orders(book: Book, today: int) -> tuple[list[NextOrder], Model]:
    """Every customer, and the model that says so. What is in the file is known, even where it goes on after today."""
    learned = learn_order(Lookout(book, book.last))
    now = max(today, book.last)
    past = Lookout(book, now).back(0)
    found = [
        NextOrder(customer, expected_days(learned, example.features) + now - today)
        for customer, example in customers(past)
    ]
    return found, learned


def losses(book: Book, today: int) -> tuple[list[Loss], Model]:
    """Every customer, and the model that says so."""
    horizon, learned = learn_lost(Lookout(book, book.last))
    found = []
    for customer, example in customers(Lookout(book, max(today, book.last)).back(0)):
        odds = learned.line.log_odds(example.features)
        found.append(Loss(customer, odds, chance(odds) ** (FAR / horizon)))
    return found, learned


def learn_order(lookout: Lookout) -> Model:
    """From what was seen after earlier days."""
    seen = examples(lookout, CUTS)
    return fit_order(seen) if seen else model({}, ORDER)


def learn_lost(lookout: Lookout) -> tuple[int, Model]:
    """The horizon in days, and the model for it: a short file has to do with a shorter one than 90 days."""
    horizon = min(FAR, max(FORTNIGHT, (lookout.today - lookout.book.first) * 2 // 5))
    seen = examples(lookout, cuts_of_lost(horizon))
    if not seen:
        return FAR, model({}, LOST)
    learned = fit_lost(seen, horizon)
    return (horizon if learned.rows else FAR), learned


def cuts_of_lost(horizon: int) -> list[int]:
    """Fortnights before the file's end, after which the horizon has been seen."""
    nearest = -(-horizon // FORTNIGHT)
    return [nearest + 2 * later for later in range(CUTS_OF_LOST)]


def examples(lookout: Lookout, cuts: Sequence[int], most: int = MOST_EXAMPLES) -> list[CustomerExample]:
    """Of earlier days, as far as enough was known by then."""
    cuts = [cut for cut in cuts if lookout.has(cut, LEAST_HISTORY)]
    every = max(1, round(len(lookout.book.people) * len(cuts) / most))
    return [example for cut in cuts for _, example in customers(lookout.back(cut), every)]


def customers(past: Past, every: int = 1) -> Iterator[tuple[str, CustomerExample]]:
    """Who had ordered by then: all of them, or one of so many."""
    for place, (customer, person) in enumerate(past.book.people.items(), start=past.followed):
        if place % every:
            continue
        known = ordered(person, past)
        if known is None:
            continue
        features = customer_features(known, past.level, past.goods, past.today)
        until = known.number
        next_in = person.days[until] - past.today if until < len(person.days) else None
        yield customer, CustomerExample(features, next_in, past.followed)
