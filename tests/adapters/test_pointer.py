"""What every implementation of `ports.LivePointer` must do."""

from __future__ import annotations

import pytest

from perennial.errors import Conflict
from perennial.ports.live import Earlier, Live
from perennial.ports.world import World


def test_before_the_first_publish(world: World) -> None:
    """Nothing is live, also when the kill switch was used already."""
    assert world.pointer.read() is None
    world.pointer.pause("*")
    assert world.pointer.read() is None
    world.pointer.publish("r1", None)
    assert world.pointer.read() == Live("r1", frozenset({"*"}))


def test_each_release_replaces_the_one_it_was_built_on(world: World) -> None:
    """Whoever built on another release than the live one is refused."""
    world.pointer.publish("r1", None)
    world.pointer.publish("r2", "r1")
    for replaces in ("r1", None, "r3"):
        with pytest.raises(Conflict):
            world.pointer.publish("r9", replaces)
    assert world.pointer.read() == Live("r2")


def test_what_was_live_before_is_remembered_as_told(world: World) -> None:
    """Whoever publishes says what can be returned to; who does not say leaves it as it was."""
    world.pointer.publish("r1", None)
    past = (Earlier("r1", "2026-03-01T12:00:00.000Z"), Earlier("r0", "2026-02-01T12:00:00.000Z"))
    world.pointer.publish("r2", "r1", past)
    world.pointer.publish("r3", "r2")
    assert world.pointer.read() == Live("r3", earlier=past)
    world.pointer.publish("r4", "r3", ())
    assert world.pointer.read() == Live("r4")


def test_nothing_can_be_replaced_before_the_first(world: World) -> None:
    """A publish onto a release that is not there is refused."""
    with pytest.raises(Conflict):
        world.pointer.publish("r2", "r1")
    assert world.pointer.read() is None


def test_the_kill_switch_adds_up(world: World) -> None:
    """Each campaign is held and released by itself, twice does no harm, and a publish keeps it."""
    world.pointer.publish("r1", None)
    world.pointer.resume("winback")
    for campaign in ("winback", "browse", "browse"):
        world.pointer.pause(campaign)
    world.pointer.publish("r2", "r1")
    assert world.pointer.read() == Live("r2", frozenset({"winback", "browse"}))
    world.pointer.resume("browse")
    world.pointer.resume("winback")
    assert world.pointer.read() == Live("r2")
    world.pointer.pause("winback")
    assert world.pointer.read() == Live("r2", frozenset({"winback"}))
