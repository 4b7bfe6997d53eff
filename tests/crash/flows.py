"""The ways of the data that are interrupted: what went before, what happens, how it may end, and whom it may meet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from perennial.messaging.outbox import Status
from tests.crash.content import CODES, OFFERING, POOL
from tests.crash.lab import Lab
from tests.crash.seen import NOON
from tests.crash.senders import ordered, signed_up, viewed
from tests.crash.wire import SilentProvider

DUE = NOON + timedelta(hours=4)
SENT = frozenset({Status.SENT})
WENT_OUT = SENT | {Status.UNCONFIRMED}
ANOTHER = "another message"  # that takes codes too
WITHHELD = frozenset({"no_consent"})
WRITTEN = frozenset({"dynamodb.PutItem", "dynamodb.BatchWriteItem"})
Act = Callable[[Lab], None]


@dataclass(frozen=True)
class Other:
    """Somebody else's whole action at the same moment; `ends` are possible because of it."""

    act: Act
    ends: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Flow:
    """One way.

    calls: what it is about, so that a flow that stops short is noticed. ends: how the message may end when one
    interruption comes between. others: by name, whom it may meet. broken: its own promises, in place of those about one
    message. later: what happens by itself in any case, such as the next night.
    """

    name: str
    prepare: Act
    act: Act
    calls: frozenset[str]
    ends: frozenset[str]
    others: Mapping[str, Other] = field(default_factory=dict)
    broken: Callable[[Lab, Collection[str]], Iterator[str]] | None = None
    later: Act | None = None
    again: bool = True


# What happens.


def arrive(lab: Lab) -> None:
    """A new customer signs up, orders and looks around: three requests, two queues, the first claim of identities."""
    lab.ask(signed_up(NOON - timedelta(hours=2)), ordered(NOON - timedelta(hours=1)), viewed(NOON))
    lab.deliver("SignedQueue")
    lab.deliver("BrowserQueue")


def be_due(lab: Lab) -> None:
    arrive(lab)
    lab.seen.now = DUE


def be_queued(lab: Lab) -> None:
    be_due(lab)
    lab.tick()


def send(lab: Lab) -> None:
    lab.deliver("SendQueue")


def be_in_doubt(lab: Lab) -> None:
    """The mail was accepted and nobody has learnt it yet; its Send event lies on the queue."""
    be_queued(lab)
    with lab.wire.tapped(SilentProvider()):
        send(lab)
    lab.tell()


def be_told(lab: Lab) -> None:
    lab.deliver("SignedQueue")


def unsubscribe(lab: Lab) -> None:
    lab.ask(lab.link())


# What others do meanwhile.


def look_again(lab: Lab) -> None:
    lab.ask(viewed(lab.seen.now - timedelta(minutes=1)))
    lab.deliver("BrowserQueue")


def deliver_again(lab: Lab) -> None:
    """SQS hands every copy there is to a second worker."""
    lab.deliver("SignedQueue", "BrowserQueue", again=True)


def send_again(lab: Lab) -> None:
    lab.deliver("SendQueue", again=True)


def go_on_for_hours(lab: Lab) -> None:
    """Leases and doubt run out while one worker sleeps; others sweep and send."""
    for hours in (1, 2):
        lab.seen.now += timedelta(hours=hours)
        lab.sweep()
        send_again(lab)


REPLACED = frozenset({"replaced"})  # a newer visit takes the place of one of which nothing was sent yet

RECORD = Flow(
    "record",
    lambda lab: None,
    arrive,
    WRITTEN | {"sqs.SendMessageBatch", "dynamodb.TransactWriteItems"},
    SENT,
    {"a second worker": Other(deliver_again), "another view": Other(look_again, REPLACED)},
)
SWEEP = Flow(
    "sweep",
    be_due,
    lambda lab: lab.tick(),
    frozenset({"dynamodb.PutItem", "sqs.SendMessageBatch"}),
    SENT,
    {"a second sweep": Other(lambda lab: lab.sweep()), "another view": Other(look_again, REPLACED)},
)
SEND = Flow(
    "send",
    be_queued,
    send,
    frozenset({"dynamodb.PutItem", "sesv2.SendEmail"}),
    WENT_OUT,
    {
        "a second sender": Other(send_again),
        "an unsubscribe": Other(unsubscribe, WITHHELD),
        "hours of sleep": Other(go_on_for_hours, WENT_OUT),
        "another view": Other(look_again, REPLACED),
    },
)
FEEDBACK = Flow(
    "feedback",
    be_in_doubt,
    be_told,
    WRITTEN,
    SENT,
    {
        "a second worker": Other(deliver_again),
        "hours of sleep": Other(go_on_for_hours),
        "a no": Other(unsubscribe),
    },
)
UNSUBSCRIBE = Flow(
    "unsubscribe",
    be_queued,
    unsubscribe,
    WRITTEN,
    WITHHELD,
    {"a sender": Other(send, WENT_OUT), "another view": Other(look_again, REPLACED)},
)


def be_queued_with_an_offer(lab: Lab) -> None:
    """A message whose code is still to be taken out of the pool."""
    lab.publish(OFFERING)
    lab.world.coupons.add(POOL, CODES)
    be_queued(lab)


def take_the_code(lab: Lab) -> None:
    """Another message claims what this one has noted, or would note next, if it is quick enough."""
    (message, entry), *_ = (*lab.customer()["outbox"].items(), ("", {}))
    noted = entry.get("offer", {}).get("code") or lab.world.coupons.find(POOL, message)
    if noted:
        lab.world.coupons.claim(POOL, noted, ANOTHER)


OFFER = Flow(
    "offer",
    be_queued_with_an_offer,
    send,
    frozenset({"dynamodb.PutItem", "dynamodb.Query", "dynamodb.UpdateItem", "sesv2.SendEmail"}),
    WENT_OUT,
    {
        "a second sender": Other(send_again),
        "an unsubscribe": Other(unsubscribe, WITHHELD),
        "another message": Other(take_the_code),
    },
)
FLOWS = (RECORD, SWEEP, SEND, OFFER, FEEDBACK, UNSUBSCRIBE)
