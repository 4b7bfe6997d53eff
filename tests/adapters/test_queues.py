"""What every implementation of `ports.Queue` must do, and how SQS batches fail in part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from perennial.adapters.memory import MemoryWorld
from perennial.adapters.sqs import SqsQueue
from perennial.errors import QueueRefused
from perennial.ports.world import World
from tests.adapters.builders import Wire, client_error, failing
from tests.adapters.cloud import Drain, clock


def test_all_bodies_arrive(world: World, drain: Drain) -> None:
    """More bodies than one call takes, equal ones among them, arrive once each."""
    bodies = [f"body {number}" for number in range(26)] + ["twin", "twin"]
    world.send_queue.put(bodies)
    assert sorted(drain(world.send_queue)) == sorted((body, None) for body in bodies)


def test_nothing_to_put(world: World, drain: Drain) -> None:
    """An empty list is no error."""
    world.send_queue.put([])
    assert drain(world.send_queue) == []


def test_a_reason_travels_along(world: World, drain: Drain) -> None:
    """Why a body is among the dead letters stands beside it."""
    world.rejected.put(["{", "?"], reason="not JSON: line 1")
    assert sorted(drain(world.rejected)) == [("?", "not JSON: line 1"), ("{", "not JSON: line 1")]


def test_queues_are_apart(world: World, drain: Drain) -> None:
    """Each of the five is a queue of its own."""
    queues = (world.signed_queue, world.browser_queue, world.shards_queue, world.send_queue, world.rejected)
    for number, queue in enumerate(queues):
        queue.put([str(number)])
    assert [drain(queue) for queue in queues] == [[(str(number), None)] for number in range(5)]


def test_memory_takes_and_refuses_as_told() -> None:
    """The hook names the bodies not taken; `take` empties the queue."""
    queue = MemoryWorld(clock, {}).send_queue
    queue.refuses = lambda body: body == "b"
    with pytest.raises(QueueRefused) as refused:
        queue.put(["a", "b", "c", "b"])
    assert refused.value.positions == [1, 3]
    assert queue.take() == ["a", "c"]
    assert queue.bodies == queue.reasons == []


def refusing(*bodies: str) -> Wire:
    """A service that does not take these bodies."""

    def during(operation: str, parameters: dict[str, Any], pass_on: Callable[[], Any]) -> Any:
        failed = [{"Id": entry["Id"]} for entry in parameters["Entries"] if entry["MessageBody"] in bodies]
        return {"Successful": [], "Failed": failed} if failed else {"Successful": []}

    return Wire(None, during)


def sent(wire: Wire) -> list[list[str]]:
    """The bodies of each call."""
    return [[entry["MessageBody"] for entry in parameters["Entries"]] for _, parameters in wire.calls]


def test_sqs_names_what_was_not_taken() -> None:
    """Positions count through all batches, and one refusal does not keep the others back."""
    bodies = [str(number) for number in range(25)]
    wire = refusing("3", "11", "24")
    with pytest.raises(QueueRefused) as refused:
        SqsQueue(wire, "url").put(bodies)
    assert refused.value.positions == [3, 11, 24]
    assert [body for call in sent(wire) for body in call] == bodies


def test_sqs_gives_up_at_the_first_call_without_an_answer() -> None:
    """What was in that call, and all that stood behind it, counts as not taken."""
    calls = iter([{"Failed": [{"Id": "4"}]}, ReadTimeoutError(endpoint_url="https://sqs")])

    def during(operation: str, parameters: dict[str, Any], pass_on: Callable[[], Any]) -> Any:
        answer = next(calls)
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(QueueRefused) as refused:
        SqsQueue(Wire(None, during), "url").put([str(number) for number in range(30)])
    assert refused.value.positions == [4, *range(10, 30)]


def test_sqs_says_why_nothing_was_taken() -> None:
    """The service's own error stays visible behind the refusal."""
    with pytest.raises(QueueRefused) as refused:
        SqsQueue(failing(client_error("AccessDenied", status=403)), "url").put(["a"])
    assert "AccessDenied" in str(refused.value.__cause__)


def test_sqs_calls_stay_below_the_largest_payload() -> None:
    """Big bodies share a call only as long as it stays within a megabyte."""
    wire = refusing()
    half = "ü" * (256 * 1024)
    SqsQueue(wire, "url").put([half, half, "x", half])
    assert sent(wire) == [[half, half], ["x", half]]


def test_a_reason_counts_towards_the_payload() -> None:
    """With the attribute beside them, two halves no longer fit."""
    wire = refusing()
    half = "x" * (512 * 1024)
    SqsQueue(wire, "url").put([half, half], reason="why")
    assert sent(wire) == [[half], [half]]


@pytest.mark.parametrize(
    ("reason", "expected"), [("", "unknown"), ("bad \x00 byte\n", "bad   byte"), ("x" * 900, "x" * 500)]
)
def test_sqs_takes_any_reason(reason: str, expected: str) -> None:
    """A reason may quote its input: what the service would refuse is replaced or cut."""
    wire = refusing()
    SqsQueue(wire, "url").put(["a"], reason=reason)
    attributes = wire.calls[0][1]["Entries"][0]["MessageAttributes"]
    assert attributes == {"reason": {"DataType": "String", "StringValue": expected}}
