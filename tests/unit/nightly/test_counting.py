"""What is counted by night: sums that can be cut anywhere, added in any order, and never grow beyond a bound."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

import pytest

from perennial.campaigns import HOLDOUT, Experiment
from perennial.customer import Customer
from perennial.insight.tables import Tables
from perennial.messaging.messages import Settled, Trial
from perennial.night import learning, results, sums, together
from perennial.night.deciding import reconsidered
from perennial.night.fifths import Histogram, last_of, step_of
from perennial.night.learning import Sample
from perennial.night.results import MOST_REASONS, Results
from perennial.night.sums import Sums
from perennial.night.together import Pairs
from perennial.plan import plan
from perennial.times import moment, stamp
from tests import making
from tests.making import NOON, days, hours, ordered, signed_up

SHOP = making.shop(making.browse(experiment=Experiment(holdout=0.1)), making.winback())


def histogram(*values: int) -> Histogram:
    counted = Histogram()
    for value in values:
        counted.add(value)
    return counted


def test_fifths_of_evenly_spread_values() -> None:
    """The last value of each of the first four."""
    assert histogram(*range(100)).limits() == (19, 39, 59, 79)


def test_equal_values_are_never_parted() -> None:
    """If nearly all spent the same, those who spent more stand out, and the others share the lowest fifth."""
    assert histogram(*[50] * 90, *[70] * 10).limits() == (50, 50, 50, 50)


def test_no_values_have_no_fifths() -> None:
    """A shop without buyers."""
    assert histogram().limits() == ()


@pytest.mark.parametrize("value", [0, 1, 99, 100, 101, 102, 149, 1000, 99_999, 10**9])
def test_a_step_holds_the_value_and_is_narrow(value: int) -> None:
    """Within two percent; the next integer after its last one is the next step's."""
    last = last_of(step_of(value))
    assert value <= last <= value * 1.02 + 1
    assert step_of(last + 1) == step_of(value) + 1


def test_a_million_values_take_few_steps() -> None:
    """Whatever their spread."""
    assert step_of(10**12) < 1500


def test_what_is_bought_together_is_named_by_closeness() -> None:
    """What everybody buys is close to nothing in particular; one customer alone proves nothing."""
    pairs = Pairs()
    for _ in range(10):
        pairs.add(["bag", "tea"])
    for _ in range(3):
        pairs.add(["cup", "saucer", "bag"])
    pairs.add(["cup", "spoon"])
    related = pairs.related({"bag": 100, "tea": 12, "cup": 4, "saucer": 3, "spoon": 1})
    assert related["cup"] == ("saucer", "bag")
    assert related["tea"] == ("bag",)
    assert "spoon" not in related


def test_pairs_are_bounded_and_the_frequent_ones_stay() -> None:
    """However many products there are."""
    pairs = Pairs(most=100)
    for number in range(200):
        pairs.add(["tea", "cup"])
        pairs.add([f"p{number}", f"q{number}", f"r{number}"])
    assert len(pairs.counts) <= 100
    assert pairs.counts["cup", "tea"] == 200


def test_of_a_customer_who_bought_everything_the_latest_count() -> None:
    """So one big buyer does not fill the memory."""
    pairs = Pairs()
    pairs.add([f"p{number:04d}" for number in range(5000)])
    assert len(pairs.counts) == together.PRODUCTS_OF_ONE * (together.PRODUCTS_OF_ONE - 1) / 2


def settled(message: str, status: str, ago: float, **fields: Any) -> Settled:
    whole: dict[str, Any] = {
        "id": message, "campaign": "browse", "subject": "", "key": message, "step": "first", "variant": "plain",
        "channel": "email", "status": status, "at": stamp(NOON - days(ago)), "marketing": True,
    }  # fmt: skip
    return cast("Settled", {**whole, **fields})


def counted(*customers: Customer) -> Any:
    found = Results()
    for customer in customers:
        found.add(customer, SHOP, NOON)
    return found.to_json()


def test_what_a_campaign_did_is_counted_by_variant_and_reason() -> None:
    """Of the last thirty days; an order is owed to the message that was clicked before it."""
    ada = making.customer(signed_up(NOON - days(90)), ordered(NOON - days(1), "tea"))
    ada["settled"] = [
        settled("m1", "sent", 40),
        settled("m2", "sent", 3, clicked_at=stamp(NOON - days(2))),
        settled("m3", "unconfirmed", 2, variant="bundle"),
        settled("m4", "skipped", 2, reason="missing_field:customer.first_name"),
        settled("m5", "skipped", 2),
        settled("m6", "sent", 2, campaign="one that is gone"),
    ]
    assert counted(ada, ada) == {
        "browse": {
            "clicked": {"plain": 2},
            "owed_orders": {"GBP": 2},
            "owed_revenue": {"GBP": 1800},
            "sent": {"plain": 2},
            "skipped": {"missing_field": 2, "other": 2},
            "unconfirmed": {"bundle": 2},
        }
    }


def test_an_experiment_counts_whose_window_is_over() -> None:
    """Those held out among them; the others are still running."""
    buyer = making.customer(signed_up(NOON - days(90)), ordered(NOON - days(20), "tea"))
    silent = making.customer(signed_up(NOON - days(90)))
    for customer, variant, ago in ((buyer, "plain", 21), (silent, HOLDOUT, 21)):
        customer["trials"] = {
            "browse": Trial(variant=variant, at=stamp(NOON - days(ago))),
            "gone": Trial(variant="a", at=""),
        }
    recent = {**silent, "trials": {"browse": Trial(variant=HOLDOUT, at=stamp(NOON - days(3)))}}
    assert counted(buyer, silent, recent) == {  # type: ignore[arg-type]
        "browse": {
            "converted": {"plain": 1},
            "measured": {HOLDOUT: 1, "plain": 1},
            "revenue": {"plain": 900},
            "revenue_sq": {"plain": 810_000},
            "running": {HOLDOUT: 1},
        }
    }


def test_reasons_are_bounded() -> None:
    """A template may say anything; the rare reasons are counted together."""
    found = Results({"browse": {"skipped": {f"reason {number}": 1 for number in range(MOST_REASONS + 7)}}})
    reasons = found.to_json()["browse"]["skipped"]
    assert len(reasons) == MOST_REASONS + 1
    assert reasons[results.OTHERS] == 7


def crowd() -> list[Customer]:
    buyers = []
    for number in range(1, 40):
        told = [
            signed_up(NOON - days(300)),
            ordered(NOON - days(number), "tea", "cup" if number % 2 else "pot"),
        ]
        buyers.append(named(f"c{number}", making.customer(*told)))
    return buyers


def named(customer_id: str, customer: Customer) -> Customer:
    return {**customer, "id": customer_id}


class Teacher:
    """A model whose weight is the sum of what it saw."""

    def rows(self, customer: Customer, shop: Any, cut: datetime) -> Sequence[Any]:
        return [[len(customer["orders"]), (cut - NOON).days]]

    def fit(self, rows: Sequence[Any], intervals: Any, before: Any) -> Any:
        return {"rows": len(rows), "buyers": intervals.buyers["tea"], "before": before}


def test_sums_cut_anywhere_come_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """As one, in parts, through JSON, and in another order: the same tables, and the same weights."""
    monkeypatch.setattr(sums, "LEARNERS", {"teacher": Teacher()})
    whole, parts = Sums(NOON), [Sums(NOON) for _ in range(4)]
    for number, customer in enumerate(crowd()):
        whole.add(customer, SHOP)
        parts[number % 4].add(customer, SHOP)
    together_ = Sums(NOON)
    for part in reversed(parts):
        together_.merge(Sums.from_json(json.loads(json.dumps(part.to_json())), NOON))
    tables = whole.tables(Tables(weights={"teacher": 7}))
    assert together_.tables(Tables(weights={"teacher": 7})) == tables
    assert tables[1].weights == {"teacher": {"rows": 39, "buyers": 39, "before": 7}}
    assert tables[1].customers == 39
    assert tables[1].bestsellers == ("tea", "cup", "pot")
    assert Tables.from_json(json.loads(json.dumps(tables[1].to_json()))) == tables[1]


def test_what_sold_lately_comes_first() -> None:
    """Of products that sold as often."""
    counted_ = Sums(NOON)
    for number, product, ago in ((1, "old", 200), (2, "old", 210), (3, "new", 10)):
        told = [signed_up(NOON - days(300)), ordered(NOON - days(ago), product)]
        counted_.add({**making.customer(*told), "id": f"c{number}"}, SHOP)
    assert counted_.tables(Tables())[1].bestsellers == ("new", "old")


def test_a_sample_is_bounded_and_does_not_depend_on_order() -> None:
    """The same customers each night, as far as they are there."""
    one, other = Sample(most=10), Sample(most=10)
    for number in range(500):
        one.add(f"c{number}", [number])
        other.add(f"c{499 - number}", [499 - number])
    assert one.to_json() == other.to_json()
    assert len(Sample(one.to_json()).rows()) == 10
    assert learning.MOST_ROWS <= 10_000


def test_a_far_moment_that_moved_a_little_costs_no_write() -> None:
    """Tables move all far moments a little each night; within two days of it the moment is put."""
    shop = making.shop(making.winback())
    ada = plan(making.customer(signed_up(NOON - days(300)), ordered(NOON)), shop, NOON).customer
    assert ada["wake_at"]
    due = moment(ada["wake_at"])
    later: Customer = {**ada, "wake_at": stamp(due + hours(5))}
    assert reconsidered(later, shop, NOON) is None
    planned = reconsidered(later, shop, due - days(1))
    assert planned and planned.customer["wake_at"] == stamp(due)
    never = reconsidered({**ada, "wake_at": None}, shop, NOON)
    assert never and never.customer["wake_at"] == stamp(due)
    assert reconsidered({**ada, "wake_at": stamp(NOON)}, shop, NOON) is None
