"""Who takes part in an experiment: everybody who enters, from their first entry, whatever they are given."""

from __future__ import annotations

import pytest

from perennial.campaigns import HOLDOUT, Experiment
from perennial.customer import new
from perennial.folding.absorb import absorb
from perennial.messaging.messages import Trial
from perennial.times import Span, stamp
from tests.making import NOON, browse, days, hours, shop, signed_up, viewed
from tests.stage import Stage


@pytest.mark.parametrize(("holdout", "variant"), [(0.0, "plain"), (0.999999, HOLDOUT)])
def test_the_first_entry_counts(holdout: float, variant: str):
    """A mail or its absence begins the trial; a later entry does not begin it again."""
    experiment = Experiment(holdout=holdout, variants={"plain": 1.0})
    stage = Stage(the_shop=shop(browse(experiment=experiment, once_per=Span(days=3))))
    stage.record(signed_up(NOON), viewed(NOON))
    stage.run_until(NOON + days(1))
    assert stage.customer()["trials"]["browse"] == Trial(variant=variant, at=stamp(NOON + hours(4)))
    stage.record(viewed(NOON + days(9)))
    stage.run_until(NOON + days(10))
    assert stage.customer()["trials"]["browse"]["at"] == stamp(NOON + hours(4))
    assert len(stage.mails) == (2 if variant == "plain" else 0)


def test_without_an_experiment_nobody_takes_part():
    """And the document stays small."""
    stage = Stage(the_shop=shop(browse()))
    stage.record(signed_up(NOON), viewed(NOON))
    stage.run_until(NOON + days(1))
    assert "trials" not in stage.customer()


def test_of_two_that_become_one_the_first_entry_counts():
    """In either order of the merge."""
    one, other = new("a"), new("b")
    one["trials"] = {"browse": Trial(variant="plain", at=stamp(NOON + days(1)))}
    other["trials"] = {"browse": Trial(variant=HOLDOUT, at=stamp(NOON))}
    assert (
        absorb(one, other)["trials"] == absorb(other, one)["trials"] == {"browse": other["trials"]["browse"]}
    )
