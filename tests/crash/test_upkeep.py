"""Erasing, publishing and the night: interrupted at every call, they are finished by whoever comes next.

Here each write is followed by the end of its process, and somebody comes between at some calls; PERENNIAL_CRASH=full
(`make crash`) tries everything that can go wrong, meetings at every call, and pairs.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import islice

import pytest

from perennial.publishing.trying import in_this_process
from tests.crash import planted, planted_upkeep
from tests.crash.conftest import Note
from tests.crash.erasures import COMMAND, ERASURE, SEND_ERASED, VIEW_ERASED
from tests.crash.flows import Flow
from tests.crash.lab import Lab
from tests.crash.nights import IN_PIECES, NIGHTLY, TWO_NIGHTS, in_small_pieces
from tests.crash.points import Harness, Point
from tests.crash.saves import ALL_WRONG, BETTER, BETTER_AND_A_NIGHT, HALF_RIGHT
from tests.crash.test_planted_bugs import Points, assert_found, stops
from tests.crash.wire import Kind

FULL = os.environ.get("PERENNIAL_CRASH") == "full"
PAIRS = 60  # of a flow, where everything is tried
SAMPLED = 11  # every so-manieth meeting; prime to the number of calls
FLOWS = (
    ERASURE,
    COMMAND,
    BETTER,
    BETTER_AND_A_NIGHT,
    HALF_RIGHT,
    ALL_WRONG,
    NIGHTLY,
    TWO_NIGHTS,
    IN_PIECES,
)
LEAVE_IT = (
    BETTER,
    NIGHTLY,
    IN_PIECES,
)  # what a second fault undoes is left to the next night, in flows of its own
MET = (ERASURE, VIEW_ERASED, BETTER, COMMAND, SEND_ERASED, NIGHTLY)
DIES = (
    Kind.BEFORE,
    Kind.AFTER,
)  # the night passes by a customer whom the database refuses: the next one does not


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Samples are rendered here: a process for each publish takes a second."""
    monkeypatch.setattr("publish.handler.in_a_child", in_this_process)


def named(flow: Flow) -> str:
    return flow.name


def tried(harness: Harness, flow: Flow) -> Iterator[Point]:
    """After each write the process ends; of a long flow, after some; or everything."""
    if FULL:
        for point in harness.every_point():
            if flow not in (NIGHTLY, IN_PIECES) or point.what.startswith(DIES):
                yield point
        if flow not in LEAVE_IT:
            yield from harness.some_pairs(PAIRS)
        return
    yield from islice(ended(harness), 0, None, 3 if flow is IN_PIECES else 1)


def ended(harness: Harness) -> Iterator[Point]:
    return (point for point in harness.every_write() if point.what.startswith(Kind.AFTER))


def a_view(harness: Harness) -> Iterator[Point]:
    """Somebody looks at a product before one of the last calls: those that write documents."""
    return islice(harness.every_meeting("a view"), len(harness.calls) - 4, None)


def a_publish(harness: Harness) -> Iterator[Point]:
    """A marketer saves before the tables go live."""
    return islice(harness.every_meeting("a publish"), harness.calls.index("dynamodb.UpdateItem") - 2, None)


def failing(harness: Harness) -> Iterator[Point]:
    """Writes whose every answer is lost: an error, not the end of the process."""
    return (point for point in harness.every_write() if point.what.startswith(Kind.SILENT))


@pytest.mark.parametrize("flow", FLOWS, ids=named)
def test_what_is_interrupted_is_finished_by_whoever_comes_next(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, flow: Flow, note: Note
) -> None:
    """Nothing erased comes back, the last good release is live until the next one is, and a night learns all there is."""
    if flow is IN_PIECES:
        in_small_pieces(monkeypatch)
    harness = Harness(lab, flow)
    tally = harness.run(tried(harness, flow))
    note(tally)
    assert flow.calls <= set(harness.calls)
    assert not tally.faults


@pytest.mark.parametrize("flow", MET if FULL else MET[:3], ids=named)
def test_whoever_comes_between_undoes_nothing(lab: Lab, flow: Flow, note: Note) -> None:
    """A view, a sender, a sweep, a return, another save, the night: before some calls, or before each."""
    harness = Harness(lab, flow)
    meetings = list(harness.every_meeting())
    tally = harness.run(meetings if FULL or len(flow.others) == 1 else meetings[::SAMPLED])
    note(tally)
    assert not tally.faults


@pytest.mark.parametrize(
    ("plant", "flow", "points", "effect"),
    [
        (planted_upkeep.erases_once, VIEW_ERASED, Harness.every_meeting, "stands on the timeline"),
        (planted_upkeep.takes_what_comes_late, ERASURE, ended, "the document holds .*a day later"),
        (planted_upkeep.lets_identities_lead_there, ERASURE, stops, "identities still lead"),
        (planted_upkeep.keeps_the_outbox, ERASURE, ended, "the document holds .*outbox"),
        (planted_upkeep.keeps_the_codes_of_the_erased, COMMAND, stops, "is not given back"),
        (planted_upkeep.points_before_it_stores, BETTER, stops, "was not stored"),
        (
            planted_upkeep.publishes_over_anything,
            NIGHTLY,
            a_publish,
            "what was saved is not live",
        ),
        (planted_upkeep.says_that_it_is_published, BETTER, failing, "what was saved is not live"),
        (planted_upkeep.reconsiders_nobody_twice, BETTER, ended, "nobody was reconsidered"),
        (planted_upkeep.reads_the_room_first, BETTER, Harness.every_meeting, "what was saved is not live"),
        (planted_upkeep.is_done_whatever_failed, IN_PIECES, failing, "customers counted|not reconsidered"),
        (planted_upkeep.counts_once, IN_PIECES, ended, "0 customers counted"),
        (planted.puts_without_condition, NIGHTLY, a_view, "views instead of"),
    ],
    ids=lambda value: getattr(value, "__name__", getattr(value, "name", None)),
)
def test_a_planted_bug_of_upkeep_is_found(
    lab: Lab,
    monkeypatch: pytest.MonkeyPatch,
    plant: Callable[[pytest.MonkeyPatch], None],
    flow: Flow,
    points: Points,
    effect: str,
) -> None:
    """The same points that the sound code passes show what the bug does."""
    if flow is IN_PIECES:
        in_small_pieces(monkeypatch)
    plant(monkeypatch)
    assert_found(Harness(lab, flow), points, effect)
