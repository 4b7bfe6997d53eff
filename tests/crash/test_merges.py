"""A merge is interrupted and met by others at every call; in the end one person has one document, and nothing is lost.

Exhaustive: every point of a visitor's sign-in, and its meetings with the visitor's next view and with a sweep; every
write of a merge with a guest who has a queued message; the merge between any two calls of whoever records the visitor or
sends to the guest. The other flows and meetings run through the same code and are sampled.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count, islice

import pytest

from tests.crash.conftest import Note
from tests.crash.flows import Flow, send
from tests.crash.lab import Lab
from tests.crash.merges import (
    BROWSE,
    BROWSE_LATE,
    GUEST_IN_DOUBT,
    GUEST_QUEUED,
    GUEST_SENT,
    SEND_TO_GUEST,
    SIGN_IN,
    SIGN_IN_LATE,
    be_named,
    queue_the_account,
    shop_as_a_guest,
)
from tests.crash.points import Harness, Point
from tests.crash.test_meetings import CALL, elsewhere, refuse, settled
from tests.crash.wire import On, Stopped

SAMPLED = 5  # every so-manieth


def some(points: Iterable[Point]) -> Iterable[Point]:
    """A sample, the same each time."""
    return islice(points, 0, None, SAMPLED)


def named(flow: Flow) -> str:
    return flow.name


def test_a_sign_in_heals_wherever_it_is_interrupted(lab: Lab, note: Note) -> None:
    """Freeze, fold, pointer, timeline, grace: what a stop leaves undone is done by the next one who comes."""
    harness = Harness(lab, SIGN_IN)
    tally = harness.run(harness.every_point())
    note(tally)
    assert SIGN_IN.calls <= set(harness.calls)
    assert tally.points > 3 * len(harness.calls)
    assert not tally.faults


def test_a_guest_with_a_queued_message_gets_one_mail_as_a_customer(lab: Lab, note: Note) -> None:
    """The queued one is dropped at the freeze and planned anew, wherever the merge is interrupted."""
    harness = Harness(lab, GUEST_QUEUED)
    tally = harness.run(harness.every_write())
    note(tally)
    assert GUEST_QUEUED.calls <= set(harness.calls)
    assert tally.points > len(harness.calls)
    assert not tally.faults


@pytest.mark.parametrize("flow", [SIGN_IN_LATE, GUEST_SENT, GUEST_IN_DOUBT], ids=named)
def test_other_merges_heal_too(lab: Lab, flow: Flow, note: Note) -> None:
    """A document that is gone, a mail that was sent and one in doubt; the provider tells of them a day later."""
    harness = Harness(lab, flow, prompt=False)
    tally = harness.run(some(harness.every_write()))
    note(tally)
    assert flow.calls <= set(harness.calls)
    assert not tally.faults


@pytest.mark.parametrize(
    ("flow", "others"),
    [
        (SIGN_IN, ["the visitor's next view", "a sweep"]),
        (SIGN_IN_LATE, ["the visitor's next view"]),
        (BROWSE, ["the sign-in"]),
        (BROWSE_LATE, ["the sign-in"]),
        (SEND_TO_GUEST, ["the merge"]),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_whoever_meets_a_merge_loses_nothing(lab: Lab, flow: Flow, others: list[str], note: Note) -> None:
    """Whether the merge or the other is the slow one: they meet at a conditional put, before every call of either."""
    harness = Harness(lab, flow)
    tally = harness.run(harness.every_meeting(*others))
    note(tally)
    assert tally.points == 1 + len(others) * len(harness.calls)
    assert not tally.faults


@pytest.mark.parametrize(
    ("flow", "others"),
    [
        (SIGN_IN, ["a second worker", "the store's word"]),
        (GUEST_QUEUED, []),
        (GUEST_SENT, []),
        (GUEST_IN_DOUBT, []),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_senders_and_second_workers_meet_a_merge(lab: Lab, flow: Flow, others: list[str], note: Note) -> None:
    """A sender, a click on a guest's link, the provider's event, another worker with the same copies."""
    harness = Harness(lab, flow)
    tally = harness.run(some(harness.every_meeting(*others)))
    note(tally)
    assert not tally.faults


@pytest.mark.parametrize("flow", [SIGN_IN, GUEST_QUEUED], ids=named)
def test_two_interruptions_of_a_merge_heal(lab: Lab, flow: Flow, note: Note) -> None:
    """A sample of pairs; the second may strike whoever finishes the merge."""
    harness = Harness(lab, flow)
    tally = harness.run(harness.some_pairs(8))
    note(tally)
    assert not tally.faults


def test_what_a_provider_refuses_after_the_freeze_is_sent_by_the_customer_alone(lab: Lab) -> None:
    """Claimed, then frozen, then refused and given back: a second copy of it finds nothing to send."""
    shop_as_a_guest(lab)
    queue_the_account(lab)
    with lab.wire.tapped(On(CALL, lambda: _freeze_and_refuse(lab))):
        send(lab)
    lab.deliver("SignedQueue")
    lab.deliver("SendQueue", again=True)
    assert settled(lab, "sent") == ["sent 1"]


def _freeze_and_refuse(lab: Lab) -> None:
    puts = count(1)

    def stop_at_the_second() -> None:
        if next(puts) == 2:
            raise Stopped

    with lab.wire.tapped(On("dynamodb.PutItem", stop_at_the_second, times=2)):
        elsewhere(lab, be_named)()
    refuse()
