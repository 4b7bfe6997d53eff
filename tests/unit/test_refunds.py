"""Refunds and deletions of orders, open and closed."""

from __future__ import annotations

from datetime import datetime

import pytest

from perennial.customer import Customer, new
from perennial.events import Name, Order, Refund
from perennial.folding import orders, refunds
from perennial.folding.orders import OPEN
from perennial.times import stamp
from tests.making import NOON, customer, days, event, order

NEXT_DAY = NOON + days(1)


def given_back(amount: int, at: datetime = NEXT_DAY, currency: str = "GBP", **returned: int) -> Refund:
    """So much of an order of 9 pounds a product."""
    return Refund(updated_at=stamp(at), amount=amount, currency=currency, returned=returned)


def folded(*told: Order) -> Customer:
    """A document of these tellings."""
    document = new("c")
    for each in told:
        orders.fold(document, each)
    return document


def test_a_closed_order_is_summed_without_what_was_given_back() -> None:
    """Neither its money nor the product that came back enters the sums."""
    first = order("o1", NOON, "tea", "cup")
    later = [order(f"n{number}", NOON + days(number + 1), "filter") for number in range(OPEN)]
    document = folded(first, refunds.of_refund("o1", "r1", given_back(900, tea=1)), *later)
    assert document["closed"] and document["closed"]["spent"] == {"GBP": 900}
    assert set(document["products"]) == {"cup"}
    assert not document["refold"]


def test_a_refund_of_an_order_that_is_not_open_waits_for_the_refold() -> None:
    """It may belong to one that was summed up already."""
    document = folded(*(order(f"n{number}", NOON + days(number)) for number in range(OPEN + 1)))
    spent = dict(orders.spent(document))
    orders.fold(document, refunds.of_refund("n0", "r1", given_back(900, NOON + days(60))))
    assert document["refold"]
    assert orders.spent(document) == spent


def test_money_of_another_currency_is_not_subtracted() -> None:
    """Minor units of two currencies cannot be compared."""
    document = folded(order("o1", NOON), refunds.of_refund("o1", "r1", given_back(900, currency="JPY")))
    assert orders.spent(document) == {"GBP": 900}


@pytest.mark.parametrize(("amount", "count"), [(899, 1), (900, 0), (5000, 0)])
def test_an_order_counts_until_all_of_it_is_given_back(amount: int, count: int) -> None:
    """A penny kept is a purchase."""
    document = folded(order("o1", NOON), refunds.of_refund("o1", "r1", given_back(amount)))
    assert orders.count(document) == count


def test_what_the_store_signs_holds_against_a_later_copy() -> None:
    """A server's copy of an order, however new, does not bring a cancelled one back."""
    cancelled = order("o1", NOON, status="cancelled")
    copy = order("o1", NOON, updated_at=NOON + days(1)) | {"trusted": False}
    for told in ((cancelled, copy), (copy, cancelled)):
        assert orders.count(folded(*told)) == 0


def test_a_browser_refunds_and_deletes_nothing() -> None:
    """Its word is no evidence."""
    placed = event(Name.ORDER_COMPLETED, NOON, properties={"order": order("o1", NOON)})
    told = {"order_id": "o1", "refund_id": "r1", "refund": given_back(900)}
    document = customer(
        placed,
        event(Name.ORDER_REFUNDED, NOON, properties=told, trusted=False),
        event(Name.ORDER_DELETED, NOON + days(1), properties={"order_id": "o1"}, trusted=False),
    )
    assert orders.count(document) == 1


def test_a_telling_without_a_list_keeps_the_refunds() -> None:
    """Some webhooks carry a part of the order only."""
    newer = order("o1", NOON, updated_at=NOON + days(2))
    document = folded(order("o1", NOON), refunds.of_refund("o1", "r1", given_back(400)), newer)
    assert orders.spent(document) == {"GBP": 500}
