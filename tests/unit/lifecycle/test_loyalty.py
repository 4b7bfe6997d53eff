"""Tiers, points and segments: where a customer stands by them, and since when."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from perennial.customer import Customer
from perennial.folding import orders
from perennial.folding.orders import OPEN
from perennial.insight.lifecycle import reclassify
from perennial.insight.loyalty import Loyalty, Tier
from perennial.insight.profile import profile
from perennial.publishing.expressions import AUDIENCE, compile_condition
from perennial.shop import Shop
from perennial.times import stamp
from tests import making
from tests.making import NOON, days, hours, ordered, signed_up, viewed

LOYALTY = Loyalty((Tier("beech", "Beech", 2000), Tier("oak", "Oak", 5000)), points=2)


def a_shop(**segments: str) -> Shop:
    conditions = {name: compile_condition(text, AUDIENCE) for name, text in segments.items()}
    return replace(making.shop(), loyalty=LOYALTY, segments=conditions)


def tier(customer: Customer, at: Any = NOON) -> dict[str, Any]:
    reclassify(customer, a_shop(), at)
    return dict(customer["lifecycle"].get("tier", {}))


def test_a_tier_is_reached_by_an_order_and_known_to_conditions() -> None:
    """With the amount of twelve months, the day, and points for each whole unit."""
    ada = making.customer(*(ordered(NOON - days(n), "tea") for n in (40, 30, 20)))
    assert tier(ada) == {
        "name": "beech",
        "since": stamp(NOON - days(20)),
        "previous": "",
        "spent": 2700,
        "points": 54,
    }
    names = profile(ada, "GBP")
    assert (names["tier"], names["loyalty_points"]) == ("beech", 54)
    assert names["spent_12_months"] == {"amount": 2700, "currency": "GBP"}


def test_points_that_the_shop_counts_itself_stand() -> None:
    """Told as a trait by a trusted sender."""
    ada = making.customer(signed_up(NOON - days(60), loyalty_points="310"), ordered(NOON - days(2)))
    tier(ada)
    assert profile(ada, "GBP")["loyalty_points"] == 310


def test_an_order_counts_to_the_end_of_its_month_a_year_later() -> None:
    """Nobody comes down in the middle of a month, and who does keeps the memory of it."""
    ada = making.customer(ordered(NOON - days(300), "tea", "tea", "tea"))  # 2025-05-06
    assert tier(ada)["name"] == "beech"
    assert tier(ada, NOON + days(85))["name"] == "beech"  # 2026-05-26
    came_down = tier(ada, NOON + days(95))
    assert (came_down["name"], came_down["previous"]) == ("", "beech")
    assert came_down["since"] == stamp(NOON + days(95))
    assert tier(ada, NOON + days(200))["since"] == came_down["since"]


@pytest.mark.parametrize("seed", range(4))
def test_what_is_closed_counts_to_the_cent_and_a_refold_comes_to_the_same(seed: int) -> None:
    """However many orders left the open window, and in whatever order the open ones were told."""
    chance = random.Random(seed)
    told = [
        making.order(f"o{n}", NOON - days(11 * n + chance.random()), *["tea"] * (1 + n % 3))
        for n in range(60)
    ]
    wanted = sum(each["total"] for each in told if each["placed_at"] >= "2025-03")
    for each in told:
        each["currency"] = "GBP"
    oldest_first = sorted(told, key=lambda each: each["placed_at"])
    early, late = oldest_first[:-OPEN], oldest_first[-OPEN:]
    chance.shuffle(late)
    one = making.customer(*(ordered(NOON, of=each) for each in (*early, *late)))
    assert one["closed"] is not None
    assert orders.spent_since(one, "GBP", "2025-03") == wanted
    other = making.customer(*(ordered(NOON, of=each) for each in told))
    orders.refold(other, told)
    assert other["closed"] == one["closed"]
    assert len(one["closed"]["months"]) <= 13


def test_what_was_given_back_was_not_spent() -> None:
    """A cancelled order takes its tier with it."""
    ada = making.customer(ordered(NOON - days(20), "tea", "tea", "tea", order_id="o1"))
    assert tier(ada)["name"] == "beech"
    gone = ordered(NOON - days(20), order_id="o1", of={"status": "cancelled", "updated_at": stamp(NOON)})
    assert tier(making.told(ada, [gone]))["name"] == ""


def segment(customer: Customer, shop: Shop, at: Any = NOON) -> dict[str, Any]:
    reclassify(customer, shop, at)
    return dict(customer["lifecycle"]["segments"]["buyers"])


BUYERS = {"buyers": "customer.orders_count >= 1"}


def test_a_segment_that_is_new_has_nobody_who_entered_it() -> None:
    """Whoever is inside has been there since nobody knows when."""
    ada = making.customer(signed_up(NOON - days(50)), ordered(NOON - days(20)))
    reclassify(ada, a_shop(), NOON - days(1))
    assert segment(ada, a_shop(**BUYERS)) == {"inside": True, "since": ""}


def test_who_was_seen_outside_enters_and_leaves_at_a_known_time() -> None:
    """Each change once; staying says nothing new."""
    shop = a_shop(**BUYERS)
    ada = making.customer(signed_up(NOON - days(50)))
    assert segment(ada, shop, NOON - days(9)) == {"inside": False, "since": ""}
    ada = making.told(ada, [ordered(NOON - days(3), order_id="o1")])
    assert segment(ada, shop, NOON - days(3)) == {"inside": True, "since": stamp(NOON - days(3))}
    assert segment(ada, shop, NOON - days(1))["since"] == stamp(NOON - days(3))
    assert profile(ada, "GBP")["segments"] == ["buyers"]
    gone = ordered(NOON - days(3), order_id="o1", of={"status": "cancelled", "updated_at": stamp(NOON)})
    assert segment(making.told(ada, [gone]), shop) == {"inside": False, "since": stamp(NOON)}


def test_a_customer_who_is_new_enters_with_the_first_order() -> None:
    """Also one who had looked around for a week; not one whose old orders come out of a file."""
    visits = [viewed(NOON - days(6)), ordered(NOON - hours(1))]
    assert segment(making.customer(*visits), a_shop(**BUYERS))["since"] == stamp(NOON)
    imported = making.customer(ordered(NOON - days(90)), ordered(NOON - hours(1)))
    assert segment(imported, a_shop(**BUYERS))["since"] == ""


def test_a_segment_that_is_gone_is_forgotten() -> None:
    """Nobody is in what the shop does not have."""
    ada = making.customer(signed_up(NOON - days(50)), ordered(NOON - days(20)))
    segment(ada, a_shop(**BUYERS))
    reclassify(ada, a_shop(), NOON)
    assert profile(ada, "GBP")["segments"] == []
