"""Two at the same moment, with the real adapters: whoever is second finds it done."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from perennial.messaging.outbox import DOUBT, LEASE
from perennial.times import moment
from tests.crash.flows import be_due, be_queued, go_on_for_hours, send, send_again
from tests.crash.lab import Lab
from tests.crash.seen import NOON
from tests.crash.senders import viewed
from tests.crash.truths import broken, ends
from tests.crash.wire import On, SilentProvider

CLAIM, CALL = "dynamodb.PutItem", "sesv2.SendEmail"


def elsewhere(lab: Lab, act: Callable[[Lab], None]) -> Callable[[], None]:
    """The same in another process."""

    def other() -> None:
        with lab.elsewhere():
            act(lab)

    return other


def settled(lab: Lab, *allowed: str) -> list[str]:
    """How the messages ended, with every promise kept."""
    assert lab.rest()
    assert not list(broken(lab, allowed))
    return ends(lab)


def test_two_sweeps_that_both_read_before_either_writes(lab: Lab) -> None:
    """One of them plans, the other finds the document changed: one copy, one mail."""
    be_due(lab)
    with lab.wire.tapped(On("dynamodb.PutItem", elsewhere(lab, lambda lab: lab.tick()))):
        lab.tick()
    lab.deliver("SendQueue")
    assert len([each for each in lab.seen.copies if each.queue == "SendQueue"]) == 1
    assert settled(lab, "sent") == ["sent 1"]


def test_one_queue_message_delivered_three_times(lab: Lab) -> None:
    """The second and the third delivery find it settled."""
    be_queued(lab)
    for _ in range(3):
        send_again(lab)
    assert settled(lab, "sent") == ["sent 1"]


@pytest.mark.parametrize("before", [CLAIM, CALL])
def test_one_queue_message_delivered_to_two_senders_at_once(lab: Lab, before: str) -> None:
    """The claim lets one of them through, whether the other comes before or after it."""
    be_queued(lab)
    with lab.wire.tapped(On(before, elsewhere(lab, send_again))):
        send(lab)
    assert settled(lab, "sent") == ["sent 1"]


def test_a_sender_that_sleeps_before_its_claim_claims_nothing(lab: Lab) -> None:
    """Its lease has passed and another has sent it: the put from its old copy fails."""
    be_queued(lab)
    with lab.wire.tapped(On(CLAIM, elsewhere(lab, go_on_for_hours))):
        send(lab)
    assert settled(lab, "sent") == ["sent 1"]
    assert lab.seen.accepted[0].at > NOON


def test_a_sender_that_sleeps_after_its_claim_is_the_only_one_to_send(lab: Lab) -> None:
    """Lease and doubt have passed: nobody else sends it, and the Send event of its late mail settles it as sent."""
    be_queued(lab)
    with lab.wire.tapped(On(CALL, elsewhere(lab, go_on_for_hours))):
        send(lab)
    assert ends(lab) == ["unconfirmed 1"]
    assert settled(lab, "sent") == ["sent 1"]


def test_a_provider_that_accepts_and_never_answers(lab: Lab) -> None:
    """One mail; unconfirmed when the hour of doubt has passed; sent when the event comes, a day later."""
    lab.send_events = False
    be_queued(lab)
    with lab.wire.tapped(SilentProvider()):
        send(lab)
    claimed = lab.seen.now
    assert settled(lab, "unconfirmed") == ["unconfirmed 1"]
    assert moment(lab.customer()["settled"][0]["at"]) == claimed + DOUBT
    lab.seen.now = claimed.replace(day=claimed.day + 1)
    lab.send_events = True
    assert settled(lab, "sent") == ["sent 1"]


def test_a_provider_that_throttles_is_asked_again_later(lab: Lab) -> None:
    """A plain refusal is no doubt: the message is sent once, after its lease."""
    be_queued(lab)
    asked = lab.seen.now
    with lab.wire.tapped(On(CALL, refuse)):
        send(lab)
    assert ends(lab) == []
    assert settled(lab, "sent") == ["sent 1"]
    assert lab.seen.accepted[0].at >= asked + LEASE


def refuse() -> None:
    error = {"Code": "TooManyRequestsException", "Message": "Maximum sending rate exceeded."}
    raise ClientError({"Error": error, "ResponseMetadata": {"HTTPStatusCode": 429}}, "SendEmail")  # type: ignore[typeddict-item]


def test_a_storm_of_conflicts_on_one_customer_loses_nothing(lab: Lab) -> None:
    """Seven others write the document just before the eighth each time: it is recorded in the same delivery."""
    be_due(lab)
    lab.ask(*(viewed(NOON.replace(minute=each)) for each in range(1, 9)))
    lab.deliver("SignedQueue")  # nothing lies there: it only takes the views over
    *others, mine = lab.waiting()
    queue = iter(others)
    write_one = elsewhere(lab, lambda lab: lab.hand_out("BrowserQueue", [next(queue)]))
    with lab.wire.tapped(On("dynamodb.PutItem", write_one, times=7)) as calls:
        lab.hand_out("BrowserQueue", [mine])
    assert calls.count("dynamodb.PutItem") == 8
    assert not lab.waiting()
    assert {each.deliveries for each in lab.seen.copies if each.queue == "BrowserQueue"} == {1}
    assert settled(lab, "sent") == ["sent 1"]
