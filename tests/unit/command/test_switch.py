"""`perennial pause` and `resume`."""

from __future__ import annotations

import json

import pytest

from perennial.adapters.memory import MemoryWorld
from tests.unit.command.conftest import CONTENT, Run


@pytest.fixture
def live(run: Run, world: MemoryWorld) -> MemoryWorld:
    """The world with the shipped content live."""
    assert run("publish", str(CONTENT), "--stack", "garden").exit_code == 0
    return world


def _paused(world: MemoryWorld) -> frozenset[str]:
    live = world.pointer.read()
    assert live is not None
    return live.paused


def test_one_campaign_is_held_back_and_let_go(run: Run, live: MemoryWorld) -> None:
    """By its id."""
    assert "Held back: browse." in run("pause", "browse", "--stack", "garden").stdout
    assert _paused(live) == {"browse"}
    assert "Nothing is held back." in run("resume", "browse", "--stack", "garden").stdout
    assert _paused(live) == frozenset()


def test_without_a_name_everything_is_held_back(run: Run, live: MemoryWorld) -> None:
    """And lifting that leaves what was held back by name."""
    run("pause", "winback", "--stack", "garden")
    assert "Everything is held back." in run("pause", "--stack", "garden").stdout
    assert _paused(live) == {"*", "winback"}
    assert json.loads(run("resume", "--stack", "garden", "--json").stdout) == {"paused": ["winback"]}


def test_a_misspelt_campaign_is_refused(run: Run, live: MemoryWorld) -> None:
    """Otherwise people would believe that it is held back."""
    result = run("pause", "brows", "--stack", "garden")
    assert result.exit_code == 1
    assert " browse, " in result.stderr
    assert _paused(live) == frozenset()


def test_a_campaign_that_is_gone_can_be_let_go(run: Run, live: MemoryWorld) -> None:
    """What is held back can always be lifted."""
    live.pointer.pause("spring_sale")
    assert run("resume", "spring_sale", "--stack", "garden").exit_code == 0
    assert _paused(live) == frozenset()


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("command", ["pause", "resume"])
def test_before_the_first_publish_there_is_nothing_to_hold(run: Run, command: str) -> None:
    """The message names the next step."""
    result = run(command, "--stack", "garden")
    assert result.exit_code == 1
    assert "perennial publish" in result.stderr
