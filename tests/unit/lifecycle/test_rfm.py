"""RFM: three scores from 1 to 5, and one of eleven names for them."""

from __future__ import annotations

from itertools import product

import pytest

from perennial.customer import Customer
from perennial.insight import rfm
from perennial.insight.lifecycle import reclassify
from perennial.insight.rfm import PROSPECTS, Scores
from perennial.insight.standing import Rfm
from perennial.insight.tables import Tables, Thresholds
from perennial.times import stamp
from tests import making
from tests.making import NOON, days, ordered, signed_up

FIFTHS = Thresholds(recency=(10, 20, 40, 80), monetary=(1000, 2000, 5000, 9000), buyers=100)
ELEVEN = {
    "Champions", "Loyal", "Active", "New", "Promising", "Needs attention", "At risk", "Almost lost", "Previously loyal",
    "Dormant", "Prospects",
}  # fmt: skip
SHOP = making.shop(tables=Tables(rfm=FIFTHS))


def told(customer: Customer, now=NOON) -> Rfm:
    reclassify(customer, SHOP, now)
    return customer["lifecycle"]["rfm"]


def buyer(*ago: float, **fields) -> Customer:
    return making.customer(
        signed_up(NOON - days(400)), *(ordered(NOON - days(each), **fields) for each in ago)
    )


def test_each_cell_has_one_of_the_eleven_names() -> None:
    """All 125 of them, and every name is used."""
    cells = rfm.groups()
    assert set(cells) == {Scores(*each) for each in product(range(1, 6), repeat=3)}
    assert {*cells.values(), PROSPECTS} == ELEVEN


@pytest.mark.parametrize(
    ("ago", "score"), [(0, 5), (10, 5), (10.99, 5), (11, 4), (20, 4), (21, 3), (41, 2), (81, 1)]
)
def test_recency_is_told_in_whole_days(ago, score) -> None:
    """A limit belongs to the better fifth, as it is the last day in it."""
    assert told(buyer(ago))["recency"] == score


@pytest.mark.parametrize(("orders", "score"), [(1, 1), (2, 2), (3, 3), (4, 4), (5, 4), (6, 5), (30, 5)])
def test_frequency_is_told_by_fixed_numbers(orders, score) -> None:
    """Closed orders count too."""
    assert told(buyer(*range(1, orders + 1)))["frequency"] == score


@pytest.mark.parametrize(("total", "score"), [(0, 1), (1000, 1), (1001, 2), (5000, 3), (5001, 4), (9001, 5)])
def test_money_is_told_in_the_currency_of_the_shop(total, score) -> None:
    """What was spent in another currency is no part of it."""
    ada = making.told(buyer(1, of={"total": total}), [ordered(NOON, of={"total": 90_000, "currency": "JPY"})])
    assert told(ada)["monetary"] == score


def test_who_never_bought_is_a_prospect() -> None:
    """Also where the shop has too few buyers for fifths."""
    ada = making.customer(signed_up(NOON))
    reclassify(ada, making.shop(), NOON)
    assert ada["lifecycle"]["rfm"]["group"] == "Prospects"


def test_with_too_few_buyers_nobody_who_bought_gets_a_group() -> None:
    """Fifths of nothing would be noise; nor does anybody stay a prospect who bought."""
    ada = making.customer(signed_up(NOON))
    reclassify(ada, making.shop(), NOON)
    ada = making.told(ada, [ordered(NOON)])
    reclassify(ada, making.shop(), NOON)
    assert "rfm" not in ada["lifecycle"]


def test_time_alone_moves_a_customer_and_the_group_before_is_kept() -> None:
    """That somebody moved to the group at risk is a fact with a time, and it is written once."""
    ada = buyer(1, 5, 9, of={"total": 2000})
    assert told(ada)["group"] == "Loyal"
    later = NOON + days(60)
    assert told(ada, later) == {
        "recency": 2,
        "frequency": 3,
        "monetary": 4,
        "group": "At risk",
        "since": stamp(later),
        "previous": "Loyal",
    }
    assert told(ada, later + days(1))["since"] == stamp(later)
    assert told(ada, later + days(40))["previous"] == "At risk"
