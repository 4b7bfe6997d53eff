"""Batches, partial failures, redelivery and dead letters, in virtual time."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from infra.desk.desk import Desk
from tests.desk import worker

VISIBILITY = timedelta(seconds=360)


def put(desk: Desk, *bodies: dict[str, Any]) -> None:
    """Queue work through the front door."""
    assert desk.request("POST", "/jobs", {}, json.dumps(bodies)).status == 202


def test_a_request_answers_when_the_queues_are_quiet(desk: Desk) -> None:
    """All work was handed out in batches of the source's size, each message once."""
    put(desk, *({"number": number} for number in range(45)))
    assert sorted(each.body["number"] for each in worker.seen) == list(range(45))
    assert [each.batch for each in worker.seen] == [20] * 40 + [5] * 5


def test_only_what_is_reported_comes_again(desk: Desk) -> None:
    """After the queue's visibility timeout, by the virtual clock, and not before."""
    put(desk, {"do": "fail", "times": 1}, {"do": "nothing"})
    failed_at = desk.now
    desk.advance(VISIBILITY - timedelta(seconds=1))
    assert len(worker.seen) == 2
    desk.advance("1s")
    assert [each.receives for each in worker.seen] == [1, 1, 2]
    assert worker.seen[-1].at == failed_at + VISIBILITY
    desk.advance("30d")
    assert len(worker.seen) == 3 and desk.dead_letters() == []


def test_a_batch_that_raises_comes_again_whole(desk: Desk) -> None:
    """Also the messages that were done before the error."""
    put(desk, {"number": 1}, {"do": "raise"})
    desk.advance(VISIBILITY)
    assert [each.body.get("number") for each in worker.seen if "number" in each.body] == [1, 1]


def test_too_many_receives_end_in_the_dead_letters(desk: Desk) -> None:
    """With the reason that was logged, and the body as it was."""
    put(desk, {"do": "fail"})
    desk.advance("1h")
    assert [each.receives for each in worker.seen] == [1, 2, 3]
    (letter,) = desk.dead_letters()
    assert letter["queue"] == "WorkDeadLetters" and json.loads(letter["body"]) == {"do": "fail"}
    assert letter["message"] == letter["body"]
    assert "not today" in letter["reason"]
    assert desk.dead_letters() == [letter], "looking changes nothing"


def test_dead_letters_of_a_batch_that_raises_name_the_error(desk: Desk) -> None:
    """The exception is the reason."""
    put(desk, {"do": "raise"})
    desk.advance("1h")
    assert "RuntimeError: raised on purpose" in desk.dead_letters()[0]["reason"]


def test_one_jump_equals_many_steps(desk: Desk) -> None:
    """What happens, and when, does not depend on how the clock is moved."""
    put(desk, {"do": "fail", "times": 2}, {"do": "fail"})
    desk.advance("2h")
    at_once = list(worker.seen)
    desk.reset()
    worker.seen.clear()
    put(desk, {"do": "fail", "times": 2}, {"do": "fail"})
    for _ in range(60):
        desk.advance("2m")
    assert worker.seen == at_once


def test_sent_time_is_virtual_and_stays(desk: Desk) -> None:
    """A message that comes again was still sent when it was sent."""
    desk.advance("40d")
    put(desk, {"do": "fail", "times": 1})
    desk.advance("1h")
    first, second = worker.seen
    assert second.at - first.at == VISIBILITY


def test_requests_may_be_left_to_gather(desk: Desk) -> None:
    """What several requests queued is then handed out together."""
    for number in range(3):
        desk.request("POST", "/jobs", {}, json.dumps([{"number": number}]), settle=False)
    assert worker.seen == []
    desk.settle()
    assert [each.batch for each in worker.seen] == [3, 3, 3]
