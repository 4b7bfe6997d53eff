"""What an experiment says: nothing before a look, nothing over a broken split, and then what the figures bear."""

from __future__ import annotations

from datetime import timedelta

import pytest

from perennial.campaigns import HOLDOUT, Experiment
from perennial.customer import Customer, new
from perennial.experiments.measuring import Arm, measure, planned_shares
from perennial.experiments.reading import Answer, Look, compare, control_of, look_at, smallest_effects
from perennial.messaging.messages import Trial
from perennial.times import Span, stamp
from tests.making import NOON, browse, days, order

LENGTH = timedelta(days=100)
HALF = {HOLDOUT: 0.5, "plain": 0.5}


def arm(customers: int, converted: int, each: int = 1000) -> Arm:
    """So many customers, of whom some spent `each`."""
    return Arm(customers, converted, converted * each, converted * each * each)


def said(one: Arm, base: Arm, look: int) -> Answer:
    [comparison] = compare({"plain": one, HOLDOUT: base}, HALF, HOLDOUT, Look(look, NOON, None))
    return comparison.answer


def test_looks_come_in_tenths():
    """Between two of them nothing new is said."""
    assert look_at(NOON, LENGTH, NOON - days(1)).number == 0
    first = look_at(NOON, LENGTH, NOON + days(19))
    assert (first.number, first.at, first.next_at) == (1, NOON + days(10), NOON + days(20))
    last = look_at(NOON, LENGTH, NOON + days(500))
    assert (last.number, last.at, last.next_at) == (10, NOON + days(100), None)


def test_there_is_no_verdict_before_there_is_one():
    """A difference that would be plain at the end is not even early enough at the first look."""
    one, base = arm(1000, 130), arm(1000, 100)
    assert said(one, base, 0) == Answer.TOO_EARLY
    assert said(one, base, 1) == said(one, base, 5) == Answer.KEEP_WAITING
    assert said(one, base, 10) == Answer.BETTER
    assert said(base, one, 10) == Answer.WORSE
    assert said(arm(1000, 101), base, 10) == Answer.NO_DIFFERENCE_SHOWN
    assert said(Arm(), Arm(), 10) == Answer.NOT_STARTED


def test_a_very_plain_difference_ends_it_early():
    """Where going on would only cost."""
    assert said(arm(2000, 400), arm(2000, 200), 3) == Answer.BETTER


def test_a_broken_split_has_no_verdict():
    """Something chose who is in which arm, so they differ by more than the draw."""
    assert said(arm(1000, 400), arm(700, 100), 10) == Answer.BROKEN_SPLIT


def test_several_variants_share_the_level():
    """Each needs more, so that all together keep the promise."""
    shares = {HOLDOUT: 0.4, "a": 0.3, "b": 0.3}
    arms = {HOLDOUT: arm(1600, 160), "a": arm(1200, 147), "b": arm(1200, 125)}
    comparisons = {each.variant: each for each in compare(arms, shares, HOLDOUT, Look(10, NOON, None))}
    assert comparisons.keys() == {"a", "b"}
    assert comparisons["a"].limit > compare(arms, HALF, HOLDOUT, Look(10, NOON, None))[0].limit


def test_what_it_brought_is_what_the_holdout_lacks():
    """Conversions and revenue beyond the holdout's rate, the interval around the difference per customer."""
    [comparison] = compare(
        {"plain": arm(900, 90), HOLDOUT: arm(100, 8)},
        {HOLDOUT: 0.1, "plain": 0.9},
        HOLDOUT,
        Look(10, NOON, None),
    )
    assert list(comparison.incremental) == pytest.approx([18, 18_000])
    assert comparison.revenue == pytest.approx(20)
    assert comparison.revenue_interval.low < 0
    assert comparison.revenue_interval.high > 20


def test_the_smallest_effect_shrinks_with_the_audience():
    """Printed before it starts, so that nobody waits for what cannot be seen."""
    few, many = (smallest_effects(HALF, HOLDOUT, size, 0.1)["plain"] for size in (200, 20_000))
    assert 0.1 < few < 0.25 and 0.005 < many < 0.02


def test_shares_include_the_holdout():
    """The variants divide the others."""
    experiment = Experiment(holdout=0.1, variants={"plain": 0.5, "bundle": 0.5})
    assert planned_shares(experiment) == pytest.approx({HOLDOUT: 0.1, "plain": 0.45, "bundle": 0.45})
    assert control_of(planned_shares(experiment)) == HOLDOUT
    assert control_of(planned_shares(Experiment(variants={"a": 0.5, "b": 0.5}))) == "a"


def customer(variant: str, entered: float, *bought: float) -> Customer:
    """Somebody who entered and ordered so many days after NOON; 900 each."""
    found = new("c")
    found["trials"] = {"browse": Trial(variant=variant, at=stamp(NOON + days(entered)))}
    found["orders"] = [order(f"o{day}", NOON + days(day)) for day in bought]
    return found


def test_measured_is_the_first_entry_and_its_window():
    """Who entered counts, whether or not a message reached them; orders before and after the window do not."""
    campaign = browse(experiment=Experiment(holdout=0.5, window=Span(days=14)))
    crowd = [
        customer("plain", 0, 1, 13.9),
        customer("plain", 0, -1, 14.1),
        customer("plain", 10, 11),
        customer(HOLDOUT, 1, 5),
        customer(HOLDOUT, 40),
        new("never"),
    ]
    measured = measure(crowd, campaign, NOON + days(20), "GBP", "UTC")
    assert (measured.arms["plain"].customers, measured.arms["plain"].converted) == (2, 1)
    assert measured.arms["plain"].revenue == 1800
    assert (measured.arms[HOLDOUT].customers, measured.arms[HOLDOUT].converted) == (1, 1)
    assert measured.running == 1 and measured.first_at == stamp(NOON)


def test_other_events_can_be_what_counts():
    """By the last time they happened."""
    campaign = browse(experiment=Experiment(holdout=0.5, metric="workshop_booked"))
    one = customer("plain", 0, 3)
    one["seen"]["workshop_booked"] = stamp(NOON + days(5))
    measured = measure([one, customer("plain", 0, 3)], campaign, NOON + days(30), "GBP", "UTC")
    assert (measured.arms["plain"].customers, measured.arms["plain"].converted) == (2, 1)
