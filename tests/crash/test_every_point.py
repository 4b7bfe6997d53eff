"""Every AWS call of every flow is interrupted in every way, or met by somebody else; then everything heals."""

from __future__ import annotations

import pytest

from tests.crash.conftest import Note
from tests.crash.flows import FEEDBACK, FLOWS, SEND, UNSUBSCRIBE, Flow
from tests.crash.lab import Lab
from tests.crash.points import Harness
from tests.crash.wire import kinds

flows = pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
PROMPTLY = (SEND, FEEDBACK, UNSUBSCRIBE)  # before that nothing has been sent, and it is all the same


@pytest.mark.parametrize(
    ("flow", "prompt"),
    [*((flow, False) for flow in FLOWS), *((flow, True) for flow in PROMPTLY)],
    ids=lambda value: getattr(value, "name", "told at once" if value else "told late"),
)
def test_whatever_is_interrupted_heals(lab: Lab, flow: Flow, prompt: bool, note: Note) -> None:
    """Stopped before and after each call, or its answer lost: no mail twice, no event twice, none lost.

    It holds while the provider's Send events are missing, and once they have come.
    """
    harness = Harness(lab, flow, prompt=prompt)
    tally = harness.run(harness.every_point())
    note(tally)
    assert tally.points == 1 + sum(len(kinds(operation)) for operation in harness.calls)
    assert flow.calls <= set(harness.calls)
    assert not tally.faults


@flows
def test_whoever_comes_between_does_no_harm(lab: Lab, flow: Flow, note: Note) -> None:
    """A second worker, a click, a view, or hours of sleep before each call: the conditional puts sort it out."""
    harness = Harness(lab, flow)
    tally = harness.run(harness.every_meeting())
    note(tally)
    assert tally.points == 1 + len(flow.others) * len(harness.calls)
    assert not tally.faults


@flows
def test_two_interruptions_in_a_row_heal(lab: Lab, flow: Flow, note: Note) -> None:
    """A sample of pairs; the second may strike while the first is healing."""
    harness = Harness(lab, flow)
    tally = harness.run(harness.some_pairs(15))
    note(tally)
    assert not tally.faults


def test_only_a_sender_that_dies_between_claim_and_call_leaves_a_message_unsent(lab: Lab, note: Note) -> None:
    """Never twice outranks never lost: these points, and no others, are counted as unconfirmed without a mail."""
    harness = Harness(lab, SEND)
    call = harness.calls.index("sesv2.SendEmail")
    tally = harness.run(harness.every_point())
    note(tally)
    assert tally.ends["unconfirmed 0"] == [
        f"stopped after: dynamodb.PutItem ({call - 1})",
        f"stopped before: sesv2.SendEmail ({call})",
    ]
    assert "unconfirmed 1" not in tally.ends
