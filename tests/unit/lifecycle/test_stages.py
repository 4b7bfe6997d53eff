"""Stages: where a customer stands, the fact that led there, and since when."""

from __future__ import annotations

import pytest

from perennial.customer import Customer, new
from perennial.insight.lifecycle import facts, reclassify
from perennial.insight.profile import profile
from perennial.insight.standing import Stage
from perennial.plan import plan
from perennial.times import moment, stamp
from tests import making
from tests.making import NOON, days, event, ordered, signed_up, viewed

CART = {"cart": {"token": "c1", "at": stamp(NOON), "url": "", "currency": "GBP", "lines": []}}


def stage(customer: Customer) -> Stage:
    reclassify(customer, making.shop(), NOON)
    return customer["lifecycle"]["stage"]


@pytest.mark.parametrize(
    ("told", "name", "since"),
    [
        ([], "reach", -50),
        ([viewed(NOON - days(40))], "reach", -50),
        ([event("cart_updated", NOON - days(30), properties=CART)], "acquisition", -30),
        ([event("checkout_started", NOON - days(29), properties=CART)], "acquisition", -29),
        ([ordered(NOON - days(20))], "development", -20),
        ([ordered(NOON - days(20)), ordered(NOON - days(10)), ordered(NOON - days(5))], "retention", -10),
        ([ordered(NOON - days(20)), event("product_reviewed", NOON - days(9))], "advocacy", -9),
        ([event("product_reviewed", NOON - days(9))], "reach", -50),
    ],
)
def test_the_facts_that_put_a_customer_into_a_stage(told, name, since) -> None:
    """Each stage follows from what happened, and began when that happened."""
    found = stage(making.customer(signed_up(NOON - days(50)), *told))
    assert (found["name"], found["since"]) == (name, stamp(NOON + days(since)))


def test_the_stage_before_is_kept() -> None:
    """That somebody came to retention from development can be asked, also long afterwards."""
    ada = making.customer(signed_up(NOON - days(50)), ordered(NOON - days(20)))
    reclassify(ada, making.shop(), NOON - days(19))
    ada = making.told(ada, [ordered(NOON - days(3))])
    assert stage(ada) == {
        "name": "retention",
        "since": stamp(NOON - days(3)),
        "previous": "development",
        "fact": "ordered again",
    }
    ada = making.told(ada, [ordered(NOON - days(1))])
    assert stage(ada)["previous"] == "development"


def test_a_cancelled_order_takes_its_stage_back() -> None:
    """What did not happen in the end is no fact."""
    ada = making.customer(signed_up(NOON - days(50)), ordered(NOON - days(20), order_id="o1"))
    assert stage(ada)["name"] == "development"
    gone = ordered(NOON - days(20), order_id="o1", of={"status": "cancelled", "updated_at": stamp(NOON)})
    assert stage(making.told(ada, [gone]))["name"] == "reach"


def test_somebody_of_more_orders_than_the_window_holds_stays_a_regular() -> None:
    """Closed orders count on."""
    ada = making.customer(signed_up(NOON - days(50)), *(ordered(NOON - days(40 - n)) for n in range(25)))
    assert stage(ada)["name"] == "retention"


def test_nobody_anonymous_stands_anywhere() -> None:
    """Nothing is decided about a visitor, and nothing is written."""
    visitor = new("v")
    reclassify(visitor, making.shop(), NOON)
    assert "lifecycle" not in visitor
    assert facts(visitor, making.shop(), NOON) == {}


def test_planning_brings_it_up_to_date_and_a_second_time_changes_nothing() -> None:
    """Record, sweep and the nightly pass all plan; the document is written only when something is new."""
    ada = making.customer(signed_up(NOON - days(50)), ordered(NOON - days(20)))
    planned = plan(ada, making.shop(), NOON)
    assert planned.customer["lifecycle"]["stage"]["name"] == "development"
    assert planned.changed
    assert not plan(planned.customer, making.shop(), NOON).changed


def test_conditions_and_templates_know_where_a_customer_stands() -> None:
    """By the names that marketers use."""
    ada = making.customer(signed_up(NOON - days(50)), ordered(NOON - days(20)))
    assert profile(ada, "GBP")["stage"] is None
    reclassify(ada, making.shop(), NOON)
    names = profile(ada, "GBP")
    assert names["stage"] == "development"
    assert names["stage_since"] == moment(stamp(NOON - days(20)))
    assert names["previous_stage"] is None
    assert names["rfm_group"] is None


def test_an_explanation_carries_the_facts() -> None:
    """Whoever asks why somebody is in a stage sees the fact and the numbers."""
    ada = making.customer(signed_up(NOON - days(50)), ordered(NOON - days(20)))
    told = facts(ada, making.shop(), NOON)
    assert told["stage"]["fact"] == "ordered for the first time"
    assert told["facts"]["orders"] == 1
    assert told["facts"]["last_order_at"] == stamp(NOON - days(20))
