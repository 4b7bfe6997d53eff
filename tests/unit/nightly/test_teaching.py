"""What the night teaches the forecast: from documents, what a file of the same orders teaches too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from infra.forecasting.book import Book
from infra.forecasting.looking_back import Lookout, bought_again
from infra.forecasting.looking_back import ordered as ordered_by_file
from infra.forecasting.simulated import COFFEE, shop
from perennial.customer import Customer, new
from perennial.events import Event
from perennial.forecast.models import LOST, ORDER, REPLENISHMENT
from perennial.insight import habits
from perennial.insight.tables import Tables
from perennial.night.sums import Sums
from perennial.shop import Shop
from tests import making
from tests.making import told

LAST = 737_000 + 364
NIGHT = datetime.combine(date.fromordinal(LAST + 1), time(3), UTC)


@pytest.fixture(scope="module")
def book() -> Book:
    """A made-up shop."""
    return shop(replace(COFFEE, customers=420), seed=3)


@pytest.fixture(scope="module")
def documents(book: Book) -> list[Customer]:
    """Its customers."""
    return [told(new(name), _events(book, name)) for name in book.people]


def _events(book: Book, name: str) -> Iterator[Event]:
    person = book.people[name]
    for number, (day, products) in enumerate(zip(person.days, person.products, strict=True)):
        at = datetime.combine(date.fromordinal(day), time(12), UTC)
        yield making.ordered(at, *products, order_id=f"{name}:{number}")


def night(documents: list[Customer], before: Shop) -> Shop:
    """The shop after a night."""
    sums = Sums(NIGHT)
    for document in documents:
        sums.add(document, before)
    intervals, tables = sums.tables(before.tables)
    return making.shop(intervals=intervals, tables=tables)


def test_a_night_fits_the_models_and_a_poor_one_takes_nothing_back(documents: list[Customer]):
    """The first night counts the goods, the second one teaches; when too few are left to learn from, last night's stand."""
    first = night(documents, making.shop(tables=Tables()))
    assert not any(first.models[name].rows for name in (REPLENISHMENT, ORDER, LOST))
    second = night(documents, first)
    assert all(second.models[name].rows >= 200 for name in (REPLENISHMENT, ORDER, LOST))
    third = night(documents[:20], second)
    assert third.tables.weights == second.tables.weights


def test_a_document_and_a_file_say_the_same(book: Book, documents: list[Customer]):
    """Of an earlier day too: what the models see does not depend on where the orders are read from."""
    past = Lookout(book, LAST).back(5)
    compared = 0
    for document in documents[:150]:
        person = book.people[document["id"]]
        by_file, by_document = ordered_by_file(person, past), habits.ordered_by(document, past.today)
        if by_file is None or len(person.days) > 20:
            continue
        assert by_document is not None
        assert by_document.days == by_file.days
        assert by_document.gaps == pytest.approx(by_file.gaps)
        assert (by_document.number, by_document.first, by_document.variety, by_document.items) == (
            by_file.number, by_file.first, by_file.variety, by_file.items,
        )  # fmt: skip
        again = {product: (known.days, next_in) for product, known, next_in in bought_again(person, past)}
        mine = habits.bought_again_by(document, past.today)
        assert {product: (known.days, next_in) for product, known, next_in in mine} == again
        compared += 1
    assert compared > 50
