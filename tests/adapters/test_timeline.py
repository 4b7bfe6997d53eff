"""What every implementation of `ports.Timeline` must do."""

from __future__ import annotations

from perennial.adapters.timeline import DynamoTimeline
from perennial.bootstrap import AwsWorld
from perennial.ports.world import World
from tests.adapters.builders import NOON, Wire, event, passing
from tests.adapters.cloud import TIMELINE, client

MORNING, EVENING = "2026-03-01T08:00:00.000Z", "2026-03-01T20:00:00.000Z"


def test_events_are_read_in_the_order_of_their_times(world: World) -> None:
    """By when they happened, then by id, whatever the order they came in."""
    items = [event("c", NOON), event("a", EVENING), event("b", NOON), event("d", MORNING)]
    world.timeline.add({"c1": items})
    assert [item["id"] for item in world.timeline.read("c1")] == ["d", "b", "c", "a"]


def test_an_event_is_kept_as_it_was(world: World) -> None:
    """Properties of any depth; the time to live, and that a browser told it, only where it is so."""
    browsed = event(
        "a",
        MORNING,
        properties={"order": {"lines": [{"price": 1999}], "note": "ü" * 500}},
        expires_at=1_800_000_000,
    )
    ordered = event("b", NOON, name="order_completed", properties={})
    doubted = event("c", NOON, name="order_completed", trusted=False)
    world.timeline.add({"c1": [browsed, ordered, doubted]})
    assert world.timeline.read("c1") == [browsed, ordered, doubted]


def test_adding_again_changes_nothing(world: World) -> None:
    """The same event twice, in one call or in two, is one event."""
    world.timeline.add({"c1": [event("a"), event("a")]})
    world.timeline.add({"c1": [event("a")]})
    assert world.timeline.read("c1") == [event("a")]


def test_more_events_than_one_call_takes(world: World) -> None:
    """Batches beyond the service's limits, for writing and for looking up."""
    items = [event(f"e{number:03d}") for number in range(130)]
    world.timeline.add({"c1": items})
    assert world.timeline.read("c1") == items
    ids = {item["id"] for item in items}
    assert world.timeline.known("c1", ids | {"unknown"}) == ids


def test_timelines_are_apart(world: World) -> None:
    """An event of one customer is not known on another's timeline."""
    world.timeline.add({"c1": [event("a")]})
    assert world.timeline.known("c1", ["a", "b"]) == {"a"}
    assert world.timeline.known("c2", ["a"]) == set()
    assert world.timeline.read("c2") == []


def test_nothing_to_do(world: World) -> None:
    """No items and no ids are no error."""
    world.timeline.add({"c1": []})
    assert world.timeline.known("c1", []) == set()
    assert world.timeline.read("c1") == []


def test_dynamodb_reads_are_consistent(aws: AwsWorld) -> None:
    """A refold or a look-up must not miss the event that was put a moment ago."""
    wire = Wire(client("dynamodb"), passing)
    timeline = DynamoTimeline(wire, TIMELINE)
    timeline.known("c1", ["a"])
    timeline.read("c1")
    (_, looked_up), (_, read) = wire.calls
    assert looked_up["RequestItems"][TIMELINE]["ConsistentRead"] is True
    assert read["ConsistentRead"] is True
