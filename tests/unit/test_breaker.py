"""The breaker: an alarm holds everything back, and nothing else does."""

from __future__ import annotations

from typing import Any

import pytest

from perennial.adapters.memory import MemoryWorld
from perennial.ports.live import Live
from perennial.shop import EVERYTHING
from scheduler.breaker import build
from tests.making import NOON


def told(state: object) -> dict[str, Any]:
    """What EventBridge brings of an alarm."""
    return {"source": "aws.cloudwatch", "detail": {"alarmName": "complaints", "state": state}}


def test_an_alarm_holds_everything_back():
    """Twice is the same; what is live stays what it is."""
    world = MemoryWorld(lambda: NOON, {})
    world.pointer.publish("r1", None)
    breaker = build(world)
    assert (
        breaker(told({"value": "ALARM"}), None) == breaker(told({"value": "ALARM"}), None) == {"paused": True}
    )
    assert world.pointer.read() == Live("r1", frozenset({EVERYTHING}))


@pytest.mark.parametrize("state", [{"value": "OK"}, {"value": "INSUFFICIENT_DATA"}, {}])
def test_nothing_else_does(state: object):
    """Above all, an alarm that ends does not let it go on: a person looks first."""
    world = MemoryWorld(lambda: NOON, {})
    world.pointer.publish("r1", None)
    world.pointer.pause(EVERYTHING)
    build(world)(told(state), None)
    assert (world.pointer.read() or Live("")).paused == {EVERYTHING}


def test_before_the_first_publish_there_is_nothing_to_hold_back():
    """And no error to be repeated."""
    assert build(MemoryWorld(lambda: NOON, {}))(told({"value": "ALARM"}), None) == {"paused": False}
