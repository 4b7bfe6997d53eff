"""Replenishment on a file: for each pair of customer and product, whether and when to remind, and how likely a purchase is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from infra.forecasting.looking_back import Past, Sales, bought_again, look_back, ordered, sales
from infra.forecasting.reading import Book
from perennial.forecast.gaps import rhythm_of
from perennial.forecast.goods import FORTNIGHT
from perennial.forecast.models import REPLENISHMENT, Model, model
from perennial.forecast.timing import PairExample, best_start, chances
from perennial.forecast.training import fit_replenishment
from perennial.forecast.views import around, pair_features

CUTS = (1, 2, 3, 4, 5)  # fortnights before today at which examples are taken
LEAST_HISTORY = 60  # days before a cut
LONGEST_SILENCE = 180  # days after which a pair teaches nothing
MOST_EXAMPLES = 9_000


class Reminder(NamedTuple):
    """days: from today, None for no reminder. score: chance of a purchase within 14 days."""

    customer: str
    product: str
    days: int | None
    score: float


def reminders(book: Book, today: int) -> list[Reminder]:
    """Every customer and product bought on two days or more."""
    sold = sales(book, today)
    learned = learn(book, sold, today)
    found = []
    for customer, product, pair in pairs(look_back(book, sold, today, 0)):
        soon = chances(learned.line, pair)
        found.append(Reminder(customer, product, best_start(soon, learned.threshold), soon[0]))
    return found


def learn(book: Book, sold: Sales, today: int) -> Model:
    """From what was seen after earlier days."""
    cuts = [cut for cut in CUTS if today - cut * FORTNIGHT - book.first >= LEAST_HISTORY]
    examples: list[PairExample] = []
    for cut in cuts:
        past = look_back(book, sold, today, cut)
        every = max(1, round(sum(past.tables.repeaters.values()) * len(cuts) / MOST_EXAMPLES))
        examples += [pair for _, _, pair in pairs(past, every) if pair.passed <= LONGEST_SILENCE]
    return fit_replenishment(examples) if examples else model({}, REPLENISHMENT)


def pairs(past: Past, every: int = 1) -> Iterator[tuple[str, str, PairExample]]:
    """Bought on two days or more by then: all of them, or one of so many."""
    place = past.followed  # so that each cut takes others
    for customer, person in past.book.people.items():
        known = around(whole, past.level, past.today) if (whole := ordered(person, past, with_goods=False)) else None
        for product, bought, next_in in bought_again(person, past):
            place += 1
            if known is None or place % every:
                continue
            good = past.goods[product]
            rhythm = rhythm_of(bought.gaps, good.level)
            features = pair_features(bought, rhythm, known, good[1:], past.today)
            passed = past.today - bought.days[-1]
            yield customer, product, PairExample(features, rhythm, passed, next_in, past.followed)
