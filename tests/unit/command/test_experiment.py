"""`perennial experiment`."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from perennial.adapters.memory import MemoryWorld
from perennial.campaigns import HOLDOUT, Experiment
from perennial.customer import new
from perennial.events import ConsentEvidence
from perennial.messaging.messages import Trial
from perennial.people.identities import Identity, Kind
from perennial.times import stamp
from tests.making import NOON, browse, days, order, shop
from tests.unit.command.conftest import Run

STACK = ("--stack", "garden")


@pytest.fixture
def live(world: MemoryWorld, monkeypatch: pytest.MonkeyPatch) -> MemoryWorld:
    """A shop whose browse campaign holds half of its customers out, for a hundred days."""
    campaign = browse(experiment=Experiment(holdout=0.5, variants={"plain": 1.0}))
    monkeypatch.setattr(world, "shop", lambda: shop(campaign, replace(browse(), id="other")))
    return world


def enter(world: MemoryWorld, number: int, variant: str, buyers: int, *, day: float) -> None:
    """So many customers, of whom some ordered the day after they entered."""
    for n in range(number):
        document = new(f"{variant}{day}{n}")
        document["consent"]["email"] = ConsentEvidence(state="subscribed", at=stamp(NOON), source="test")
        document["trials"] = {"browse": Trial(variant=variant, at=stamp(NOON + days(day)))}
        if n < buyers:
            document["orders"] = [order(f"o{variant}{n}", NOON + days(day + 1))]
        who = Identity(Kind.STORE, document["id"])
        document["identities"][Kind.STORE] = [who.value]
        world.documents.claim(document, [who])


def test_before_it_starts_it_says_what_could_be_seen(run: Run, live: MemoryWorld) -> None:
    """The smallest effect for this audience, and no word about a winner."""
    result = run("experiment", "browse", *STACK)
    assert result.exit_code == 0, result.stderr
    assert "0 customers can be written to" in result.stdout and "points or more" in result.stdout
    assert "against" not in result.stdout


def test_while_it_runs_it_waits(run: Run, live: MemoryWorld) -> None:
    """The clock stands some days after the first entries, before any look."""
    enter(live, 50, "plain", 20, day=-5)
    enter(live, 50, HOLDOUT, 5, day=-5)
    result = run("experiment", "browse", *STACK)
    assert result.exit_code == 0, result.stderr
    assert "nobody has finished yet" in result.stdout and "100 customers are still inside" in result.stdout


def test_at_the_end_it_says_what_the_figures_bear(run: Run, live: MemoryWorld) -> None:
    """Incremental beside attributed, for people and for programs."""
    enter(live, 300, "plain", 90, day=-150)
    enter(live, 300, HOLDOUT, 45, day=-150)
    result = run("experiment", "browse", *STACK)
    assert "plain against holdout: better." in result.stdout and "Attributed" in result.stdout
    told = json.loads(run("experiment", "browse", *STACK, "--json").stdout)
    [comparison] = told["comparisons"]
    assert (comparison["answer"], told["look"]) == ("better", 10)
    assert comparison["incremental"][0] == pytest.approx(45)
    assert told["arms"]["plain"]["converted"] == 90


@pytest.mark.parametrize(
    ("name", "remedy"), [("nosuch", "Live are: browse, other"), ("other", "holdout: 10%")]
)
def test_what_cannot_be_told_has_a_remedy(run: Run, live: MemoryWorld, name: str, remedy: str) -> None:
    """No such campaign, or no experiment in it."""
    result = run("experiment", name, *STACK)
    assert result.exit_code == 1 and remedy in result.stderr
