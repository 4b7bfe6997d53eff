"""Replenishment on a file: for each customer and product, whether and when to remind, and how likely a purchase is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from infra.forecasting.book import Book
from infra.forecasting.looking_back import Lookout, Past, bought_again, ordered
from perennial.forecast.gaps import rhythm_of
from perennial.forecast.models import REPLENISHMENT, Model, model
from perennial.forecast.timing import PairExample, best_start, chances
from perennial.forecast.training import fit_replenishment
from perennial.forecast.views import around, pair_features

CUTS = (1, 2, 3, 4, 5)  # fortnights before the file's end at which examples are taken
LEAST_HISTORY = 60  # days before a cut
LONGEST_SILENCE = 180  # days after which a pair teaches nothing
MOST_EXAMPLES = 9_000


class Reminder(NamedTuple):
    """days: from today, None for no reminder. score: chance of a purchase within 14 days."""

    customer: str
    product: str
    days: int | None
    score: float


def reminders(book: Book, today: int) -> tuple[list[Reminder], Model]:
    """Every customer and product bought on two days or more, and the model that says so.

    What is in the file is known, even where it goes on after today.
    """
    learned = learn(Lookout(book, book.last))
    now = max(today, book.last)
    found = []
    for customer, product, pair in pairs(Lookout(book, now).back(0)):
        soon = chances(learned.line, pair)
        start = best_start(soon, learned.threshold)
        found.append(Reminder(customer, product, None if start is None else start + now - today, soon[0]))
    return found, learned


def learn(lookout: Lookout) -> Model:
    """From what was seen after earlier days."""
    seen = examples(lookout)
    return fit_replenishment(seen) if seen else model({}, REPLENISHMENT)


def examples(lookout: Lookout, most: int = MOST_EXAMPLES) -> list[PairExample]:
    """Of earlier days, those near the file's end."""
    cuts = [cut for cut in CUTS if lookout.has(cut, LEAST_HISTORY)]
    found: list[PairExample] = []
    for cut in cuts:
        past = lookout.back(cut)
        every = max(1, round(sum(past.tables.repeaters.values()) * len(cuts) / most))
        found += [pair for _, _, pair in pairs(past, every) if pair.passed <= LONGEST_SILENCE]
    return found


def pairs(past: Past, every: int = 1) -> Iterator[tuple[str, str, PairExample]]:
    """Bought on two days or more by then: all of them, or one of so many."""
    place = past.followed  # so that each cut takes others
    for customer, person in past.book.people.items():
        whole = ordered(person, past, with_goods=False)
        if whole is None:
            continue
        known = around(whole, past.level, past.today)
        for product, bought, next_in in bought_again(person, past):
            place += 1
            if place % every:
                continue
            good = past.goods[product]
            rhythm = rhythm_of(bought.gaps, good.level)
            features = pair_features(bought, rhythm, known, good[1:], past.today)
            passed = past.today - bought.days[-1]
            yield customer, product, PairExample(features, rhythm, passed, next_in, past.followed)
