"""The harness can fail: each planted bug is found, and named by what it does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from tests.crash import planted
from tests.crash.flows import OFFER, RECORD, SEND, SWEEP, UNSUBSCRIBE, Flow
from tests.crash.lab import Lab
from tests.crash.merges import GUEST_SENT, SIGN_IN, SIGN_IN_LATE
from tests.crash.points import Harness, Point
from tests.crash.wire import Kind

Points = Callable[[Harness], Iterator[Point]]
POINTS, MEETINGS = Harness.every_point, Harness.every_meeting


def stops(harness: Harness) -> Iterator[Point]:
    """The points at which a process ends right after a call."""
    return (point for point in harness.every_point() if point.what.startswith(Kind.AFTER))


def another_view(harness: Harness) -> Iterator[Point]:
    """The meetings with a second event of the same customer."""
    return (point for point in harness.every_meeting() if point.what.startswith("another view"))


def an_unsubscribe(harness: Harness) -> Iterator[Point]:
    """The meetings with a no."""
    return harness.every_meeting("an unsubscribe")


def next_view(harness: Harness) -> Iterator[Point]:
    """The meetings of a merge with the visitor's next event."""
    return harness.every_meeting("the visitor's next view")


@pytest.mark.parametrize(
    ("plant", "flow", "points", "effect"),
    [
        (planted.claims_after_sending, SEND, stops, "accepted [2-9] times"),
        (planted.puts_without_condition, SEND, MEETINGS, "accepted [2-9] times"),
        (planted.puts_without_condition, RECORD, another_view, "views: 1 instead of 2"),
        (planted.forgets_retry_at, SWEEP, stops, "ended as expired"),
        (planted.forgets_doubt_until, SEND, stops, "never settled"),
        (planted.asks_the_provider_again, SEND, POINTS, "accepted [2-9] times"),
        (planted.takes_silence_for_a_refusal, SEND, POINTS, "accepted [2-9] times"),
        (planted.does_not_judge_again, UNSUBSCRIBE, stops, "claimed after the customer had said no"),
        (planted.grabs_a_code, OFFER, stops, "[2-9] codes for one message"),
        (planted.keeps_the_codes_of_skipped_messages, OFFER, an_unsubscribe, "is not given back"),
        (planted.plans_what_was_settled, SEND, stops, "accepted [2-9] times"),
        (planted.drops_what_is_known, RECORD, stops, "the timeline holds"),
        (planted.freezes_only_what_is_stored, SIGN_IN_LATE, next_view, "a second document"),
        (planted.carries_no_ids, SIGN_IN, stops, "views: 3 instead of 2"),
        (planted.points_before_it_folds, GUEST_SENT, stops, "two messages about one visit"),
        (planted.forgets_what_the_guest_was_sent, GUEST_SENT, stops, "two messages about one visit"),
    ],
    ids=lambda value: getattr(value, "__name__", getattr(value, "name", None)),
)
def test_a_planted_bug_is_found(
    lab: Lab,
    monkeypatch: pytest.MonkeyPatch,
    plant: Callable[[pytest.MonkeyPatch], None],
    flow: Flow,
    points: Points,
    effect: str,
) -> None:
    """The same points that the sound code passes show what the bug does."""
    plant(monkeypatch)
    assert_found(Harness(lab, flow, prompt=False), points, effect)


def assert_found(harness: Harness, points: Points, effect: str) -> None:
    """Some of these points say so."""
    faults = harness.run(points(harness), until=effect).faults
    assert any(re.search(effect, fault) for fault in faults), faults
