"""`perennial explain`."""

from __future__ import annotations

import json

import pytest

from perennial.adapters.memory import MemoryWorld
from perennial.people.identities import Identity, Kind
from tests.making import NOON, customer, hours, signed_up, viewed
from tests.unit.command.conftest import CONTENT, Run


@pytest.fixture
def known(run: Run, world: MemoryWorld) -> MemoryWorld:
    """The shipped content, and a customer who looked at something an hour ago."""
    assert run("publish", str(CONTENT), "--stack", "garden").exit_code == 0
    document = customer(signed_up(NOON - hours(2)), viewed(NOON - hours(1)))
    world.documents.claim(document, [Identity(Kind.EMAIL, "ada@example.com")])
    return world


@pytest.mark.usefixtures("known")
def test_each_campaign_has_its_verdict(run: Run) -> None:
    """A table for people; the address may be written in any case."""
    result = run("explain", "Ada@Example.com", "--stack", "garden")
    assert result.exit_code == 0
    for word in ("browse", "replenishment", "winback", "waiting_until"):
        assert word in result.stdout


@pytest.mark.usefixtures("known")
def test_explain_for_programs(run: Run) -> None:
    """The verdicts and facts as JSON."""
    told = json.loads(run("explain", "ada@example.com", "--stack", "garden", "--json").stdout)
    assert told["browse"]["verdict"] == "waiting_until"
    assert told.keys() >= {"browse", "confirmation", "replenishment", "winback"}


@pytest.mark.usefixtures("known")
def test_nobody_is_a_message(run: Run) -> None:
    """With what to try instead."""
    result = run("explain", "eve@example.com", "--stack", "garden")
    assert result.exit_code == 1
    assert "store's customer id" in result.stderr
