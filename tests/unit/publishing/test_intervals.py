"""The interval tables that are counted when content is published."""

from __future__ import annotations

import pytest

from perennial.forecast.gaps import Gaps, IntervalTables
from perennial.publishing import interval_tables
from tests.making import NOON, customer, days, ordered


def test_without_customers_nothing_is_known() -> None:
    """A new shop."""
    assert interval_tables([]) == IntervalTables()


def test_gaps_of_all_customers_are_summed() -> None:
    """Between orders of any product, between purchases of the same, and per product."""
    regular = customer(*(ordered(NOON + days(30 * month), "tea") for month in range(3)))
    mixed = customer(ordered(NOON, "tea"), ordered(NOON + days(10), "cup"), ordered(NOON + days(50), "tea"))
    tables = interval_tables(iter([regular, mixed]))
    assert tables.orders == pytest.approx(Gaps.of_days([30, 30, 10, 40]))
    assert tables.products["tea"] == pytest.approx(Gaps.of_days([30, 30, 50]))
    assert tables.repurchases == pytest.approx(tables.products["tea"])


def test_buyers_and_those_who_came_back_are_counted() -> None:
    """Two orders on one day are one purchase; one customer counts once."""
    twice_a_day = customer(ordered(NOON, "cup"), ordered(NOON + days(0.1), "cup"))
    regular = customer(ordered(NOON, "tea", "cup"), ordered(NOON + days(30), "tea"))
    tables = interval_tables([twice_a_day, regular])
    assert tables.buyers == {"cup": 2, "tea": 1}
    assert tables.repeaters == {"tea": 1}
    assert "cup" not in tables.products


def test_the_tables_survive_the_release() -> None:
    """They go through JSON unchanged."""
    tables = interval_tables([customer(ordered(NOON, "tea"), ordered(NOON + days(30), "tea"))])
    assert IntervalTables.from_json(tables.to_json()) == tables
