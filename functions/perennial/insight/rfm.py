"""Recency, frequency and money: how lately, how often and for how much a customer bought, each from 1 to 5.

Recency and money are told by the shop's own fifths (`Tables.rfm`); frequency by fixed numbers of orders, for most buyers
have one order, and fifths of that would tie. Which group a cell belongs to stands in `rfm_groups.csv`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from perennial.customer import Customer
from perennial.folding import orders
from perennial.insight.tables import Thresholds
from perennial.times import moment

FREQUENCY = (2, 3, 4, 6)  # orders from which the scores 2, 3, 4 and 5 are given
PROSPECTS = "Prospects"  # the group of those who have not bought yet
_DAY = timedelta(days=1)


class Scores(NamedTuple):
    """1 to 5 each; 5 is the latest, the most often, the most money."""

    recency: int
    frequency: int
    monetary: int


class Standing(NamedTuple):
    """Where somebody stands. scores: None without an order. group: one of the eleven."""

    group: str
    scores: Scores | None = None


def standing(
    customer: Customer, thresholds: Thresholds | None, currency: str, now: datetime
) -> Standing | None:
    """None while the shop has too few buyers to tell; who never bought is a prospect all the same.

    Counts whole days up to now, and what was spent in the shop's currency.
    """
    placed = orders.first_and_last(customer)
    if placed is None:
        return Standing(PROSPECTS)
    if thresholds is None:
        return None
    days, spent = (now - moment(placed[1])) // _DAY, orders.spent(customer).get(currency, 0)
    scores = Scores(
        recency=5 - bisect_left(thresholds.recency, days),
        frequency=1 + bisect_right(FREQUENCY, orders.count(customer)),
        monetary=1 + bisect_left(thresholds.monetary, spent),
    )
    return Standing(groups()[scores], scores)


def next_turn(customer: Customer, thresholds: Thresholds | None, now: datetime) -> datetime | None:
    """When time alone will move the score of recency, if nothing happens before."""
    placed = orders.first_and_last(customer)
    if placed is None or thresholds is None:
        return None
    last = moment(placed[1])
    days = (now - last) // _DAY
    limit = next((each for each in thresholds.recency if each >= days), None)
    return None if limit is None else last + (limit + 1) * _DAY


@cache
def groups() -> Mapping[Scores, str]:
    """The group of each of the 125 cells."""
    lines = files("perennial.insight").joinpath("rfm_groups.csv").read_text("utf-8").splitlines()[1:]
    found: dict[Scores, str] = {}
    for line in lines:
        recency, frequency, *names = line.split(",")
        for money, name in enumerate(names, start=1):
            found[Scores(int(recency), int(frequency), money)] = name
    return found
