"""Winback: silence is long when it is long for this customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from perennial.decide import decide
from perennial.deciding.moves import Send
from perennial.deciding.verdicts import Verdict
from perennial.forecast.defaults import SHIPPED
from perennial.forecast.gaps import Gaps, IntervalTables
from perennial.forecast.models import LOST
from perennial.insight.tables import Tables
from perennial.plan import plan
from perennial.shop import Shop
from perennial.triggers.occurrence import Nothing, Occurrence
from perennial.triggers.winback import occurrences
from tests.making import NOON, customer, days, ordered, shop, signed_up, winback

SHOP = shop(winback())


def silent_after(gap: float, orders: int = 6) -> float:
    """Days of silence after which a customer with this rhythm is written to."""
    bought = [ordered(NOON + days(gap * n), "tea", order_id=f"g{gap}-{n}") for n in range(orders)]
    found = occurrences(customer(signed_up(NOON), *bought), SHOP.campaigns["winback"], SHOP, NOON)
    assert not isinstance(found, Nothing)
    return (found[0].moment - NOON).total_seconds() / 86400 - gap * (orders - 1)


def test_the_silence_that_counts_follows_the_customers_own_rhythm():
    """A monthly buyer is missed sooner than a yearly one, neither before their rhythm is well exceeded."""
    monthly, quarterly = silent_after(30), silent_after(90)
    assert 45 <= monthly < 70
    assert 100 < quarterly < 180


def test_nobody_is_missed_before_the_least_silence():
    """A daily buyer on holiday is not won back after three days."""
    assert silent_after(2) == 45


def test_the_mail_names_what_was_bought_most():
    """The favourite comes first, and the explanation states the usual rhythm."""
    bought = [
        ordered(NOON + days(30 * n), "tea", *(["cup"] if n == 0 else []), order_id=f"f{n}") for n in range(4)
    ]
    decision = decide(customer(signed_up(NOON), *bought), SHOP, NOON + days(90 + 48))
    (move,) = decision.moves
    assert isinstance(move, Send)
    assert move.occurrence.facts["products"] == ["tea", "cup"]
    assert 28 <= move.occurrence.facts["usual_days"] <= 36


def test_an_order_ends_the_silence():
    """The silence after the newest order is what counts."""
    bought = [ordered(NOON + days(30 * n), order_id=f"s{n}") for n in range(3)]
    back = ordered(NOON + days(120), order_id="back")
    finding = decide(customer(signed_up(NOON), *bought, back), SHOP, NOON + days(121)).findings["winback"]
    assert finding.verdict == Verdict.WAITING_UNTIL


def test_the_past_is_not_entered():
    """Silent since long before the campaign went live: it says so, and nothing is sent."""
    late = shop(winback(live_since=NOON + days(300)))
    finding = decide(customer(signed_up(NOON), ordered(NOON)), late, NOON + days(301)).findings["winback"]
    assert finding.facts["why"] == "due before the campaign went live"


def taught(bias: float, **weights: float) -> Shop:
    """A shop whose history taught a model of nothing but these weights."""
    nothing = dict.fromkeys(SHIPPED[LOST]["weights"], 0.0)
    told: Mapping[str, Any] = {"bias": bias, "weights": {**nothing, **weights}, "threshold": 0.5, "rows": 900}
    intervals = IntervalTables(orders=Gaps.of_days([30.0] * 200))
    return shop(winback(), intervals=intervals, tables=Tables(weights={LOST: told}))


def only(the_shop: Shop) -> Occurrence:
    bought = [ordered(NOON + days(30 * n), "tea", order_id=f"l{n}") for n in range(4)]
    found = occurrences(customer(signed_up(NOON), *bought), the_shop.campaigns["winback"], the_shop, NOON)
    assert not isinstance(found, Nothing)
    return found[0]


def test_whoever_will_likely_come_back_is_left_alone_for_longer():
    """In a shop whose history taught it, but no more than about twice as long; the facts say why."""
    lost, uncertain, faithful = only(taught(2)), only(taught(-7.0, passed=1.7)), only(taught(-3))
    assert lost.moment < uncertain.moment < faithful.moment
    silence = [each.facts["silent_days"] for each in (lost, uncertain, faithful)]
    assert round(silence[2] / silence[0], 1) == 2.2
    assert lost.facts["chance_lost"] == 0.88
    assert uncertain.facts["chance_lost"] >= 0.5
    assert faithful.facts["chance_lost"] == 0.05


def test_the_moment_does_not_change_by_entering():
    """What was entered is not judged again, and not entered again."""
    the_shop = taught(2)
    bought = [ordered(NOON + days(30 * n), "tea", order_id=f"e{n}") for n in range(4)]
    document = plan(customer(signed_up(NOON), *bought), the_shop, NOON + days(90 + 46)).customer
    assert document["outbox"]
    again = plan(document, the_shop, NOON + days(90 + 200))
    assert again.queue == []
    assert again.customer["enrollments"]["winback"][""]["key"] == "e3"
